// The words of the bus for the pages: every table that words_of() knows, kinds with what they do,
// forms with their fields. The pages hold none of them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "schemas/ids.h"

namespace xianjie::node {

// `office`: whose pages they are.
nlohmann::json words_view(OfficeId office);

}  // namespace xianjie::node
