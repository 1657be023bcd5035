// How errors of this program become HTTP: one table (README.md beside this file).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "schemas/result.h"

namespace xianjie::node {

// By the text's first word where it is one of HTTP's own (`misuse`, `sign_in`, `forbidden`,
// `locked`, `second_factor`), else by the code.
struct HttpFault {
  int status = 500;
  nlohmann::json body;  // {"error": {"code", "text"}}
};
HttpFault http_fault(const Error& error);

}  // namespace xianjie::node
