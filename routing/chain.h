// The monthly chain as it stands in a directory (FLOWS A1 to A8): who gives to whom. Every giver
// owes each taker a manifest a period, of nothing too (DESIGN section 7).
#pragma once

#include <vector>

#include "routing/directory.h"

namespace xianjie::routing {

// Whether `giver` owes `taker` a manifest every period:
// prison, detention house, bureau and police to their parent; a province to the other provinces,
// its own justice offices and population-police; prefecture and county to the justice offices
// below.
bool gives_in_chain(const Directory& directory, OfficeId giver, OfficeId taker);

// The offices with a key valid `at` that owe this one a manifest. Sorted.
std::vector<OfficeId> chain_givers(const Directory& directory, OfficeId taker, WallTime at);

}  // namespace xianjie::routing
