// A country for the simulator, from real codes: three provinces, one of them with a county directly
// below it and one with a prefecture that has no counties, and a municipality; prisons, bureaus,
// police and detention houses; population-police in two of the provinces; townships for the rest.
#pragma once

#include <vector>

#include "tests/support/nation_fixture.h"

namespace xianjie::simulation {

inline constexpr std::size_t kOfficesMin = 100;

// Parents before children, exactly `offices` of them (at least kOfficesMin).
std::vector<tests::OfficeLine> country(std::size_t offices);

}  // namespace xianjie::simulation
