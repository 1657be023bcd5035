// The nation file (CONTRACT): offices as people write them down, in TOML, before there are keys and
// ports. parse_nation checks the sense of the tree and names office and line of what is wrong.
// Read next: routing/directory.h, which checks a signed directory in the same sense.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schemas/directory.h"
#include "schemas/result.h"

namespace xianjie::adapters {

struct Nation {
  std::vector<OfficeRecord> offices;  // sorted by id; codes filled, without keys and channels
  std::vector<std::string> warnings;  // "line 12: office county:610802: …"
};

// Each [[office]] holds `id`, `name`, `parent` (absent at the root only) and optionally `laterals`.
// Codes owned follow from the id: the ministry owns the whole tree (0), province to township their
// own code, all others none. A parent that differs from the code table, a code the table does not
// hold as current, and an unknown key are warnings.
// kRefused: no TOML, no office, a malformed or repeated id, an id or name missing, a code owned
// twice, no root or two, an unknown parent or lateral neighbour, a circle.
Result<Nation> parse_nation(std::string_view toml_text);

}  // namespace xianjie::adapters
