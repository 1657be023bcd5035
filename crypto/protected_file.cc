#include "crypto/protected_file.h"

#include <sodium.h>

#include <charconv>
#include <optional>
#include <vector>

#include "crypto/hash.h"

namespace xianjie::crypto {
namespace {

constexpr std::size_t kSaltBytes = crypto_pwhash_argon2id_SALTBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kSealedTextMax = 16 * 1024;

// Up to the next `end`; none where it does not come.
std::optional<std::string_view> take_until(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view out = text.substr(0, at);
  text.remove_prefix(at + 1);
  return out;
}

std::optional<std::uint32_t> number_between(std::optional<std::string_view> digits,
                                            std::uint32_t low, std::uint32_t high) {
  if (!digits || digits->empty() || digits->front() == '0') return std::nullopt;
  std::uint32_t value = 0;
  const char* end = digits->data() + digits->size();
  const auto read = std::from_chars(digits->data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end || value < low || value > high) return std::nullopt;
  return value;
}

std::optional<Bytes> bytes_of(std::optional<std::string_view> hex, std::size_t size) {
  auto out = hex ? from_hex(*hex) : std::nullopt;
  if (!out || out->size() != size) return std::nullopt;
  return out;
}

Result<SecretBytes> derive_key(ByteView passphrase, ByteView salt, KdfCost cost) {
  SecretBytes key(crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  if (crypto_pwhash_argon2id(key.span().data(), key.span().size(),
                             reinterpret_cast<const char*>(passphrase.data()), passphrase.size(),
                             salt.data(), cost.passes, std::size_t{cost.memory_kib} * 1024,
                             crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
    return fail(ErrorCode::kFull, "passphrase: not enough memory for Argon2id, " +
                                      std::to_string(cost.memory_kib) + " KiB are needed");
  return key;
}

bool takes(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

}  // namespace

bool is_protected(std::string_view title, std::string_view text) {
  return text.starts_with(title) && text.substr(title.size()).starts_with(" 2\n");
}

Result<std::string> protect(std::string_view title, std::string_view about, ByteView secret_text,
                            ByteView passphrase, Random& random, KdfCost cost) {
  XJ_CHECK(about.find('\n') == std::string_view::npos);
  init();
  if (passphrase.size() < kPassphraseBytesMin || passphrase.size() > kPassphraseBytesMax)
    return refused("passphrase: from " + std::to_string(kPassphraseBytesMin) + " to " +
                   std::to_string(kPassphraseBytesMax) + " bytes");
  std::array<std::uint8_t, kSaltBytes> salt{};
  std::array<std::uint8_t, kNonceBytes> nonce{};
  random.fill(salt);
  random.fill(nonce);
  XJ_TRY(const SecretBytes key, derive_key(passphrase, salt, cost));
  std::string text = std::string(title) + " 2\nabout " + std::string(about) + "\nargon2id " +
                     std::to_string(cost.passes) + ' ' + std::to_string(cost.memory_kib) + ' ' +
                     to_hex(salt) + "\nnonce " + to_hex(nonce) + '\n';
  Bytes sealed(secret_text.size() + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(), nullptr, secret_text.data(),
                                             secret_text.size(),
                                             reinterpret_cast<const std::uint8_t*>(text.data()),
                                             text.size(), nullptr, nonce.data(), key.view().data());
  return text + "sealed " + to_hex(sealed) + '\n';
}

Result<SecretBytes> unprotect(std::string_view title, std::string_view text, ByteView passphrase) {
  init();
  const auto broken = [](std::string_view what) {
    return corrupt("protected file: line \"" + std::string(what) +
                   "\" is missing or out of bounds; restore the file from a copy");
  };
  const std::string_view whole = text;
  if (!is_protected(title, text)) return broken(std::string(title) + " 2");
  take_until(text, '\n');
  if (!takes(text, "about ") || !take_until(text, '\n')) return broken("about");
  if (!takes(text, "argon2id ")) return broken("argon2id");
  const auto passes = number_between(take_until(text, ' '), 1, kKdfPassesMax);
  const auto memory = number_between(take_until(text, ' '), kKdfMemoryKibMin, kKdfMemoryKibMax);
  const auto salt = bytes_of(take_until(text, '\n'), kSaltBytes);
  if (!passes || !memory || !salt) return broken("argon2id");
  if (!takes(text, "nonce ")) return broken("nonce");
  const auto nonce = bytes_of(take_until(text, '\n'), kNonceBytes);
  if (!nonce) return broken("nonce");
  const std::string_view covered = whole.substr(0, whole.size() - text.size());
  if (!takes(text, "sealed ") || text.size() > 2 * kSealedTextMax) return broken("sealed");
  const auto hex = take_until(text, '\n');
  const auto sealed = hex ? from_hex(*hex) : std::nullopt;
  if (!sealed || sealed->size() <= kTagBytes || !text.empty()) return broken("sealed");
  XJ_TRY(const SecretBytes key, derive_key(passphrase, *salt, {*passes, *memory}));
  SecretBytes plain(sealed->size() - kTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          plain.span().data(), nullptr, nullptr, sealed->data(), sealed->size(),
          reinterpret_cast<const std::uint8_t*>(covered.data()), covered.size(), nonce->data(),
          key.view().data()) != 0)
    return refused("passphrase: it does not open this file, or the file was changed");
  return plain;
}

}  // namespace xianjie::crypto
