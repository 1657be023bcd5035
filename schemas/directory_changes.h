// The columns of a directory that say what was, or will be, otherwise: revocations, offices that
// move or end, codes. For directory.cc; what they mean stands in directory.h.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "schemas/directory.h"

namespace xianjie {
namespace fbs {
struct DirectoryBody;
}
inline namespace schemas {

using Revocations = std::map<std::pair<OfficeId, KeyId>, WallTime>;

// 0 (the whole tree), or 6 or 9 digits.
bool is_directory_code(std::uint32_t code);

Result<Revocations> take_revocations(const fbs::DirectoryBody& body);
Result<std::vector<OfficeChange>> take_office_changes(const fbs::DirectoryBody& body);
Result<std::vector<CodeChange>> take_code_changes(const fbs::DirectoryBody& body);

}  // namespace schemas
}  // namespace xianjie
