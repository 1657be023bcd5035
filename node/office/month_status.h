// The month as an office sees it (DESIGN section 7): itself by its own store, the offices below it
// by the newest standing each has sent. Every envelope stands in one column, by its first origin's
// ledger; copies to population-police are counted apart. Pure. Read next: standing.h.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "node/office/standing.h"

namespace xianjie::node {

// {period, office, origins: [...], offices: [...], totals, missing, not_yet_on_the_bus,
// without_office, closed}. Of one kind, or of those counted in the month; without a period all of
// them together (a standing speaks of kStandingMonths).
Result<nlohmann::json> month_view(broker::ReadTxn& txn, const MonthContext& context,
                                  std::optional<Period> period, std::optional<Kind> kind);

// The bulletin (通报): how the people of a month were checked, a row a county; at a county a row a
// township. {period, rows: [{office, name, due, on_time, late, unlinked, overdue}]}, people.
Result<nlohmann::json> bulletin_view(broker::ReadTxn& txn, const MonthContext& context,
                                     Period period);

// When and how the month was closed here; null: it is open.
Result<nlohmann::json> closed_view(broker::ReadTxn& txn, std::optional<Period> period);

// The newest manifest of each neighbour and direction, with the envelopes at fault.
Result<nlohmann::json> manifests_view(broker::ReadTxn& txn, std::optional<Period> period);

}  // namespace xianjie::node
