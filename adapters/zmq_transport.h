// One channel of an office over ZeroMQ (DESIGN section 8, PITFALLS ZeroMQ 1 to 11): a listener for
// the neighbours that dial this office over it and a dialler for each neighbour that this office
// dials. An office with several channels has one of these each: zmq_channels.h. One thread uses it;
// libzmq's I/O and the ZAP handler have their own.
//
// What it promises: a frame that comes out of poll() was sent by the machine that holds the link
// key of Arrival::neighbour, over a channel proved as channel_class. What it does not: that a sent
// frame arrived. kUp of a dialled link follows the handshake, of an accepted one its first frame.
// A loop: add it to a Poller; after each wait, poll() until it gives less than was asked for.
// Known limit of the library: a message of endlessly many parts is held in memory until its last
// part; only a neighbour's key can send one, and it is dropped as `several_parts`. Read next:
// zmq_listener.h, zmq_dialler.h, zmq_guard.h, zap.h, channel_proof.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/poller.h"
#include "adapters/zmq_guard.h"
#include "adapters/zmq_notes.h"
#include "broker/transport.h"
#include "schemas/directory.h"

namespace xianjie::adapters {

struct PeerOptions {
  OfficeId office;
  std::vector<PublicKey> link_keys;     // that may be met now, the likeliest last
  std::vector<PublicKey> revoked_keys;
  std::string endpoint;                 // where this office dials it; "" where it dials this office
  Channel channel;                      // its entry in the directory
  bool former = false;                  // a child that may not know yet that it has left
};

struct ZmqTransportOptions {
  OfficeId self;
  PublicKey link_public{};
  ByteView link_secret;                 // 32 bytes; copied into guarded memory
  std::string bind_endpoint;            // "tcp://10.1.2.3:7901"; port * for any; "": listen nowhere
  Channel channel;                      // this office's entry in the directory
  std::vector<PeerOptions> peers;
  bool rehearsal = false;
  LinkTimings timings;
};

class ZmqTransport final : public Pollable {
 public:
  // Starts ZAP, proves that an unknown key is refused, and only then listens. Fails when a peer's
  // entry is wrong (the text names the office), the endpoint is taken or the interface unknown.
  static Result<std::unique_ptr<ZmqTransport>> open(const ZmqTransportOptions& options);
  ~ZmqTransport() override;

  bool send(OfficeId neighbour, ByteView frame, std::uint64_t connection = 0);
  void prefer(OfficeId neighbour, std::uint64_t connection);
  // At most `max` items and about kTurnBytesMax bytes; Arrival::channel is this one's.
  std::vector<broker::Arrival> poll(std::size_t max);

  // A new directory: links that it changes go down and come up again, the others stay. On failure
  // nothing has changed.
  Result<void> set_peers(const Channel& own, const std::vector<PeerOptions>& peers, bool rehearsal);

  [[nodiscard]] std::string bound_endpoint() const;  // with the real port, or ""
  [[nodiscard]] LinkNotes& notes();                  // refusals since the last take(), and totals

  void add_poll_items(std::vector<PollItem>& items) const override;
  [[nodiscard]] Duration due_in() const override;

 private:
  struct Impl;
  explicit ZmqTransport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xianjie::adapters
