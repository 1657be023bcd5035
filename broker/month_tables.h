// The rows of the month's reconciliation (DESIGN section 7), byte by byte like those of tables.h:
// what passed between this office and a neighbour for a period, and the manifests about it.
#pragma once

#include <map>

#include "broker/store.h"
#include "broker/tables.h"

namespace xianjie::broker {

enum class Direction : std::uint8_t { kGiven = 0, kTaken = 1 };

// passages: (period, direction, neighbour, kind, origin, id) → PassageRow. Written in the turn in
// which custody passes; of gated kinds only; dropped when their period is long over.
struct Passage {
  Period period;
  Direction direction = Direction::kGiven;
  OfficeId neighbour;
  Kind kind = Kind::kNone;
  EnvelopeKey key;
  friend bool operator==(const Passage&, const Passage&) = default;
};
struct PassageRow {
  Hash leaf{};
  std::uint64_t peer_epoch = 0;  // the neighbour's store then: what that lost is not owed to it
  OfficeId destination;
};
Bytes passage_prefix(Period period, Direction direction, OfficeId neighbour);
Bytes passage_key(const Passage& passage);
Result<Passage> parse_passage_key(ByteView key);
Bytes encode(const PassageRow& row);
Result<PassageRow> decode_passage_row(ByteView value);

// A set of passages as a manifest says it: the Merkle tree's leaves are
// H(0x00 ‖ kind ‖ origin ‖ id ‖ leaf), in the order of the keys.
struct PassageSet {
  std::uint32_t count = 0;
  Hash root{};
  std::map<OfficeId, std::uint32_t> destinations;
};
Hash passage_leaf(Kind kind, const EnvelopeKey& key, const Hash& leaf);
// What passed to or from the store `peer_epoch` of the neighbour.
Result<PassageSet> passage_set(ReadTxn& txn, Period period, Direction direction, OfficeId neighbour,
                               std::uint64_t peer_epoch);

// manifests: (direction, neighbour, period) → ManifestRow, the newest
struct ManifestRow {
  std::uint64_t epoch = 0, taker_epoch = 0;  // the giver's store and the taker's
  std::uint32_t number = 0;                  // rising in the giver's store
  std::uint32_t count = 0;
  Hash root{};
  ManifestState state = ManifestState::kSent;
  bool list_wanted = false;        // given: the taker asked for the list
  WallTime made;                   // by the giver
  WallTime told;                   // given: last sent; taken: last answered
  std::uint32_t parts = 0;         // taken: of the list that is coming
  std::vector<std::uint8_t> done;  // taken: which of them have come, 1 each
  std::uint32_t faults = 0;        // how many envelopes are missing or unexpected at the taker
  std::vector<ManifestEntry> missing, unexpected;  // the first kRecordEntriesMax of those
};
struct ManifestKey {
  Direction direction = Direction::kGiven;
  OfficeId neighbour;
  Period period;
};
Bytes manifest_key(const ManifestKey& key);
Result<ManifestKey> parse_manifest_key(ByteView key);
Bytes encode(const ManifestRow& row);
Result<ManifestRow> decode_manifest_row(ByteView value);

// meta: "closed" ‖ period → i64 when, then the account
Bytes closed_key(Period period);

}  // namespace xianjie::broker
