#include "adapters/zmq_monitor.h"

#include <zmq.h>

#include <atomic>
#include <cstring>
#include <utility>

namespace xianjie::adapters {
namespace {

constexpr int kWatched = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_CLOSED |
                         ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                         ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                         ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

LinkEvent event_of(unsigned number) {
  switch (number) {
    case ZMQ_EVENT_CONNECTED: return LinkEvent::kConnected;
    case ZMQ_EVENT_ACCEPTED: return LinkEvent::kAccepted;
    case ZMQ_EVENT_CLOSED:
    case ZMQ_EVENT_DISCONNECTED: return LinkEvent::kEnded;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return LinkEvent::kHandshakeDone;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: return LinkEvent::kHandshakeFailed;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: return LinkEvent::kProtocolFailed;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return LinkEvent::kAuthFailed;
    default: return LinkEvent::kOther;
  }
}

}  // namespace

std::string_view audit_word(LinkEvent event) {
  switch (event) {
    case LinkEvent::kHandshakeFailed: return "handshake_failed";
    case LinkEvent::kProtocolFailed: return "handshake_protocol";
    case LinkEvent::kAuthFailed: return "handshake_auth";
    default: return "";
  }
}

Result<ZmqMonitor> ZmqMonitor::watch(const ZmqContext& context, const ZmqSocket& socket) {
  static std::atomic<std::uint64_t> number{0};  // names only; inproc names are per context
  const std::string endpoint = "inproc://xianjie-monitor-" + std::to_string(++number);
  XJ_TRY(ZmqSocket pair, ZmqSocket::make(context, ZmqSocket::Type::kPair));
  // No limit, or the I/O thread would stand still while this thread is busy with a commit.
  XJ_TRY_VOID(pair.set({ZMQ_RCVHWM, 0, "RCVHWM"}));
  if (zmq_socket_monitor(socket.handle(), endpoint.c_str(), kWatched) != 0)
    return fail(ErrorCode::kIo, std::string("cannot watch a socket: ") + zmq_strerror(zmq_errno()));
  XJ_TRY_VOID(pair.connect(endpoint));
  return ZmqMonitor(socket.handle(), std::move(pair));
}

ZmqMonitor::~ZmqMonitor() {
  if (watched_ != nullptr) zmq_socket_monitor(watched_, nullptr, 0);
}

ZmqMonitor::ZmqMonitor(ZmqMonitor&& other) noexcept
    : watched_(std::exchange(other.watched_, nullptr)), pair_(std::move(other.pair_)) {}

std::optional<LinkEventReport> ZmqMonitor::next() {
  const std::optional<ZmqPart> part = pair_.receive();
  if (!part) return std::nullopt;
  if (part->more) pair_.drop_rest();  // the endpoint: our own where a peer dials us
  std::uint16_t number = 0;
  std::int32_t value = 0;
  if (part->data.size() != sizeof number + sizeof value) return LinkEventReport{};
  std::memcpy(&number, part->data.data(), sizeof number);
  std::memcpy(&value, part->data.data() + sizeof number, sizeof value);
  return LinkEventReport{event_of(number), value};
}

}  // namespace xianjie::adapters
