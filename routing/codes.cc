#include "routing/codes.h"

#include <algorithm>

#include "routing/code_table.h"

namespace xianjie::routing {
namespace {

struct TextRow {
  std::uint32_t offset;
  std::uint16_t size;
};

#include "routing/data/table.inc"

constexpr std::uint32_t kPerCounty = 1'000;     // township numbers in a county
constexpr std::uint32_t kPerProvince = 10'000;  // six-digit codes in a province

std::string_view text_at(std::uint32_t offset, std::size_t size) {
  return {kText + offset, size};
}
std::string_view evidence_at(std::size_t index) {
  return text_at(kEvidence[index].offset, kEvidence[index].size);
}
int year_of(std::uint8_t years) {
  return years == 0 ? 0 : 1900 + years;
}

template <class Rows>
auto* find_row(const Rows& rows, std::uint32_t code) {
  const auto found =
      std::ranges::lower_bound(rows, code, {}, [](const auto& row) { return row.code; });
  return found != std::end(rows) && found->code == code ? &*found : nullptr;
}
const OldRow* find_old(std::uint32_t code) {
  return find_row(kOld, code);
}

CodeInfo country() {
  CodeInfo info;
  info.name = "全国";
  info.level = CodeLevel::kCountry;
  info.evidence = "GB/T 2260";
  return info;
}

CodeInfo describe(const PlaceRow& row) {
  CodeInfo info;
  info.code = row.code;
  info.name = name_of(row);
  info.level = level_of(row);
  info.status = static_cast<CodeStatus>(row.status);
  info.parent = row.parent;
  info.from_year = year_of(row.from);
  info.desk = is_agency(row) ? row.code : row.parent;
  info.evidence = evidence_at(row.evidence);
  return info;
}

CodeInfo describe(const OldRow& row) {
  CodeInfo info;
  info.code = row.code;
  info.name = text_at(row.name, row.name_size);
  info.level = static_cast<CodeLevel>(row.level);
  info.status = CodeStatus::kAbolished;
  info.parent = row.parent;
  info.from_year = year_of(row.from);
  info.to_year = year_of(row.to);
  info.successor = row.successor;
  info.candidates.assign(kCandidates + row.candidates,
                         kCandidates + row.candidates + row.candidate_count);
  info.desk = row.desk;
  info.divided = row.divided;
  info.evidence = evidence_at(row.evidence);
  return info;
}

// One typed character: an ASCII or full-width digit, or nothing.
std::optional<char> take_digit(std::string_view& text) {
  if (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    const char digit = text[0];
    text.remove_prefix(1);
    return digit;
  }
  constexpr std::string_view kFullWidthZero = "\xEF\xBC\x90";
  if (text.size() >= 3 && text.substr(0, 2) == kFullWidthZero.substr(0, 2) &&
      text[2] >= kFullWidthZero[2] && text[2] <= kFullWidthZero[2] + 9) {
    const char digit = static_cast<char>('0' + (text[2] - kFullWidthZero[2]));
    text.remove_prefix(3);
    return digit;
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces[] = {" ", "\t", "\r", "\n", "\xE3\x80\x80", "\xC2\xA0"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space : kSpaces) {
      if (text.starts_with(space)) text.remove_prefix(space.size()), again = true;
      if (text.ends_with(space)) text.remove_suffix(space.size()), again = true;
    }
  }
  return text;
}

}  // namespace

std::span<const PlaceRow> place_rows() {
  return kPlaces;
}

std::span<const PlaceRow> place_rows_of_province(std::uint32_t province) {
  const auto begin = std::ranges::lower_bound(kPlaces, province, {}, &PlaceRow::code);
  const auto end = std::ranges::lower_bound(kPlaces, province + kPerProvince, {}, &PlaceRow::code);
  return {begin, end};
}

const PlaceRow* find_place(std::uint32_t code) {
  return find_row(kPlaces, code);
}

std::span<const std::uint16_t> place_children(std::uint32_t parent) {
  const auto range = std::ranges::equal_range(
      kByParent, parent, {}, [](std::uint16_t index) { return kPlaces[index].parent; });
  return {range.begin(), range.end()};
}

std::span<const std::uint16_t> places_beginning_like(std::string_view text) {
  constexpr std::size_t kCharacter = 3;  // bytes of one; the caller compares the whole name
  const auto range = std::ranges::equal_range(
      kByName, text.substr(0, kCharacter), {},
      [](std::uint16_t index) { return name_of(kPlaces[index]).substr(0, kCharacter); });
  return {range.begin(), range.end()};
}

std::string_view name_of(const PlaceRow& row) {
  return text_at(row.name, row.name_size);
}
std::string_view short_name_of(const PlaceRow& row) {
  return text_at(row.name, row.short_size);
}

std::optional<CodeInfo> find_code(std::uint32_t code) {
  if (code == 0) return country();
  if (const PlaceRow* row = find_place(code)) return describe(*row);
  if (const OldRow* row = find_old(code)) return describe(*row);
  return std::nullopt;
}

std::uint32_t parent_code(std::uint32_t code) {
  if (const PlaceRow* row = find_place(code)) return row->parent;
  if (const OldRow* row = find_old(code)) return row->parent;
  if (code < kTownshipMin) return 0;
  const std::uint32_t county = code / kPerCounty;
  if (const PlaceRow* row = find_place(county)) return is_agency(*row) ? row->code : row->parent;
  const OldRow* row = find_old(county);
  return row != nullptr ? row->desk : 0;
}

std::uint32_t province_of(std::uint32_t code) {
  std::uint32_t at = code;
  while (at != 0) {
    const PlaceRow* row = find_place(at);
    if (row != nullptr && level_of(*row) == CodeLevel::kProvince) return at;
    at = parent_code(at);
  }
  return 0;
}

std::vector<std::uint32_t> children_of(std::uint32_t code) {
  std::vector<std::uint32_t> out;
  for (const std::uint16_t index : place_children(code))
    if (is_agency(kPlaces[index])) out.push_back(kPlaces[index].code);
  return out;
}

std::vector<std::uint32_t> all_codes(bool abolished) {
  std::vector<std::uint32_t> out;
  if (abolished) {
    for (const OldRow& row : kOld) out.push_back(row.code);
  } else {
    for (const PlaceRow& row : kPlaces) out.push_back(row.code);
  }
  return out;
}

std::string_view code_table_digest() {
  return kDigest;
}

std::optional<std::uint32_t> parse_code(std::string_view text) {
  std::string digits;
  for (text = trimmed(text); !text.empty();) {
    const std::optional<char> digit = take_digit(text);
    if (!digit || digits.size() == 12) return std::nullopt;
    digits.push_back(*digit);
  }
  if (digits.size() == 12) digits.resize(9);
  if (digits.size() == 9 && digits.ends_with("000")) digits.resize(6);
  if (digits.size() != 6 && digits.size() != 9) return std::nullopt;
  if (digits.size() == 9 && digits[0] == '0') return std::nullopt;
  std::uint32_t code = 0;
  for (const char digit : digits) code = code * 10 + static_cast<std::uint32_t>(digit - '0');
  return code;
}

std::string code_text(std::uint32_t code) {
  std::string text = std::to_string(code);
  if (code < kTownshipMin && text.size() < 6) text.insert(0, 6 - text.size(), '0');
  return text;
}

}  // namespace xianjie::routing
