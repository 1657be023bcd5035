#include "node/cli/text_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "schemas/text.h"
#include "schemas/time.h"

namespace xianjie::node::cli {
namespace {

struct Range {
  char32_t first, last;
};
// East Asian Width W and F (Unicode standard annex 11), as far as names and addresses need it.
constexpr Range kWide[] = {
    {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x20000, 0x3FFFD}};
constexpr Range kNone[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x202A, 0x202E},
                           {0x2060, 0x206F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};

bool in(const auto& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](Range r) { return c >= r.first && c <= r.last; });
}

// The character at the front and how many bytes it takes; {0, 1} where the bytes are no UTF-8.
std::pair<char32_t, std::size_t> front(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (text.size() < size || !is_utf8(text.substr(0, size))) return {0, 1};
  char32_t out = lead & (0x7FU >> size);
  for (std::size_t at = 1; at < size; ++at) out = (out << 6) | (byte(at) & 0x3FU);
  return {out, size};
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [character, size] = front(text);
    width += in(kNone, character) ? 0U : in(kWide, character) ? 2U : 1U;
    text.remove_prefix(size);
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto [character, size] = front(text);
    const bool control = character < 0x20 || (character >= 0x7F && character < 0xA0) ||
                         (character >= 0x202A && character <= 0x202E) ||
                         (character >= 0x2066 && character <= 0x2069);
    out += control ? "?" : text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

std::string short_time(std::string_view iso) {
  constexpr std::size_t kSecondsEnd = 19;  // of 2026-12-10T09:00:00.000+08:00
  if (iso.size() < kSecondsEnd || !parse_wall_time(iso)) return std::string(iso);
  return std::string(iso.substr(5, 5)) + " " + std::string(iso.substr(11, kSecondsEnd - 11));
}

std::string cell(const nlohmann::json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return short_time(value.get_ref<const std::string&>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void TextTable::add(std::vector<std::string> row) {
  for (std::string& text : row) text = printable(text);
  row.resize(rows_.front().size());
  rows_.push_back(std::move(row));
}

void TextTable::align_right(std::size_t column) {
  right_.push_back(column);
}

void TextTable::print(std::ostream& out) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_)
    for (std::size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], display_width(row[column]));
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::string space(widths[column] - display_width(row[column]), ' ');
      const bool right = std::ranges::find(right_, column) != right_.end();
      line += (column == 0 ? "" : "  ") + (right ? space + row[column] : row[column] + space);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  }
}

void print_fields(std::ostream& out,
                  const std::vector<std::pair<std::string, std::string>>& fields) {
  std::size_t width = 0;
  for (const auto& [name, value] : fields) width = std::max(width, display_width(name));
  for (const auto& [name, value] : fields)
    out << name << std::string(width - display_width(name) + 2, ' ') << printable(value) << "\n";
}

}  // namespace xianjie::node::cli
