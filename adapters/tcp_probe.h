// Whether anybody listens at an address: for whoever looks for the fault of a link.
#pragma once

#include <string>

#include "schemas/result.h"
#include "schemas/time.h"

namespace xianjie::adapters {

// "tcp://10.1.2.3:7901", numeric or a name. The error says what stands in the way: refused, no
// route, no answer in time, no such name.
Result<> can_connect(const std::string& endpoint, Duration patience);

}  // namespace xianjie::adapters
