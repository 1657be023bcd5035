#include "adapters/zmq_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <zmq.h>

#include <algorithm>
#include <array>

#include "adapters/poller.h"
#include "adapters/zap.h"
#include "adapters/zmq_monitor.h"

namespace xianjie::adapters {
namespace {

// Stable in the library, hidden among the drafts in its header.
constexpr int kZapEnforceDomain = 93;
constexpr rlim_t kFilesMax = 65'536;

int ms_of(Duration duration) { return static_cast<int>(duration.ms); }

struct ProbeItems final : Pollable {
  explicit ProbeItems(void* socket) : socket_(socket) {}
  void add_poll_items(std::vector<PollItem>& items) const override {
    items.push_back({socket_, -1});
  }
  [[nodiscard]] Duration due_in() const override { return kNever; }
  void* socket_;
};

}  // namespace

Result<void> guard_link_socket(ZmqSocket& socket, const LinkTimings& timings,
                               const std::string& interface, const std::string& endpoint) {
  const std::array options{
      ZmqOption{ZMQ_LINGER, 0, "LINGER"},
      ZmqOption{ZMQ_SNDHWM, kSendQueueMax, "SNDHWM"},
      ZmqOption{ZMQ_RCVHWM, kReceiveQueueMax, "RCVHWM"},
      ZmqOption{ZMQ_HANDSHAKE_IVL, ms_of(timings.handshake), "HANDSHAKE_IVL"},
      ZmqOption{ZMQ_HEARTBEAT_IVL, ms_of(timings.heartbeat_every), "HEARTBEAT_IVL"},
      ZmqOption{ZMQ_HEARTBEAT_TIMEOUT, ms_of(timings.heartbeat_timeout), "HEARTBEAT_TIMEOUT"},
      ZmqOption{ZMQ_HEARTBEAT_TTL, ms_of(timings.heartbeat_ttl), "HEARTBEAT_TTL"},
      ZmqOption{ZMQ_TCP_KEEPALIVE, 1, "TCP_KEEPALIVE"},
      ZmqOption{ZMQ_TCP_KEEPALIVE_IDLE, 30, "TCP_KEEPALIVE_IDLE"},
      ZmqOption{ZMQ_TCP_KEEPALIVE_INTVL, 10, "TCP_KEEPALIVE_INTVL"},
      ZmqOption{ZMQ_TCP_KEEPALIVE_CNT, 3, "TCP_KEEPALIVE_CNT"},
      ZmqOption{ZMQ_IPV6, endpoint.find('[') != std::string::npos ? 1 : 0, "IPV6"},
  };
  XJ_TRY_VOID(socket.set(options));
  XJ_TRY_VOID(socket.set_size(ZMQ_MAXMSGSIZE,
                              static_cast<std::int64_t>(kFrameBytesMax + kCurveOverheadMax),
                              "MAXMSGSIZE"));
  if (!interface.empty())
    XJ_TRY_VOID(socket.set_bytes(ZMQ_BINDTODEVICE, as_bytes(interface), "BINDTODEVICE"));
  return {};
}

Result<void> guard_listening_socket(ZmqSocket& router, const LinkIdentity& identity) {
  const std::array options{
      ZmqOption{ZMQ_ROUTER_MANDATORY, 1, "ROUTER_MANDATORY"},
      ZmqOption{ZMQ_ROUTER_HANDOVER, 0, "ROUTER_HANDOVER"},
      ZmqOption{ZMQ_BACKLOG, 512, "BACKLOG"},
      ZmqOption{ZMQ_CURVE_SERVER, 1, "CURVE_SERVER"},
      ZmqOption{kZapEnforceDomain, 1, "ZAP_ENFORCE_DOMAIN"},
  };
  XJ_TRY_VOID(router.set(options));
  XJ_TRY_VOID(router.set_bytes(ZMQ_ZAP_DOMAIN, as_bytes(kZapDomain), "ZAP_DOMAIN"));
  return router.set_bytes(ZMQ_CURVE_SECRETKEY, identity.secret.view(), "CURVE_SECRETKEY");
}

Result<void> guard_dialling_socket(ZmqSocket& dealer, const LinkIdentity& identity,
                                   const PublicKey& server_key) {
  XJ_TRY_VOID(dealer.set({ZMQ_IMMEDIATE, 1, "IMMEDIATE"}));
  XJ_TRY_VOID(dealer.set_bytes(ZMQ_CURVE_PUBLICKEY, identity.public_key, "CURVE_PUBLICKEY"));
  XJ_TRY_VOID(dealer.set_bytes(ZMQ_CURVE_SECRETKEY, identity.secret.view(), "CURVE_SECRETKEY"));
  return dealer.set_bytes(ZMQ_CURVE_SERVERKEY, server_key, "CURVE_SERVERKEY");
}

Result<void> prove_refusal(const ZmqContext& context, const LinkIdentity& identity,
                           const LinkTimings& timings) {
  XJ_TRY(ZmqSocket router, ZmqSocket::make(context, ZmqSocket::Type::kRouter));
  XJ_TRY_VOID(guard_link_socket(router, timings, "", ""));
  XJ_TRY_VOID(guard_listening_socket(router, identity));
  XJ_TRY(ZmqMonitor monitor, ZmqMonitor::watch(context, router));
  XJ_TRY_VOID(router.bind("tcp://127.0.0.1:*"));

  std::array<char, 41> public_text{}, secret_text{};
  LinkIdentity stranger;
  if (zmq_curve_keypair(public_text.data(), secret_text.data()) != 0 ||
      zmq_z85_decode(stranger.public_key.data(), public_text.data()) == nullptr ||
      zmq_z85_decode(stranger.secret.span().data(), secret_text.data()) == nullptr)
    return fail(ErrorCode::kIo, "this libzmq cannot do CURVE");
  XJ_TRY(ZmqSocket dealer, ZmqSocket::make(context, ZmqSocket::Type::kDealer));
  XJ_TRY_VOID(guard_link_socket(dealer, timings, "", ""));
  XJ_TRY_VOID(dealer.set({ZMQ_RECONNECT_IVL, -1, "RECONNECT_IVL"}));
  XJ_TRY_VOID(guard_dialling_socket(dealer, stranger, identity.public_key));
  XJ_TRY_VOID(dealer.connect(router.last_endpoint()));

  const ProbeItems items(monitor.handle());
  Poller poller;
  poller.add(items);
  const Instant deadline = steady_now() + timings.handshake;
  for (Instant now = steady_now(); now < deadline; now = steady_now()) {
    poller.wait(deadline - now);
    while (const auto report = monitor.next()) {
      if (report->event == LinkEvent::kAuthFailed) return {};
      if (report->event == LinkEvent::kHandshakeDone)
        return fail(ErrorCode::kIo, "links are not safe: an unknown key was let in; not listening");
    }
  }
  return fail(ErrorCode::kIo,
              "links are not safe: could not prove that an unknown key is refused; not listening");
}

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min(limit.rlim_max, kFilesMax);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::string peer_address_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* address = nullptr;
  if (storage.ss_family == AF_INET)
    address = &reinterpret_cast<const sockaddr_in*>(&storage)->sin_addr;
  else if (storage.ss_family == AF_INET6)
    address = &reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_addr;
  if (address == nullptr) return {};
  const char* shown = inet_ntop(storage.ss_family, address, text.data(), text.size());
  return shown == nullptr ? std::string{} : std::string(shown);
}

}  // namespace xianjie::adapters
