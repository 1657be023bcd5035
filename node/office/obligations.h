// What is owed, by whom, until when: derived from the inbox and the ledger at any moment, never
// stored (flows A9, E). Seen at both ends, and above through standings. Pure; codes and ids only.
#pragma once

#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "broker/store.h"
#include "broker/tables.h"
#include "crypto/key_ring.h"
#include "routing/directory.h"
#include "schemas/record.h"

namespace xianjie::node {

enum class Owed : std::uint8_t {
  kCheck = 1,    // a notice is checked: own area, unlinked or returned (A9)
  kArrival = 2,  // after release: how the person came
  kAnswer = 3,   // a request or work order is answered
  kCollect = 4,  // a clerk signs for it
  kReport = 5,   // the half-year's or year's report to the office above (flow B)
};
std::span<const Word> words_of(Owed);  // word and Chinese, as schemas/vocabulary.h

struct Obligation {
  Owed owed = Owed::kAnswer;
  broker::EnvelopeKey key;  // not set: nothing is there yet
  Kind kind = Kind::kNone;
  Period period;
  OfficeId by;  // who owes it
  WallTime due;
  [[nodiscard]] bool overdue(WallTime now) const { return now > due; }
};
// `since`: when this store began; reports that were due before are not asked of it. Oldest due
// first.
Result<std::vector<Obligation>> obligations(broker::ReadTxn& txn, const crypto::KeyRing& keys,
                                            const routing::Directory& directory, WallTime now,
                                            WallTime since);

struct ObligationsShown {
  bool overdue_only = false;
  std::size_t limit = std::numeric_limits<std::size_t>::max();  // rows; the numbers are of all
};
nlohmann::json obligations_view(const std::vector<Obligation>& list, OfficeId self, WallTime now,
                                const ObligationsShown& shown);

// What this office itself owes and is overdue, beside its other numbers in its standing: the
// offices above see it there. The entries stay in order, at most kRecordEntriesMax.
void add_overdue(std::vector<StandingEntry>& rows, const std::vector<Obligation>& list,
                 OfficeId self, WallTime now);

// The end of the period's month: until then the township checks each person. Open in FLOWS.
WallTime check_due(Period period);

}  // namespace xianjie::node
