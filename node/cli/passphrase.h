// Where a command takes the passphrase of a protected key file from: --passphrase-file, else a
// question on the terminal. Read next: crypto/protected_file.h.
#pragma once

#include <string>

#include "node/daemon/key_files.h"

namespace xianjie::node::cli {

// `file` "": ask on the terminal. `twice`: of a new one, which a slip must not lose.
AskPassphrase ask_for(const std::string& file, const std::string& whose, bool twice = false);

}  // namespace xianjie::node::cli
