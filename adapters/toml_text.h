// toml++ as this tree uses it: include this, never <toml++/toml.h>, since two meanings of its
// macros in one program do not link rightly. The library of Debian 12 (3.3.0) asserts what a
// malformed file breaks ("[," or "[[[a]]]" abort; without assertions they are undefined): here a
// broken assertion is an exception, and parse_toml makes a refusal of it. Fixed upstream in pull
// request 301 of marzer/tomlplusplus.
#pragma once

#include <string_view>

#include "schemas/result.h"

namespace xianjie::adapters {
[[noreturn]] void toml_assertion_failed();
}  // namespace xianjie::adapters

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) \
  (static_cast<bool>(expr) ? void(0) : ::xianjie::adapters::toml_assertion_failed())
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace xianjie::adapters {

// kRefused: "line 12: what is wrong".
Result<toml::table> parse_toml(std::string_view text);

}  // namespace xianjie::adapters
