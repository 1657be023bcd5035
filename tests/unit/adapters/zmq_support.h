// For tests of the ZeroMQ adapters: keys, offices on loopback, a transport with a log of what came,
// a raw peer that may misbehave, and a loop that waits for a condition instead of a time.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/poller.h"
#include "adapters/zmq_monitor.h"
#include "adapters/zmq_transport.h"

namespace xianjie::adapters::testing {

struct TestKey {
  PublicKey public_key{};
  std::array<std::uint8_t, 32> secret{};
};
TestKey make_key();
OfficeId office(std::string_view text);
inline const OfficeId kParent = office("county:610802"), kChild = office("township:610802001"),
                      kOther = office("township:610802002");
Channel loopback_channel();
LinkTimings quick_timings();
Bytes frame_of(std::size_t size, std::uint8_t fill);

PeerOptions caller(OfficeId id, const TestKey& key);  // it dials us
PeerOptions called(OfficeId id, const TestKey& key, const std::string& endpoint);
ZmqTransportOptions listening(OfficeId self, const TestKey& key, std::vector<PeerOptions> peers,
                              const std::string& endpoint = "tcp://127.0.0.1:*");
ZmqTransportOptions dialling(OfficeId self, const TestKey& key, std::vector<PeerOptions> peers);

// Something that the loop serves; `pump` reads whatever came.
class Member : public Pollable {
 public:
  virtual void pump() = 0;
};

class Side final : public Member {
 public:
  explicit Side(const ZmqTransportOptions& options);  // fails the test where it cannot open
  void pump() override;
  void add_poll_items(std::vector<PollItem>& items) const override;
  [[nodiscard]] Duration due_in() const override;
  ZmqTransport& operator*() { return *transport_; }
  ZmqTransport* operator->() { return transport_.get(); }

  // What came, oldest first: "up vpn", "down", "frame"; per neighbour.
  [[nodiscard]] std::vector<std::string> log(OfficeId neighbour) const;
  [[nodiscard]] std::size_t count(OfficeId neighbour, std::string_view entry) const;
  [[nodiscard]] std::vector<Bytes> frames(OfficeId neighbour) const;
  // Of those frames: over which connection (Arrival::connection).
  [[nodiscard]] std::vector<std::uint64_t> connections(OfficeId neighbour) const;
  [[nodiscard]] bool is_up(OfficeId neighbour) const;

 private:
  std::unique_ptr<ZmqTransport> transport_;
  std::vector<broker::Arrival> arrivals_;
};

// A DEALER with a key of its choice and none of the transport's manners.
class RawPeer final : public Member {
 public:
  // `own_routing_id`: brings one where not empty.
  RawPeer(const TestKey& key, const PublicKey& server_key, const std::string& endpoint,
          std::string_view own_routing_id = "");
  void pump() override;
  void add_poll_items(std::vector<PollItem>& items) const override;
  [[nodiscard]] Duration due_in() const override { return kNever; }
  bool send(const std::vector<Bytes>& parts);

  bool shaken = false;          // its handshake succeeded
  bool ended = false;           // its connection ended at least once
  int auth_status = 0;          // the last ZAP status it was told
  std::vector<Bytes> received;  // single parts

 private:
  ZmqContext context_;
  std::optional<ZmqSocket> dealer_;
  std::optional<ZmqMonitor> monitor_;
};

class Loop {
 public:
  explicit Loop(std::vector<Member*> members);
  // Serves the members until the condition holds; false after 20 seconds without it.
  bool until(const std::function<bool()>& condition);

 private:
  std::vector<Member*> members_;
  Poller poller_;
};

}  // namespace xianjie::adapters::testing
