// A directory holder's Ed25519 key on disk, mode 0600:
//   xianjie-holder-key 1
//   seed <64 hex digits>
//   public <64 hex digits>
// The public key stands there too, so that a damaged seed is noticed.
#pragma once

#include <filesystem>

#include "adapters/passphrase.h"
#include "crypto/keys.h"
#include "schemas/result.h"

namespace xianjie::adapters {

inline constexpr std::string_view kHolderKeyTitle = "xianjie-holder-key";

Result<> write_holder_key(const std::filesystem::path& file,
                          const crypto::SigningPair& pair);  // replaces nothing
// One that `xianjie keys protect` has sealed needs its passphrase: `ask`, else a question on the
// terminal.
Result<crypto::SigningPair> read_holder_key(const std::filesystem::path& file,
                                            const AskPassphrase& ask = {});

}  // namespace xianjie::adapters
