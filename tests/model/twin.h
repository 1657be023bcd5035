// The naive twin: what the broker's rules say of each envelope, in plain maps, without batches,
// timers' jitter, quotas or a store. Where a rule leaves the moment open (a resend, a hold at the
// next attempt), the twin says whether what it sees was allowed, not when it must come. Fed with
// the same events as the broker; compared after every turn by check.h.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/event.h"
#include "broker/tables.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {

struct TwinItem {
  Hash leaf{};
  broker::Place place = broker::Place::kQueued;
  std::string why;  // token of the reason where held
  OfficeId destination, from, next;
  Kind kind = Kind::kNone;
  WallTime opens;  // not set: may leave
  WallTime taken, changed, not_after;
  std::size_t bytes = 0;
  std::uint8_t hops = 0;
  bool own = false;
  bool path_copy = false;  // readable here
  bool copied = false;     // ever listed in the inbox
  bool bad = false;        // its bytes fail their checksum
  bool left = false;       // was on the wire since `opens` was set
  bool freed = false;      // own, processed
};

struct TwinLedger {
  OfficeId destination;
  Hash leaf{};
  WallTime not_after;
  ReceiptType receipt = ReceiptType::kAccepted;
  bool delivered = false;
};

struct TwinLink {
  bool up = false, greeted = false;
  std::uint64_t directory = 0;  // as its last hello said
  ChannelClass own = ChannelClass::kPublic, both = ChannelClass::kPublic;
};

struct TwinInbox {
  broker::EnvelopeKey key;
  bool copy = false, settled = false;
  friend bool operator==(const TwinInbox&, const TwinInbox&) = default;
};

class Twin {
 public:
  // What the turn must answer, in the order of the events.
  struct Expected {
    std::vector<std::pair<OfficeId, std::vector<AckOutcome>>> acks;
    std::vector<bool> settled;
    std::vector<std::vector<bool>> accepted;
    std::vector<broker::EnvelopeKey> delivered;
  };
  Expected expected;  // of this turn

  std::map<broker::EnvelopeKey, TwinItem> items;
  std::map<std::uint64_t, TwinInbox> inbox;
  std::map<EnvelopeId, TwinLedger> ledger;
  std::map<OfficeId, TwinLink> links;
  // What was last sent under each number and not acknowledged; in the end the store's word.
  std::map<std::pair<OfficeId, std::uint64_t>, std::vector<broker::EnvelopeKey>> outstanding;

  void link_up(OfficeId neighbour, ChannelClass own);
  void link_down(OfficeId neighbour);
  void hello(OfficeId neighbour, ChannelClass theirs, std::uint64_t directory);
  void batch(OfficeId from, const broker::CheckedBatch& batch, const Now& now);
  void ack(OfficeId from, const Ack& ack, bool valid, const Now& now);
  void submit(const broker::Submit& event, const Now& now);
  void settle(const broker::EnvelopeKey& key, const Now& now);
  void receipt(OfficeId via, OfficeId issuer, const Receipt& receipt, const Now& now);
  void epoch(OfficeId via, OfficeId issuer, std::uint64_t epoch, WallTime created);
  void end_turn(const Now& now);  // the daily sweep
  void restart() { links.clear(); }

  [[nodiscard]] bool hears(OfficeId neighbour) const;
  [[nodiscard]] bool hears_records(OfficeId neighbour) const;
  [[nodiscard]] bool open(const TwinItem& item, const Now& now) const;
  [[nodiscard]] bool allowed(const TwinItem& item) const;  // over its link as it stands
  void expire(const broker::EnvelopeKey& key);

 private:
  AckOutcome take(OfficeId from, const broker::CheckedEnvelope& checked, const Now& now);
  void relay(TwinItem& item, const broker::EnvelopeKey& key, const Header& header, const Now& now);
  void finish(const EnvelopeId& id, ReceiptType type);

  std::map<std::pair<OfficeId, std::uint64_t>,
           std::pair<std::vector<Hash>, std::vector<AckOutcome>>>
      answered_;
  std::map<std::uint32_t, bool> submissions_;
  std::set<Hash> persons_;
  std::map<OfficeId, std::pair<std::uint64_t, WallTime>> epochs_;
  std::uint64_t inbox_next_ = 0;
  WallTime horizon_, swept_;
};

}  // namespace xianjie::tests
