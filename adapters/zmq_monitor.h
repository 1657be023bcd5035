// What libzmq's I/O thread reports about one socket's connections. Without it a failed CURVE
// handshake is silent (PITFALLS, ZeroMQ 8). Events come in the order in which they happened, and a
// disconnection is reported before its descriptor can be used again. Read next: zmq_listener.h.
#pragma once

#include <optional>
#include <string>

#include "adapters/zmq_socket.h"

namespace xianjie::adapters {

enum class LinkEvent {
  kConnected,        // value: the descriptor; the handshake is still to come
  kAccepted,         // value: the descriptor; the handshake is still to come
  kHandshakeDone,    // authenticated; the library does not say which descriptor
  kHandshakeFailed,  // 0x0800: no detail (a closed or silent peer)
  kProtocolFailed,   // 0x2000: not ZMTP, wrong mechanism, wrong key
  kAuthFailed,       // 0x4000; value: the ZAP status
  kEnded,            // closed or disconnected; value: the descriptor
  kOther
};
// "" where the event is not for the audit log.
std::string_view audit_word(LinkEvent event);

struct LinkEventReport {
  LinkEvent event = LinkEvent::kOther;
  int value = 0;
};

class ZmqMonitor {
 public:
  // Watch before bind or connect, or the first events are lost. The monitor must die before
  // `socket`.
  static Result<ZmqMonitor> watch(const ZmqContext& context, const ZmqSocket& socket);
  ~ZmqMonitor();
  ZmqMonitor(ZmqMonitor&& other) noexcept;
  ZmqMonitor& operator=(ZmqMonitor&&) = delete;

  std::optional<LinkEventReport> next();  // never blocks
  [[nodiscard]] void* handle() const { return pair_.handle(); }

 private:
  ZmqMonitor(void* watched, ZmqSocket pair) : watched_(watched), pair_(std::move(pair)) {}
  void* watched_ = nullptr;
  ZmqSocket pair_;
};

}  // namespace xianjie::adapters
