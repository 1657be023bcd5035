#include "adapters/holder_key_file.h"

#include <algorithm>

#include "adapters/files.h"
#include "crypto/protected_file.h"

namespace xianjie::adapters {
namespace {

constexpr std::string_view kHead = "xianjie-holder-key 1\nseed ";
constexpr std::string_view kMiddle = "\npublic ";
constexpr std::size_t kSeedSize = 32, kHexSize = 2 * kSeedSize;
constexpr std::size_t kSeedAt = kHead.size(), kPublicAt = kSeedAt + kHexSize + kMiddle.size();
constexpr std::size_t kFileSize = kPublicAt + kHexSize + 1;
constexpr std::string_view kDigits = "0123456789abcdef";

// Hex of a secret, without a copy outside guarded memory.
void put_hex(std::span<std::uint8_t> out, ByteView secret) {
  for (std::size_t k = 0; k < secret.size(); ++k) {
    out[2 * k] = static_cast<std::uint8_t>(kDigits[secret[k] >> 4]);
    out[2 * k + 1] = static_cast<std::uint8_t>(kDigits[secret[k] & 15]);
  }
}

bool take_hex(ByteView text, std::span<std::uint8_t> out) {
  for (std::size_t k = 0; k < out.size(); ++k) {
    const std::size_t high = kDigits.find(static_cast<char>(text[2 * k]));
    const std::size_t low = kDigits.find(static_cast<char>(text[2 * k + 1]));
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    out[k] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

}  // namespace

Result<> write_holder_key(const std::filesystem::path& file, const crypto::SigningPair& pair) {
  crypto::SecretBytes text(kFileSize);
  const auto put = [&text](std::size_t at, std::string_view part) {
    std::ranges::copy(part, text.span().begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(0, kHead);
  put_hex(text.span().subspan(kSeedAt, kHexSize), pair.seed.view());
  put(kSeedAt + kHexSize, kMiddle);
  put(kPublicAt, to_hex(pair.public_key));
  put(kFileSize - 1, "\n");
  return write_secret_file(file, text.view());
}

Result<crypto::SigningPair> read_holder_key(const std::filesystem::path& file,
                                            const AskPassphrase& ask) {
  XJ_TRY(crypto::SecretBytes text, read_secret_file(file));
  if (crypto::is_protected(kHolderKeyTitle, as_text(text.view()))) {
    XJ_TRY(const auto passphrase,
           ask ? ask() : ask_passphrase("passphrase of " + file.string() + ": "));
    auto plain = crypto::unprotect(kHolderKeyTitle, as_text(text.view()), passphrase.view());
    if (!plain) return fail(plain.error().code, file.string() + ": " + plain.error().text);
    text = std::move(*plain);
  }
  const ByteView bytes = text.view();
  crypto::SecretBytes seed(kSeedSize);
  PublicKey written{};
  if (bytes.size() != kFileSize || !as_text(bytes).starts_with(kHead) ||
      as_text(bytes).substr(kSeedAt + kHexSize, kMiddle.size()) != kMiddle ||
      !take_hex(bytes.subspan(kSeedAt, kHexSize), seed.span()) ||
      !take_hex(bytes.subspan(kPublicAt, kHexSize), written))
    return corrupt(file.string() + ": is no holder key; `xianjie directory holder-key` makes them");
  crypto::SigningPair pair = crypto::SigningPair::from_seed(seed.view());
  if (pair.public_key != written)
    return corrupt(file.string() + ": is damaged, seed and public key do not fit");
  return pair;
}

}  // namespace xianjie::adapters
