// The default nation and its sample month, carried inside the program (ops/rehearsal/).
#pragma once

#include <string_view>

namespace xianjie::node::rehearsal {

std::string_view builtin_nation();   // nation.toml
std::string_view builtin_notices();  // notices.csv

}  // namespace xianjie::node::rehearsal
