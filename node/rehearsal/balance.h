// The account of a rehearsed month: asked of every daemon at its end, put together as CONTRACT's
// JSON. What each origin's ledger says is held against what the offices really hold.
#pragma once

#include <nlohmann/json.hpp>

#include "node/rehearsal/clerks.h"
#include "node/rehearsal/fleet.h"
#include "node/rehearsal/inputs.h"

namespace xianjie::node::rehearsal {

// How far the month is, by the origins' ledgers.
struct Standing {
  std::uint64_t accepted = 0, delivered = 0, returned = 0, held = 0, in_transit = 0;
  std::uint64_t own_area = 0, unlinked = 0, no_copy = 0;
  std::uint64_t copies_accepted = 0, copies_delivered = 0, copies_in_transit = 0;
};
// kRetry, kNotFound: a daemon is away; ask again.
Result<Standing> standing(Fleet& fleet, const Inputs& inputs, Period month);

struct Balance {
  nlohmann::json account;  // CONTRACT, "Rehearsal"
  Standing standing;
};
// CONTRACT's JSON of a month in which nothing was accepted.
nlohmann::json empty_account(const Inputs& inputs, Period month,
                             const std::vector<NoticeRefusal>& refusals);
// While the daemons run. `repeats` is filled in by count_repeats.
Result<Balance> draw_balance(Fleet& fleet, const Inputs& inputs,
                             const routing::Directory& directory, const Clerks& clerks,
                             Period month);

// After the daemons have stopped: repeats that were answered on the wire, by the audit archives,
// for those outlive a killed daemon.
Result<std::uint64_t> count_repeats(const std::vector<OfficeSite>& sites);

}  // namespace xianjie::node::rehearsal
