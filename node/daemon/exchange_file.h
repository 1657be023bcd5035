// A plan of the exchange test as a file (flow D). Read next: node/office/exchange_plan.h.
#pragma once

#include "node/office/exchange_plan.h"

namespace xianjie::node {

// TOML: name, requests, notices, [[round]] with name and eight times such as requests_from.
// kRefused with the line, or with the windows that contradict each other.
Result<ExchangePlan> parse_exchange_plan(std::string_view text);

}  // namespace xianjie::node
