#include "node/office/id_number.h"

#include <array>

#include "node/office/typed_text.h"
#include "schemas/result.h"

namespace xianjie::node {
namespace {

constexpr std::size_t kLong = 18;
constexpr std::size_t kShort = 15;
constexpr std::size_t kPlaceDigits = 6;

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

char id_check_character(std::string_view digits) {
  constexpr std::array kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  XJ_CHECK(digits.size() == kWeights.size());
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += kWeights[i] * (digits[i] - '0');
  return "10X98765432"[sum % 11];
}

std::expected<IdNumber, IdNumberFault> parse_id_number(std::string_view text, const Date& today) {
  const std::string plain = narrow(text);
  std::string id(trim(plain));
  if (id.empty()) return std::unexpected(IdNumberFault::kMissing);
  if (is_scientific(id)) return std::unexpected(IdNumberFault::kExcelNumber);
  if (id.size() != kLong && id.size() != kShort) return std::unexpected(IdNumberFault::kMalformed);
  const bool is_long = id.size() == kLong;
  if (!all_digits(std::string_view(id).substr(0, is_long ? kLong - 1 : kShort)))
    return std::unexpected(IdNumberFault::kMalformed);
  if (is_long) {
    if (id.back() == 'x') id.back() = 'X';
    if (id.back() != 'X' && !all_digits(std::string_view(id).substr(kLong - 1)))
      return std::unexpected(IdNumberFault::kMalformed);
  } else {
    id.insert(kPlaceDigits, "19");
    id += id_check_character(id);
  }
  const std::string_view all = id;
  const auto birth =
      Date::make(number(all.substr(6, 4)), number(all.substr(10, 2)), number(all.substr(12, 2)));
  if (!birth || *birth > today) return std::unexpected(IdNumberFault::kBirthDate);
  if (id.back() != id_check_character(all.substr(0, kLong - 1)))
    return std::unexpected(IdNumberFault::kCheckDigit);
  const Sex sex = (all[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale;
  const auto place = static_cast<std::uint32_t>(number(all.substr(0, kPlaceDigits)));
  return IdNumber{.text = std::move(id), .place = place, .birth = *birth, .sex = sex};
}

std::string reason_for(IdNumberFault fault) {
  switch (fault) {
    case IdNumberFault::kMissing:
      return "missing: the ID number is empty; only identity_doubtful rows may leave it out";
    case IdNumberFault::kMalformed:
      return "malformed: an ID number has 18 characters, or 15 digits in its old form";
    case IdNumberFault::kExcelNumber:
      return "excel_number: a spreadsheet turned the ID number into a rounded number; "
             "format the column as text and type the number again";
    case IdNumberFault::kBirthDate:
      return "birth_date: the birth date in the ID number is no real day, or lies in the future";
    case IdNumberFault::kCheckDigit:
      return "check_digit: the last character of the ID number does not fit the others; "
             "one of them is mistyped";
  }
  return {};
}

}  // namespace xianjie::node
