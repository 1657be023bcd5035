// The account of all flows: by kind what was sent and what became of it, asked of every daemon at
// the end; reports, the exchange test's score, and who must still act.
#pragma once

#include <nlohmann/json.hpp>

#include "node/rehearsal/clerks.h"

namespace xianjie::node::rehearsal {

// How far everything is, by all ledgers. kRetry, kNotFound: a daemon is away; ask again.
struct FlowStanding {
  std::uint64_t sent = 0, in_transit = 0;
  std::uint64_t outcomes = 0;  // persons whose check came home to the first origin
};
Result<FlowStanding> flow_standing(Fleet& fleet);

// Adds `flows`, `balance`, `exchange_test`, `frozen`, `must_act`, and where all flows were played
// `reports` and `month_close`; `closed` stays true only where all of it balances and nobody must
// act.
Result<> add_flow_account(nlohmann::json& account, Fleet& fleet, const Scene& scene, Play play,
                          WallTime end, const Clerks& clerks);

}  // namespace xianjie::node::rehearsal
