#include "schemas/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace xianjie {
inline namespace schemas {
namespace {

struct Lead {
  std::size_t length;      // of the whole sequence; 0: cannot begin one
  std::uint8_t low, high;  // what the second byte may be
};

Lead lead_of(std::uint8_t byte) {
  if (byte == 0) return {0, 0, 0};
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xc2) return {0, 0, 0};
  if (byte < 0xe0) return {2, 0x80, 0xbf};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3, 0x80, 0xbf};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte < 0xf4) return {4, 0x80, 0xbf};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Lead lead = lead_of(static_cast<std::uint8_t>(text[at]));
    if (lead.length == 0 || text.size() - at < lead.length) return false;
    for (std::size_t k = 1; k < lead.length; ++k) {
      const auto byte = static_cast<std::uint8_t>(text[at + k]);
      const std::uint8_t low = k == 1 ? lead.low : 0x80;
      const std::uint8_t high = k == 1 ? lead.high : 0xbf;
      if (byte < low || byte > high) return false;
    }
    at += lead.length;
  }
  return true;
}

bool is_ascii_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

}  // namespace schemas
}  // namespace xianjie
