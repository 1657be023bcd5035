// One row of the kinds table (routing/kinds.h) as JSON: `xianjie kinds --json` and the dashboard.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "routing/kinds.h"

namespace xianjie::node {

nlohmann::json kind_view(const routing::KindRow& row);

}  // namespace xianjie::node
