// Who hands a row in: the origin cell of a notices file, an office id or a name that only one
// office has. Only a prison or a detention house reports releases (FLOWS A1).
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "routing/directory.h"
#include "schemas/ids.h"

namespace xianjie::node {

using FindOffice = std::function<std::optional<OfficeId>(std::string_view)>;

// By id or by unique name; empty where the directory has no such office, or several of that name.
std::optional<OfficeId> find_office(const routing::Directory& directory, std::string_view text);

// Asks each distinct text once: a file of 100,000 rows names few offices.
class Origins {
 public:
  explicit Origins(FindOffice find) : find_(std::move(find)) {}
  // The prison or detention house, or why there is none: "missing: …", "unknown_origin: …".
  std::expected<OfficeId, std::string> read(std::string_view cell);

 private:
  FindOffice find_;
  std::map<std::string, std::optional<OfficeId>, std::less<>> known_;
};

}  // namespace xianjie::node
