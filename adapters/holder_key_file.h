// A directory holder's Ed25519 key on disk, mode 0600:
//   xianjie-holder-key 1
//   seed <64 hex digits>
//   public <64 hex digits>
// The public key stands there too, so that a damaged seed is noticed.
#pragma once

#include <filesystem>

#include "crypto/keys.h"
#include "schemas/result.h"

namespace xianjie::adapters {

Result<> write_holder_key(const std::filesystem::path& file,
                          const crypto::SigningPair& pair);  // replaces nothing
Result<crypto::SigningPair> read_holder_key(const std::filesystem::path& file);

}  // namespace xianjie::adapters
