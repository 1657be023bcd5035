// Passwords of people, kept as Argon2id strings that carry their own salt and cost.
#pragma once

#include <string>
#include <string_view>

#include "schemas/result.h"

namespace xianjie::crypto {

// libsodium's interactive cost: 64 MiB and some tenths of a second. Its salt is the kernel's own
// randomness. kFull where there is no memory for it.
Result<std::string> hash_password(std::string_view password);

// False for a password that does not fit and for a string that is none of hash_password's.
[[nodiscard]] bool password_fits(const std::string& hash, std::string_view password);

}  // namespace xianjie::crypto
