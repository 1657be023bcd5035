#include "adapters/zmq_socket.h"

#include <zmq.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace xianjie::adapters {
namespace {

std::unexpected<Error> zmq_error(const std::string& what) {
  return fail(ErrorCode::kIo, what + ": " + zmq_strerror(zmq_errno()));
}

int zmq_type(ZmqSocket::Type type) {
  switch (type) {
    case ZmqSocket::Type::kRouter: return ZMQ_ROUTER;
    case ZmqSocket::Type::kDealer: return ZMQ_DEALER;
    case ZmqSocket::Type::kPair: return ZMQ_PAIR;
    case ZmqSocket::Type::kRep: return ZMQ_REP;
  }
  return -1;
}

std::string property(zmq_msg_t* message, const char* name) {
  const char* value = zmq_msg_gets(message, name);
  return value == nullptr ? std::string{} : std::string(value);
}

// Between two sends libzmq may leave news from its I/O thread (a new connection, room in a pipe)
// unread for about a millisecond; asking for the events makes it look.
void take_news(void* socket) {
  int events = 0;
  std::size_t size = sizeof events;
  zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size);
}

}  // namespace

Instant steady_now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

Result<ZmqContext> ZmqContext::make() {
  void* handle = zmq_ctx_new();
  if (handle == nullptr) return zmq_error("no ZeroMQ context");
  zmq_ctx_set(handle, ZMQ_BLOCKY, 0);  // sockets linger for nothing at exit
  return ZmqContext(handle);
}

ZmqContext::~ZmqContext() {
  if (handle_ == nullptr) return;
  while (zmq_ctx_term(handle_) != 0 && zmq_errno() == EINTR) {
  }
}

ZmqContext::ZmqContext(ZmqContext&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)) {}

Result<ZmqSocket> ZmqSocket::make(const ZmqContext& context, Type type) {
  void* handle = zmq_socket(context.handle(), zmq_type(type));
  if (handle == nullptr) return zmq_error("no ZeroMQ socket");
  return ZmqSocket(handle);
}

ZmqSocket::~ZmqSocket() { close(); }

ZmqSocket::ZmqSocket(ZmqSocket&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

ZmqSocket& ZmqSocket::operator=(ZmqSocket&& other) noexcept {
  if (this != &other) {
    close();
    handle_ = std::exchange(other.handle_, nullptr);
  }
  return *this;
}

void ZmqSocket::close() {
  if (handle_ != nullptr) zmq_close(std::exchange(handle_, nullptr));
}

Result<void> ZmqSocket::set(std::span<const ZmqOption> options) {
  for (const ZmqOption& row : options)
    if (zmq_setsockopt(handle_, row.option, &row.value, sizeof row.value) != 0)
      return zmq_error(std::string("socket option ") + row.name);
  return {};
}

Result<void> ZmqSocket::set_bytes(int option, ByteView value, const char* name) {
  if (zmq_setsockopt(handle_, option, value.data(), value.size()) != 0)
    return zmq_error(std::string("socket option ") + name);
  return {};
}

Result<void> ZmqSocket::set_size(int option, std::int64_t value, const char* name) {
  if (zmq_setsockopt(handle_, option, &value, sizeof value) != 0)
    return zmq_error(std::string("socket option ") + name);
  return {};
}

Result<void> ZmqSocket::bind(const std::string& endpoint) {
  if (zmq_bind(handle_, endpoint.c_str()) != 0) return zmq_error("cannot listen on " + endpoint);
  return {};
}

Result<void> ZmqSocket::connect(const std::string& endpoint) {
  if (zmq_connect(handle_, endpoint.c_str()) != 0) return zmq_error("cannot dial " + endpoint);
  return {};
}

std::string ZmqSocket::last_endpoint() const {
  char text[256] = {};
  std::size_t size = sizeof text;
  if (zmq_getsockopt(handle_, ZMQ_LAST_ENDPOINT, text, &size) != 0) return {};
  return text;
}

ZmqSocket::Sent ZmqSocket::send(ByteView part, bool more) {
  const int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (zmq_send(handle_, part.data(), part.size(), flags) >= 0) return Sent::kYes;
    if (zmq_errno() == EHOSTUNREACH) return Sent::kGone;
    if (zmq_errno() != EAGAIN) return Sent::kFull;
    take_news(handle_);
  }
  return Sent::kFull;
}

std::optional<ZmqPart> ZmqSocket::receive() {
  zmq_msg_t message;
  zmq_msg_init(&message);
  if (zmq_msg_recv(&message, handle_, ZMQ_DONTWAIT) < 0) {
    zmq_msg_close(&message);
    return std::nullopt;
  }
  ZmqPart part;
  const auto* data = static_cast<const std::uint8_t*>(zmq_msg_data(&message));
  part.data.assign(data, data + zmq_msg_size(&message));
  part.more = zmq_msg_more(&message) != 0;
  if (!part.more) {
    part.user_id = property(&message, "User-Id");
    part.peer_address = property(&message, "Peer-Address");
    part.fd = zmq_msg_get(&message, ZMQ_SRCFD);
  }
  zmq_msg_close(&message);
  return part;
}

std::size_t ZmqSocket::drop_rest() {
  std::size_t dropped = 0;
  zmq_msg_t message;
  bool more = true;
  while (more) {
    zmq_msg_init(&message);
    more = zmq_msg_recv(&message, handle_, ZMQ_DONTWAIT) >= 0;
    if (more) {
      ++dropped;
      more = zmq_msg_more(&message) != 0;
    }
    zmq_msg_close(&message);
  }
  return dropped;
}

}  // namespace xianjie::adapters
