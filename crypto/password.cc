#include "crypto/password.h"

#include <sodium.h>

#include <array>

#include "crypto/hash.h"

namespace xianjie::crypto {

Result<std::string> hash_password(std::string_view password) {
  init();
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str(out.data(), password.data(), password.size(),
                        crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
    return fail(ErrorCode::kFull, "no memory to hash a password: 64 MiB are needed");
  return std::string(out.data());
}

bool password_fits(const std::string& hash, std::string_view password) {
  init();
  // libsodium reads a whole string's length from its buffer.
  std::array<char, crypto_pwhash_STRBYTES> whole{};
  if (hash.size() >= whole.size() || hash.find('\0') != std::string::npos) return false;
  hash.copy(whole.data(), hash.size());
  return crypto_pwhash_str_verify(whole.data(), password.data(), password.size()) == 0;
}

}  // namespace xianjie::crypto
