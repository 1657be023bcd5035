// What `--trace` prints: one line a turn, with the envelopes and receipts that it moved.
#pragma once

#include <iosfwd>

#include "broker/event.h"

namespace xianjie::simulation {

void print_turn(std::ostream& out, WallTime moment, OfficeId office,
                const Result<broker::Effects>& effects);

}  // namespace xianjie::simulation
