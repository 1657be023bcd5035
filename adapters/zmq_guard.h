// The guards that every link socket gets (PITFALLS, ZeroMQ 1 to 10), in one place: CURVE, ZAP that
// is really asked, limits, heartbeats, keep-alive, interface; and the proof at start that an
// unknown key is refused. Read next: zmq_listener.h, zmq_dialler.h.
#pragma once

#include <string>

#include "adapters/zmq_socket.h"
#include "crypto/keys.h"
#include "schemas/limits.h"

namespace xianjie::adapters {

struct LinkTimings {
  Duration reconnect_min = milliseconds(500);
  Duration reconnect_max = seconds(60);   // kRetryMaxRehearsal in a rehearsal
  Duration connect_timeout = seconds(10);
  Duration handshake = seconds(5);        // the dialling end retries a 300 after this
  Duration heartbeat_every = seconds(5);
  Duration heartbeat_timeout = seconds(15);
  Duration heartbeat_ttl = seconds(20);
  Duration silence_max = seconds(30);     // a DEALER without a frame for so long is made anew
};

// Messages waiting inside ZeroMQ, per connection. Our own sending is bounded by the link's credit
// in bytes; the receiving limit bounds what a hostile neighbour may pile up.
inline constexpr int kSendQueueMax = 256;
inline constexpr int kReceiveQueueMax = 64;

// CURVE adds 33 bytes to a frame before libzmq compares it with its limit.
inline constexpr std::size_t kCurveOverheadMax = 64;

struct LinkIdentity {
  PublicKey public_key{};
  crypto::SecretBytes secret{32};
};

// `interface`: bound to it where not empty (needs CAP_NET_RAW).
Result<void> guard_link_socket(ZmqSocket& socket, const LinkTimings& timings,
                               const std::string& interface, const std::string& endpoint);
Result<void> guard_listening_socket(ZmqSocket& router, const LinkIdentity& identity);
Result<void> guard_dialling_socket(ZmqSocket& dealer, const LinkIdentity& identity,
                                   const PublicKey& server_key);

// Dials a probe socket, guarded as above, with a random key, and sees ZAP refuse it. Milliseconds
// where it works; fails within `timings.handshake`.
Result<void> prove_refusal(const ZmqContext& context, const LinkIdentity& identity,
                           const LinkTimings& timings);

// The soft limit of open files up to the hard one, at most 65,536.
void raise_file_limit();

// Numeric address of a connected descriptor's other end; "" where there is none.
std::string peer_address_of(int fd);

}  // namespace xianjie::adapters
