// The files that holders work on: role files (a root or a list of offices) that collect signatures,
// and their signing.
#pragma once

#include <string>
#include <vector>

#include "crypto/trust.h"
#include "schemas/trust.h"

namespace xianjie::node::cli {

Result<SignedDirectory> read_role_file(const std::string& file);
Result<> write_role_file(const std::string& file, const SignedDirectory& signed_file);
// What stands in it: root, snapshot, timestamp or deny. kCorrupt: none of them.
Result<Role> role_of(const SignedDirectory& file);
// Adds, or replaces, the signatures of these keys.
Result<> sign_role_file(SignedDirectory& file, const std::vector<std::string>& holder_keys);

}  // namespace xianjie::node::cli
