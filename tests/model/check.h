// After every turn: the broker's committed rows and its effects against the twin. Throws Mismatch
// with a sentence; the driver prints the seed and the turn.
#pragma once

#include <stdexcept>
#include <string>

#include "tests/model/twin.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {

struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};
void require(bool holds, const std::string& what);

// What the turn said: acknowledgements, answers, deliveries, and what went on the wire. Notes in
// the twin what is outstanding now.
void check_effects(Twin& twin, const broker::Effects& effects, OneBroker& real);

// What the store holds. `pumped`: the turn ran to its end in a process that still lives, so that
// what may leave must have left. Takes over into the twin what was allowed but not due at a known
// moment.
void check_store(Twin& twin, OneBroker& real, bool pumped);

}  // namespace xianjie::tests
