// The accounts on disk: one JSON file, 0600, written whole and durably at every change.
// {"accounts": {NAME: {"role", "person", "password", "must_change", "locked", "second_factor"
// (hex), "code_used", "created", "seen"}}}
#pragma once

#include <filesystem>

#include "node/web/accounts.h"

namespace xianjie::node {

// kNotFound: there is no file yet. Anything missing or unreadable in it refuses it whole, naming
// the account.
Result<Accounts> load_accounts(const std::filesystem::path& file);
Result<> save_accounts(const std::filesystem::path& file, const Accounts& accounts);

}  // namespace xianjie::node
