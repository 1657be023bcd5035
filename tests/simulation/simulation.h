// One month of the simulated country from one seed: faults until the 18th, then 72 hours in which
// everything must come to its end, then quiet until the month is over. The same seed gives the same
// run, down to every frame (RunReport::digest).
#pragma once

#include "tests/simulation/options.h"
#include "tests/support/nation_fixture.h"

namespace xianjie::simulation {

struct RunReport {
  Faults faults;
  std::uint64_t turns = 0, frames = 0, envelopes_sent = 0;
  std::uint64_t accepted = 0, clones_refused = 0;
  std::uint64_t digest = 0;
};

// The directory and the keys are made once a process and shared by its runs.
const tests::Nation& nation_of(std::size_t offices);

RunReport run_month(const SimOptions& options);  // throws Violation

}  // namespace xianjie::simulation
