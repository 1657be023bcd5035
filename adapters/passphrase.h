// Where a passphrase comes from: a file that nobody else may read, or a person at a terminal. Never
// an argument or an environment variable, which other users see.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "crypto/keys.h"
#include "schemas/result.h"

namespace xianjie::adapters {

// Asked only where a file is protected.
using AskPassphrase = std::function<Result<crypto::SecretBytes>()>;

// The first line, without its end; 8 to 1024 bytes. A regular file, closed to others, of this user
// or of root: systemd's credentials (LoadCredential=) are root's and open to their service.
Result<crypto::SecretBytes> read_passphrase_file(const std::filesystem::path& path);

// Asks on the controlling terminal, without echo; kRefused where there is none.
Result<crypto::SecretBytes> ask_passphrase(const std::string& prompt);

}  // namespace xianjie::adapters
