#include "schemas/ids.h"

#include <algorithm>
#include <cstdio>

#include "schemas/result.h"
#include "schemas/text.h"

namespace xianjie {
inline namespace schemas {
namespace {

using enum OfficeType;

// CONTRACT, nation file: the offices of justice own the code in their id, the others none.
constexpr std::array<OfficeTypeRow, 15> kOfficeTypes{{
    {kMinistry, "ministry", "司法部", 6, false, 0, true},
    {kProvince, "province", "省(区、市)司法厅(局)", 6, false, 1, true},
    {kPrefecture, "prefecture", "地市司法局", 6, false, 2, true},
    {kCounty, "county", "区县司法局", 6, false, 3, true},
    {kTownship, "township", "司法所", 9, false, 4, true},
    {kPrisonBureau, "prison-bureau", "监狱管理局", 6, false, 1, false},
    {kPrison, "prison", "监狱", 6, true, 1, false},
    {kPolice, "police", "公安厅(局)", 6, false, 1, false},
    {kPopulationPolice, "population-police", "公安人口管理部门", 6, false, 1, false},
    {kDetentionHouse, "detention-house", "看守所", 6, true, 3, false},
    {kCourt, "court", "人民法院", 6, false, 3, false},
    {kProcuratorate, "procuratorate", "人民检察院", 6, false, 3, false},
    {kCivilAffairs, "civil-affairs", "民政部门", 6, false, 3, false},
    {kLabour, "labour", "人力资源社会保障部门", 6, false, 3, false},
    {kContractor, "contractor", "法律服务承办单位", 6, true, 3, false},
}};

const OfficeTypeRow* find_row(OfficeType type) {
  const auto* row = std::ranges::find(kOfficeTypes, type, &OfficeTypeRow::type);
  return row == kOfficeTypes.end() ? nullptr : row;
}

bool code_fits(const OfficeTypeRow& row, std::uint32_t code) {
  if (row.type == kMinistry) return code == 0;
  return row.code_digits == 6 ? code >= 100'000 && code <= 999'999
                              : code >= 100'000'000 && code <= 999'999'999;
}

std::uint32_t number(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint32_t>(c - '0');
  return value;
}

}  // namespace

EnvelopeId EnvelopeId::make(WallTime created, std::span<const std::uint8_t, 10> random) {
  EnvelopeId id;
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(created.ms, 0));
  for (std::size_t k = 0; k < 6; ++k) id.bytes[k] = static_cast<std::uint8_t>(ms >> (40 - 8 * k));
  std::ranges::copy(random, id.bytes.begin() + 6);
  return id;
}

WallTime EnvelopeId::created() const {
  WallTime time;
  for (std::size_t k = 0; k < 6; ++k) time.ms = time.ms << 8 | bytes[k];
  return time;
}

std::optional<EnvelopeId> EnvelopeId::parse(std::string_view text) {
  const bool lower_hex = std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (text.size() != 32 || !lower_hex) return std::nullopt;
  EnvelopeId id;
  std::ranges::copy(*from_hex(text), id.bytes.begin());
  return id;
}

std::string to_text(const EnvelopeId& id) {
  return to_hex(id.bytes);
}

std::span<const OfficeTypeRow> office_types() {
  return kOfficeTypes;
}

const OfficeTypeRow& office_type_row(OfficeType type) {
  const OfficeTypeRow* row = find_row(type);
  XJ_CHECK(row != nullptr);
  return *row;
}

std::optional<OfficeId> OfficeId::make(OfficeType type, std::uint32_t code, std::uint16_t ordinal) {
  const OfficeTypeRow* row = find_row(type);
  if (row == nullptr || !code_fits(*row, code)) return std::nullopt;
  if (ordinal != 0 && !row->has_ordinal) return std::nullopt;
  return OfficeId((static_cast<std::uint64_t>(type) << 56) |
                  (static_cast<std::uint64_t>(ordinal) << 40) | code);
}

std::optional<OfficeId> OfficeId::from_value(std::uint64_t value) {
  const OfficeId raw(value);
  const auto made = make(raw.type(), raw.code(), raw.ordinal());
  return made && *made == raw ? made : std::nullopt;
}

std::optional<OfficeId> OfficeId::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto* row = std::ranges::find(kOfficeTypes, text.substr(0, colon), &OfficeTypeRow::word);
  if (row == kOfficeTypes.end()) return std::nullopt;
  std::string_view code = text.substr(colon + 1);
  std::uint32_t ordinal = 0;
  if (const std::size_t dash = code.find('-'); dash != std::string_view::npos) {
    const std::string_view digits = code.substr(dash + 1);
    if (!is_ascii_digits(digits) || digits.size() > 5) return std::nullopt;
    ordinal = number(digits);
    if (ordinal == 0 || ordinal > 0xffff) return std::nullopt;
    code = code.substr(0, dash);
  }
  if (!is_ascii_digits(code) || code.size() != static_cast<std::size_t>(row->code_digits))
    return std::nullopt;
  const auto office = make(row->type, number(code), static_cast<std::uint16_t>(ordinal));
  // One office has one spelling: "-3" and "-003" are refused where "-03" is meant.
  return office && to_text(*office) == text ? office : std::nullopt;
}

std::string to_text(OfficeId office) {
  if (!office.is_set()) return "";
  const OfficeTypeRow& row = office_type_row(office.type());
  std::array<char, 32> place{};
  std::snprintf(place.data(), place.size(), ":%0*u", row.code_digits, office.code());
  std::string text = std::string(row.word) + place.data();
  if (office.ordinal() != 0) {
    std::snprintf(place.data(), place.size(), "-%02u", static_cast<unsigned>(office.ordinal()));
    text += place.data();
  }
  return text;
}

}  // namespace schemas
}  // namespace xianjie
