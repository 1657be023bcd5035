#include "adapters/api_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace xianjie::adapters {
namespace {

constexpr int kRequestsWaitingMax = 4;
constexpr int kRepliesWaitingMax = 1000;
constexpr int kLastRepliesMs = 1000;  // how long a stopping daemon lets its last replies leave
constexpr mode_t kOwnerOnly = 0600;

std::string because(int error) { return std::strerror(error); }

Result<void> check_path(const std::string& path) {
  if (path.empty() || path.front() != '/')
    return refused("API socket path '" + path + "' is not absolute");
  if (path.size() > kApiPathMax)
    return refused("API socket path " + path + " has " + std::to_string(path.size()) +
                   " bytes; at most " + std::to_string(kApiPathMax) + " fit: use a shorter one");
  return {};
}

// 0: somebody listens; else the errno of trying.
int try_connect(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return errno;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int rc = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = rc == 0 || errno == EAGAIN ? 0 : errno;  // EAGAIN: a full backlog is a listener
  ::close(fd);
  return error;
}

// libzmq removes whatever stands at the path before it binds; so look first.
Result<void> make_way(const std::string& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return fail(ErrorCode::kIo, "API socket " + path + ": " + because(errno));
  }
  if (!S_ISSOCK(found.st_mode))
    return refused("API socket " + path + ": something else than a socket stands there");
  const int error = try_connect(path);
  if (error == 0) return refused("API socket " + path + ": another daemon answers on it");
  if (error != ECONNREFUSED)
    return fail(ErrorCode::kIo, "API socket " + path + ": " + because(error));
  if (::unlink(path.c_str()) != 0)
    return fail(ErrorCode::kIo, "API socket " + path + ": cannot remove the old one: " +
                                    because(errno));
  return {};
}

// The socket file's inode.
Result<std::uint64_t> bind_for_owner(ZmqSocket& router, const std::string& path) {
  const mode_t before = ::umask(0777 & ~kOwnerOnly);
  const Result<void> bound = router.bind("ipc://" + path);
  ::umask(before);
  if (!bound) return std::unexpected(bound.error());
  struct stat made{};
  if (::stat(path.c_str(), &made) != 0 || (made.st_mode & 0777) != kOwnerOnly)
    return fail(ErrorCode::kIo, "API socket " + path + ": cannot keep others out of it");
  return made.st_ino;
}

}  // namespace

ApiServer::ApiServer(std::string path, std::uint64_t inode, ZmqContext context, ZmqSocket router)
    : path_(std::move(path)),
      inode_(inode),
      context_(std::move(context)),
      router_(std::move(router)) {}

ApiServer::~ApiServer() {
  struct stat found{};
  const bool ours = ::lstat(path_.c_str(), &found) == 0 && found.st_ino == inode_;
  if (ours) ::unlink(path_.c_str());  // not another daemon's, made since
}

Result<std::unique_ptr<ApiServer>> ApiServer::open(const std::string& path) {
  XJ_TRY_VOID(check_path(path));
  XJ_TRY_VOID(make_way(path));
  XJ_TRY(ZmqContext context, ZmqContext::make());
  XJ_TRY(ZmqSocket router, ZmqSocket::make(context, ZmqSocket::Type::kRouter));
  const std::array options{
      ZmqOption{ZMQ_LINGER, kLastRepliesMs, "LINGER"},
      ZmqOption{ZMQ_ROUTER_MANDATORY, 1, "ROUTER_MANDATORY"},
      ZmqOption{ZMQ_RCVHWM, kRequestsWaitingMax, "RCVHWM"},
      ZmqOption{ZMQ_SNDHWM, kRepliesWaitingMax, "SNDHWM"},
  };
  XJ_TRY_VOID(router.set(options));
  XJ_TRY_VOID(router.set_size(ZMQ_MAXMSGSIZE, kApiBytesMax, "MAXMSGSIZE"));
  XJ_TRY(const std::uint64_t inode, bind_for_owner(router, path));
  return std::unique_ptr<ApiServer>(
      new ApiServer(path, inode, std::move(context), std::move(router)));
}

std::vector<ApiCall> ApiServer::poll(std::size_t max) {
  std::vector<ApiCall> out;
  std::size_t bytes = 0;
  while (out.size() < max && bytes < kApiBytesMax) {
    std::optional<ZmqPart> part = router_.receive();
    if (!part) break;
    Bytes client = std::move(part->data);
    if (!part->more) continue;
    part = router_.receive();
    if (!part) break;
    Result<ApiRequest> request = corrupt("a request is one part");
    if (part->more) router_.drop_rest();
    else request = decode_api_request(part->data);
    if (request) {
      bytes += request->body.size();
      out.push_back({std::move(client), std::move(*request)});
      continue;
    }
    ApiReply answer;  // id 0: whatever its id was could not be read
    answer.code = request.error().code;
    answer.text = request.error().text;
    reply(client, answer);
  }
  return out;
}

bool ApiServer::reply(const Bytes& client, const ApiReply& reply) {
  const Bytes encoded = encode(reply);
  return encoded.size() <= kApiBytesMax &&
         router_.send(client, true) == ZmqSocket::Sent::kYes &&
         router_.send(encoded) == ZmqSocket::Sent::kYes;
}

void ApiServer::add_poll_items(std::vector<PollItem>& items) const {
  items.push_back({router_.handle(), -1});
}

ApiClient::ApiClient(std::string path, ZmqContext context, ZmqSocket dealer, ZmqMonitor monitor)
    : path_(std::move(path)),
      context_(std::move(context)),
      dealer_(std::move(dealer)),
      monitor_(std::move(monitor)) {}

Result<std::unique_ptr<ApiClient>> ApiClient::connect(const std::string& path) {
  XJ_TRY_VOID(check_path(path));
  const int error = try_connect(path);
  if (error == ENOENT || error == ECONNREFUSED)
    return fail(ErrorCode::kNotFound,
                "no daemon at " + path + ": start it with xianjied --config FILE");
  if (error == EACCES || error == EPERM)
    return refused("no access to " + path + ": use the account that its daemon runs under");
  if (error != 0) return fail(ErrorCode::kIo, "API socket " + path + ": " + because(error));
  XJ_TRY(ZmqContext context, ZmqContext::make());
  XJ_TRY(ZmqSocket dealer, ZmqSocket::make(context, ZmqSocket::Type::kDealer));
  const std::array options{
      ZmqOption{ZMQ_LINGER, 0, "LINGER"},
      ZmqOption{ZMQ_RECONNECT_IVL, -1, "RECONNECT_IVL"},
  };
  XJ_TRY_VOID(dealer.set(options));
  XJ_TRY_VOID(dealer.set_size(ZMQ_MAXMSGSIZE, kApiBytesMax, "MAXMSGSIZE"));
  XJ_TRY(ZmqMonitor monitor, ZmqMonitor::watch(context, dealer));
  XJ_TRY_VOID(dealer.connect("ipc://" + path));
  return std::unique_ptr<ApiClient>(
      new ApiClient(path, std::move(context), std::move(dealer), std::move(monitor)));
}

Result<ApiReply> ApiClient::call(const ApiRequest& request, const Progress& progress,
                                 Duration silence) {
  const Bytes encoded = encode(request);
  if (encoded.size() > kApiBytesMax)
    return refused("the request has more than " + std::to_string(kApiBytesMax >> 20) +
                   " MiB");
  const auto gone = [this] {
    return fail(ErrorCode::kRetry, "the daemon at " + path_ +
                                       " went away before it answered; ask again when it runs");
  };
  if (dealer_.send(encoded) != ZmqSocket::Sent::kYes) return gone();

  struct Items final : Pollable {
    explicit Items(const ApiClient& owner) : client(owner) {}
    void add_poll_items(std::vector<PollItem>& items) const override {
      items.push_back({client.dealer_.handle(), -1});
      items.push_back({client.monitor_.handle(), -1});
    }
    [[nodiscard]] Duration due_in() const override { return kNever; }
    const ApiClient& client;
  };
  const Items items(*this);
  Poller poller;
  poller.add(items);
  Instant heard = steady_now();
  while (true) {
    bool ended = false;
    while (const auto report = monitor_.next()) ended = ended || report->event == LinkEvent::kEnded;
    while (const std::optional<ZmqPart> part = dealer_.receive()) {
      XJ_TRY(ApiReply reply, decode_api_reply(part->data));
      if (reply.id != request.id && reply.id != 0) continue;  // of a call that was given up
      heard = steady_now();
      if (reply.final) return reply;
      if (progress) progress(reply);
    }
    if (ended) return gone();
    const Duration waited = steady_now() - heard;
    if (waited >= silence)
      return fail(ErrorCode::kRetry, "the daemon at " + path_ + " did not answer in time");
    poller.wait(silence == kNever ? kNever : Duration{silence.ms - waited.ms});
  }
}

}  // namespace xianjie::adapters
