// An office's key files, read and put together: one, or several while keys change. A file may be
// protected by a passphrase (crypto/protected_file.h).
#pragma once

#include <filesystem>
#include <string>

#include "adapters/passphrase.h"
#include "broker/own_keys.h"
#include "crypto/key_ring.h"
#include "node/daemon/config.h"

namespace xianjie::node {

inline constexpr std::string_view kKeyFileTitle = "xianjie-keys";

using adapters::AskPassphrase;

Result<crypto::OfficeKeys> load_keys(const std::filesystem::path& path, const AskPassphrase& ask);
// The passphrase file of the configuration.
AskPassphrase passphrase_of(const Config& config);

// All of the configuration's files, in its order, each read once; kRefused where one is of another
// office.
Result<std::vector<crypto::OfficeKeys>> load_sets(const Config& config, const AskPassphrase& ask);
// The same as a ring, not yet compared with any directory.
Result<crypto::KeyRing> load_ring(const Config& config, const AskPassphrase& ask);

// Turns to the set that counts at `now`. Where none does, says what is wrong and what to do; behind
// a clock that is not trusted the newest that is known and not revoked has to do.
Result<> choose_first_keys(crypto::KeyRing& ring, const Config& config,
                           const routing::Directory& directory, const Now& now);

}  // namespace xianjie::node
