// One real broker over a memory store, with the test in the place of its neighbours, its clock and
// its applications. Frames go in and come out encoded and checked, as on a wire. OneBroker looks at
// committed rows only. Writer seals envelopes as some office would, with whatever header a test
// wants. Read next: nation_fixture.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/broker.h"
#include "tests/support/memory_store.h"
#include "tests/support/nation_fixture.h"
#include "tests/support/seeded_random.h"

namespace xianjie::tests {

// The default nation, built once a process.
const Nation& nation();

class Writer {
 public:
  explicit Writer(OfficeId origin, Snapshot snapshot = nation().snapshot(), std::uint64_t seed = 1);
  // Path readers where the kind has them, the row's class, lane and lifetime.
  Header header(OfficeId destination, Kind kind, WallTime created, Period period = {});
  Envelope seal(const Header& header, std::string_view payload = "made-up");
  std::vector<Envelope> seal_all(const std::vector<Header>& headers,
                                 std::string_view payload = "made-up");
  Envelope write(OfficeId destination, Kind kind, WallTime created, Period period = {});
  broker::PreparedOrder order(OfficeId destination, Kind kind, WallTime now, Period period = {},
                              std::optional<std::uint32_t> police_copy_code = {},
                              WallTime due = {});
  broker::PreparedOrder prepare(const broker::Order& order, WallTime now);

 private:
  OfficeId origin_;
  Snapshot snapshot_;
  SeededRandom random_;
  std::uint64_t batch_ = 0;
};

// What a test asks of an envelope's bytes.
broker::EnvelopeKey key_of(const Envelope& envelope);
Header header_of(const Envelope& envelope);

class OneBroker {
 public:
  explicit OneBroker(OfficeId self, WallTime start, broker::BrokerOptions options = {},
                     const Nation& home = nation());

  Now now;
  MemoryStore store;

  [[nodiscard]] broker::Broker& broker() { return *broker_; }
  [[nodiscard]] OfficeId self() const { return self_; }
  [[nodiscard]] broker::BrokerOptions& options() { return options_; }  // of the next process
  void advance(Duration by) {
    now.instant = now.instant + by;
    now.wall = now.wall + by;
  }

  Result<broker::Effects> try_step(std::vector<broker::Event> events);
  broker::Effects step(std::vector<broker::Event> events = {});  // a failure fails the test
  // The process dies, what was not committed with it, and another one opens the store.
  // `damaged`: what the store's check found at the start.
  void restart(const std::vector<broker::DamagedRow>& damaged = {});
  void set_directory(Snapshot snapshot);
  // Another process over the same store, with these key sets of its office; key 1 alone before.
  void use_keys(const std::vector<std::uint32_t>& numbers);

  // As the transport says it, then the neighbour's hello, and its word on the time, which is ours;
  // the effects of the turn of the two.
  // All over the channel that is called vpn, proved as `worth`.
  broker::Effects connect(OfficeId neighbour, ChannelClass worth = ChannelClass::kVpn) {
    return connect_over(neighbour, ChannelClass::kVpn, worth);
  }
  void disconnect(OfficeId neighbour) { step({broker::LinkDown{neighbour}}); }
  // Another channel to the same neighbour.
  broker::Effects connect_over(OfficeId neighbour, ChannelClass channel, ChannelClass worth);
  broker::Effects feed_over(OfficeId neighbour, ChannelClass channel, const Frame& frame) {
    return step({arrival(neighbour, frame, channel)});
  }
  [[nodiscard]] Hello hello_from(OfficeId neighbour,
                                 ChannelClass channel = ChannelClass::kVpn) const;
  // Through encode and check_frame.
  broker::Event arrival(OfficeId neighbour, const Frame& frame,
                        ChannelClass channel = ChannelClass::kVpn);
  broker::Effects feed(OfficeId neighbour, const Frame& frame) {
    return step({arrival(neighbour, frame)});
  }
  // One batch under the next number of this neighbour; returns its acknowledgement.
  Ack give(OfficeId neighbour, std::vector<Envelope> envelopes);
  broker::Effects give_effects(OfficeId neighbour, std::vector<Envelope> envelopes);
  EnvelopeBatch batch(OfficeId neighbour, std::vector<Envelope> envelopes);

  // The neighbour says that it has the records of these effects.
  void ack_records(OfficeId neighbour, const broker::Effects& effects);
  // The neighbour's signed acknowledgement of a batch it was sent: one outcome for all, or one
  // each.
  [[nodiscard]] Ack ack(OfficeId neighbour, const EnvelopeBatch& batch,
                        std::vector<AckOutcome> outcomes) const;
  [[nodiscard]] Ack ack(OfficeId neighbour, const EnvelopeBatch& batch) const {
    return ack(neighbour, batch, std::vector(batch.envelopes.size(), AckOutcome::kTaken));
  }

  [[nodiscard]] std::optional<broker::StateRow> state(const broker::EnvelopeKey& key);
  [[nodiscard]] std::optional<broker::HeldRow> held(const broker::EnvelopeKey& key);
  [[nodiscard]] std::optional<broker::LedgerRow> ledger(const EnvelopeId& id);
  [[nodiscard]] std::optional<Envelope> kept(const broker::EnvelopeKey& key);
  [[nodiscard]] std::vector<broker::InboxRow> inbox();
  [[nodiscard]] std::vector<std::pair<Bytes, Bytes>> rows(broker::Table table);
  [[nodiscard]] std::string audit_text();  // all lines not yet archived

 private:
  void open(const std::vector<broker::DamagedRow>& damaged);
  std::optional<Bytes> get(broker::Table table, ByteView key);

  OfficeId self_;
  Snapshot snapshot_;
  broker::BrokerOptions options_;
  std::optional<crypto::KeyRing> ring_;
  std::unique_ptr<broker::Broker> broker_;
  broker::StatementCache cache_;
  std::map<OfficeId, std::uint64_t> numbers_;
};

// The neighbours' store epochs as hello_from() states them.
std::uint64_t epoch_of(OfficeId office);

// What of one kind of frame went to a neighbour.
template <class T>
std::vector<T> frames_to(const broker::Effects& effects, OfficeId neighbour) {
  std::vector<T> out;
  for (const broker::Send& send : effects.sends) {
    if (send.neighbour != neighbour) continue;
    auto frame = decode_frame(send.frame);
    XJ_CHECK(frame.has_value());
    if (auto* body = std::get_if<T>(&*frame)) out.push_back(std::move(*body));
  }
  return out;
}
// What of one kind of frame went to a neighbour over one channel.
template <class T>
std::vector<T> frames_over(const broker::Effects& effects, OfficeId neighbour,
                           ChannelClass channel) {
  broker::Effects some;
  for (const broker::Send& send : effects.sends)
    if (send.channel == channel) some.sends.push_back(send);
  return frames_to<T>(some, neighbour);
}
// The records inside Records frames to a neighbour, decoded.
std::vector<Record> records_to(const broker::Effects& effects, OfficeId neighbour);
std::vector<Receipt> receipts_to(const broker::Effects& effects, OfficeId neighbour);
// What a neighbour sends who carries one receipt.
Frame receipt_frame(OfficeId issuer, OfficeId target, const Receipt& receipt);
// All envelopes that went to a neighbour in this turn.
std::vector<Envelope> envelopes_to(const broker::Effects& effects, OfficeId neighbour);

}  // namespace xianjie::tests
