// Whether the month will close, at a glance: the month's numbers, what comes next, what is wrong.
// Put together from the other views; nothing is counted here. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "node/office/standing.h"
#include "routing/kinds.h"

namespace xianjie::node {

// The other views' answers, of the period that is looked at.
struct OverviewParts {
  const nlohmann::json& status;
  const nlohmann::json& links;
  const nlohmann::json& census;
  const nlohmann::json& month;
  const nlohmann::json& due;
};
nlohmann::json overview_view(const OverviewParts& parts, const MonthContext& context,
                             Period period);

// The month that people work on at this moment: the one whose chain is under way or has just been.
Period period_to_watch(WallTime now);

}  // namespace xianjie::node
