// A file of secrets under a passphrase: key files and holder keys alike. Text, so that it can be
// printed and kept in a safe:
//   TITLE 2
//   about WHO                         for people; whose secrets, nothing secret
//   argon2id OPS MEMORY_KIB SALT      16 bytes of salt in hex; bounded when read
//   nonce HEX                         24 bytes
//   sealed HEX                        XChaCha20-Poly1305 of the file of version 1
// The seal covers every line before it. The key is Argon2id over the passphrase's bytes.
#pragma once

#include <string>
#include <string_view>

#include "crypto/keys.h"
#include "crypto/random.h"

namespace xianjie::crypto {

struct KdfCost {
  std::uint32_t passes = 4;
  std::uint32_t memory_kib = 64 * 1024;
};
inline constexpr std::uint32_t kKdfPassesMax = 16;
inline constexpr std::uint32_t kKdfMemoryKibMin = 8, kKdfMemoryKibMax = 1024 * 1024;
inline constexpr std::size_t kPassphraseBytesMin = 8, kPassphraseBytesMax = 1024;

// Whether it is one, by its first line.
bool is_protected(std::string_view title, std::string_view text);

// kRefused: the passphrase is too short or too long.
Result<std::string> protect(std::string_view title, std::string_view about, ByteView secret_text,
                            ByteView passphrase, Random& random, KdfCost cost = {});
// kRefused "passphrase: …" where it is not the one; kCorrupt where the file is none of these.
Result<SecretBytes> unprotect(std::string_view title, std::string_view text, ByteView passphrase);

}  // namespace xianjie::crypto
