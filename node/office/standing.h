// How this office stands, counted from its own store: the ledger of what it handed in, its inbox,
// and the mail of others that it has had. The offices above see it as a signed record
// (schemas/record.h, StandingEntry). Pure. Read next: broker/standing.cc.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "broker/store.h"
#include "schemas/ids.h"
#include "schemas/record.h"

namespace xianjie::node {

using Counts = std::map<StandingColumn, std::uint64_t>;

// The months that a standing speaks of: the one of `now` and these before it, and later ones.
inline constexpr int kStandingMonths = 6;

// Every number that is not zero, of kinds counted in the month, in order of period, kind, column.
// At most kRecordEntriesMax; the oldest periods give way.
Result<std::vector<StandingEntry>> own_standing(broker::ReadTxn& txn, OfficeId self, WallTime now);

// The same numbers for one period and kind; not set: all periods, and the kinds counted in the
// month.
Result<Counts> own_counts(broker::ReadTxn& txn, OfficeId self, std::optional<Period> period,
                          std::optional<Kind> kind);

}  // namespace xianjie::node
