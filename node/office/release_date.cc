#include "node/office/release_date.h"

#include <string>

#include "node/office/typed_text.h"

namespace xianjie::node {
namespace {

constexpr std::size_t kYearDigits = 4;

// Reads `least` to `most` digits off the front; -1 where there are fewer.
int take_number(std::string_view& rest, std::size_t least, std::size_t most) {
  int value = 0;
  std::size_t size = 0;
  for (; size < most && size < rest.size() && rest[size] >= '0' && rest[size] <= '9'; ++size)
    value = value * 10 + (rest[size] - '0');
  if (size < least) return -1;
  rest.remove_prefix(size);
  return value;
}

bool take(std::string_view& rest, std::string_view what) {
  if (!rest.starts_with(what)) return false;
  rest.remove_prefix(what.size());
  return true;
}

std::optional<Date> separated(std::string_view rest, std::string_view after_year,
                              std::string_view after_month, std::string_view after_day) {
  const int year = take_number(rest, kYearDigits, kYearDigits);
  if (year < 0 || !take(rest, after_year)) return std::nullopt;
  const int month = take_number(rest, 1, 2);
  if (month < 0 || !take(rest, after_month)) return std::nullopt;
  const int day = take_number(rest, 1, 2);
  if (day < 0 || !take(rest, after_day) || !rest.empty()) return std::nullopt;
  return Date::make(year, month, day);
}

}  // namespace

std::optional<Date> parse_release_date(std::string_view text) {
  const std::string plain = narrow(text);
  std::string_view date = trim(plain);
  if (date.size() == 8 && all_digits(date)) {
    const int year = take_number(date, 4, 4), month = take_number(date, 2, 2);
    return Date::make(year, month, take_number(date, 2, 2));
  }
  if (date.size() <= kYearDigits) return std::nullopt;
  switch (date[kYearDigits]) {
    case '-':
      return separated(date, "-", "-", "");
    case '/':
      return separated(date, "/", "/", "");
    case '.':
      return separated(date, ".", ".", "");
    default:
      return separated(date, "年", "月", "日");
  }
}

}  // namespace xianjie::node
