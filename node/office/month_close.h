// Closing the month (月度办结): refused while it does not balance, and then it says who must act.
// Pure. Read next: month_status.h.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "node/office/standing.h"

namespace xianjie::node {

struct CloseRequest {
  Period period;
  std::set<OfficeId> without;  // closed over: they have not reported, or their manifests are open
  std::string reason;          // why; needed with `without`
};

// {closed: true, account…}: it may be closed with this account, or (with `time`) was before.
// {closed: false, must_act: [{office, what, count}]}: what stands against it. `what` is one of
//   not_over          the chain's last gate is not past
//   held, in_transit  by an origin's ledger; never closed over
//   waiting, stopped  where such mail stands
//   missing           an office of the chain has said nothing for the period (未报)
//   manifest_missing  a neighbour outside this office's area has sent none
//   manifests_unanswered, manifests_differ
// An office not yet on the bus (未上线) does not stand against it; the account counts it. Nor do
// people whom their township has not checked yet (until the end of the month), nor copies.
Result<nlohmann::json> month_closing(broker::ReadTxn& txn, const MonthContext& context,
                                     const CloseRequest& request);

}  // namespace xianjie::node
