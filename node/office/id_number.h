// Citizen identity numbers (GB 11643): 6 digits place, 8 birth date, 3 order (odd: male), 1 check
// character. The 15-digit form of before 1999 leaves out the century, which is 19, and the check.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "schemas/payload.h"
#include "schemas/time.h"

namespace xianjie::node {

struct IdNumber {
  std::string text;         // 18 characters, ASCII, X in upper case: what duplicates are found by
  std::uint32_t place = 0;  // six digits as written; may be no known code
  Date birth;
  Sex sex = Sex::kNotSaid;  // by the order digit; what a row says of itself counts more
};

enum class IdNumberFault : std::uint8_t {
  kMissing,
  kMalformed,
  kExcelNumber,  // scientific notation: the last digits are lost
  kBirthDate,    // no real day, or after `today`
  kCheckDigit,
};

// Takes 18 or 15 digits, full-width ones and a lower-case x too, with space around. A wrong birth
// date is told before a wrong check digit, which it mostly brings along. There is no age limit.
std::expected<IdNumber, IdNumberFault> parse_id_number(std::string_view text, const Date& today);

// The 18th character for the first 17 digits.
char id_check_character(std::string_view digits);

// "check_digit: text for a person"; never says anything of the number itself.
std::string reason_for(IdNumberFault fault);

}  // namespace xianjie::node
