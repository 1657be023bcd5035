// One-time codes (RFC 6238 over RFC 4226), by OpenSSL's HMAC-SHA-1: libsodium has none.
#include <openssl/hmac.h>

#include <array>

#include "node/web/accounts.h"

namespace xianjie::node {
namespace {

constexpr std::int64_t kStepMs = 30'000;
constexpr std::uint32_t kCodes = 1'000'000;

std::string code_of(ByteView secret, std::uint64_t step) {
  const Bytes counter = Encoder().u64(step).bytes();
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  XJ_CHECK(HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(),
                counter.size(), mac.data(), &size) != nullptr &&
           size == 20);
  const std::size_t at = mac[19] & 0x0fU;
  const std::uint32_t number = Decoder(ByteView(mac).subspan(at)).u32() & 0x7fffffffU;
  std::string digits = std::to_string(number % kCodes);
  return std::string(6 - digits.size(), '0') + digits;
}

// RFC 3986: what is not unreserved, as %XX.
std::string escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF", kPlain = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
        kPlain.find(c) != std::string_view::npos)
      out += c;
    else
      out.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
  }
  return out;
}

}  // namespace

std::optional<std::uint64_t> totp_step(ByteView secret, std::string_view code, WallTime now) {
  if (now.ms < 0) return std::nullopt;
  const auto middle = static_cast<std::uint64_t>(now.ms / kStepMs);
  for (std::uint64_t step = middle == 0 ? 0 : middle - 1; step <= middle + 1; ++step)
    if (code_of(secret, step) == code) return step;
  return std::nullopt;
}

std::string base32(ByteView bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8 | byte) & 0xffffU;
    for (count += 8; count >= 5; count -= 5) out += kLetters[bits >> (count - 5) & 31U];
  }
  if (count > 0) out += kLetters[bits << (5 - count) & 31U];
  return out;
}

std::string totp_uri(ByteView secret, std::string_view account, std::string_view office) {
  const std::string issuer = "Xianjie%20" + escaped(office);
  return "otpauth://totp/" + issuer + ":" + escaped(account) + "?secret=" + base32(secret) +
         "&issuer=" + issuer;
}

}  // namespace xianjie::node
