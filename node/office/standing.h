// How this office stands, counted from its own store: the ledger of what it handed in, its inbox,
// and the mail of others that it has had. The offices above see it as a signed record
// (schemas/record.h, StandingEntry). Pure. Read next: broker/standing.cc.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "broker/store.h"
#include "routing/calendar.h"
#include "routing/directory.h"
#include "schemas/ids.h"
#include "schemas/record.h"

namespace xianjie::node {

struct MonthContext {
  const routing::Directory& directory;
  OfficeId self;
  WallTime now;
  routing::CalendarOptions calendar;
};

using Counts = std::map<StandingColumn, std::uint64_t>;
inline std::uint64_t counted(const Counts& counts, StandingColumn column) {
  const auto found = counts.find(column);
  return found == counts.end() ? 0 : found->second;
}

// The months that a standing speaks of: the one of `now` and these before it, and later ones.
inline constexpr int kStandingMonths = 6;

// Every number that is not zero, of kinds counted in the month, in order of period, kind, column.
// At most kRecordEntriesMax; the oldest periods give way.
Result<std::vector<StandingEntry>> own_standing(broker::ReadTxn& txn, const MonthContext& context);

// The same numbers for one period and these kinds; not set, none: all periods, and the kinds
// counted in the month.
Result<Counts> own_counts(broker::ReadTxn& txn, const MonthContext& context,
                          std::optional<Period> period, std::span<const Kind> kinds);

// How long after its gate a manifest may be on its way before it counts as missing.
inline constexpr Duration kManifestPatience = hours(1);
Period month_of(WallTime time);

// Neighbours that owe this office a manifest, for this month or the last: those that it has met,
// and whose gate opened in this store's time.
Result<std::vector<std::pair<OfficeId, Period>>> missing_manifests(broker::ReadTxn& txn,
                                                                   const MonthContext& context);

}  // namespace xianjie::node
