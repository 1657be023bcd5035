#include "node/office/typed_text.h"

#include <algorithm>
#include <cstdint>

namespace xianjie::node {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_between(char c, unsigned low, unsigned high) {
  const unsigned value = static_cast<std::uint8_t>(c);
  return value >= low && value <= high;
}

// The length of the sequence at `at` that trim() drops; 0 where there is none.
std::size_t droppable(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == ' ' || is_between(c, 0x09, 0x0d)) return 1;
  const std::string_view two = text.substr(at, 2), three = text.substr(at, 3);
  if (two == "\xc2\xa0") return 2;
  if (three == "\xe3\x80\x80" || three == "\xef\xbb\xbf") return 3;
  if (three.size() < 3) return 0;
  const bool mark = (three.starts_with("\xe2\x80") &&
                     (is_between(three[2], 0x8b, 0x8f) || is_between(three[2], 0xaa, 0xae))) ||
                    (three.starts_with("\xe2\x81") && is_between(three[2], 0xa6, 0xa9));
  return mark ? 3 : 0;
}

// The ASCII character whose full-width form this sequence of three bytes is; 0 where it is none.
char ascii_of(std::string_view three) {
  if (three.size() < 3) return 0;
  if (three == "\xe3\x80\x80") return ' ';
  const int last = static_cast<std::uint8_t>(three[2]);
  if (three.starts_with("\xef\xbc") && is_between(three[2], 0x81, 0xbf))
    return static_cast<char>(last - 0x60);  // U+FF01 is '!', 0x21
  if (three.starts_with("\xef\xbd") && is_between(three[2], 0x80, 0x9e))
    return static_cast<char>(last - 0x20);  // U+FF40 is '`', 0x60
  return 0;
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty()) {
    const std::size_t drop = droppable(text, 0);
    if (drop == 0) break;
    text.remove_prefix(drop);
  }
  while (!text.empty()) {
    std::size_t drop = 0;
    for (std::size_t size = 1; size <= std::min<std::size_t>(3, text.size()) && drop == 0; ++size)
      if (droppable(text, text.size() - size) == size) drop = size;
    if (drop == 0) break;
    text.remove_suffix(drop);
  }
  return text;
}

std::string narrow(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view three = text.substr(at, 3);
    const char ascii = ascii_of(three);
    out += ascii != 0 ? ascii : text[at];
    at += ascii != 0 ? 3 : 1;
  }
  return out;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !is_between(c, 0x80, 0xbf); }));
}

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return c == '\x7f' || (is_between(c, 0, 0x1f) && c != '\t' && c != '\r' && c != '\n');
  });
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool is_scientific(std::string_view text) {
  std::size_t at = skip_digits(text, 0);
  if (at == 0) return false;
  if (at < text.size() && text[at] == '.') at = skip_digits(text, at + 1);
  if (at == text.size() || (text[at] != 'e' && text[at] != 'E')) return false;
  ++at;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  return all_digits(text.substr(at));
}

}  // namespace xianjie::node
