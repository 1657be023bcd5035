// Whether this account may run so many daemons: said before any starts.
#pragma once

#include <cstddef>

#include "schemas/result.h"

namespace xianjie::node::rehearsal {

// Raises the limit of open files as far as it goes. kRefused with the limit and what to do.
Result<> check_limits(std::size_t offices);

}  // namespace xianjie::node::rehearsal
