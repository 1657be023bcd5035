#include "schemas/time.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "schemas/text.h"

namespace xianjie {
inline namespace schemas {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kZoneMs = 8 * 3'600'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

// Reads exactly `width` ASCII digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t width) {
  if (text.size() < width || !is_ascii_digits(text.substr(0, width))) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, width)) value = value * 10 + (c - '0');
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Date> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  return Date::make(*year, *month, *day);
}

// hh:mm:ss and an optional fraction of 1 to 9 digits, of which milliseconds are kept.
std::optional<std::int64_t> take_clock(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  std::int64_t ms = ((*hour * 60 + *minute) * 60 + *second) * 1000LL;
  if (!take(text, '.')) return ms;
  int digits = 0;
  std::int64_t unit = 100;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; ++digits, unit /= 10) {
    ms += unit * (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits < 1 || digits > 9) return std::nullopt;
  return ms;
}

std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z')) return 0;
  const int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
  if (sign == 0) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  return sign * (*hour * 60 + *minute) * 60'000LL;
}

// Years 1 to 9999 in Shanghai, so that every time has a text and no sum overflows.
std::int64_t clamped_local_ms(WallTime time) {
  static const std::int64_t kFirst = Date{1, 1, 1}.days_since_epoch() * kDayMs;
  static const std::int64_t kLast = (Date{9999, 12, 31}.days_since_epoch() + 1) * kDayMs - 1;
  return std::clamp(time.ms, kFirst - kZoneMs, kLast - kZoneMs) + kZoneMs;
}

}  // namespace

std::optional<Date> Date::make(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return Date{year, month, day};
}

std::int64_t Date::days_since_epoch() const {
  const std::chrono::sys_days at = std::chrono::year_month_day{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))};
  return at.time_since_epoch().count();
}

Date Date::from_days(std::int64_t days) {
  static const std::int64_t kFirst = Date{1, 1, 1}.days_since_epoch();
  static const std::int64_t kLast = Date{9999, 12, 31}.days_since_epoch();
  const auto count = static_cast<int>(std::clamp(days, kFirst, kLast));
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days(count)}};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

std::string to_text(const Date& date) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", date.year, date.month, date.day);
  return text.data();
}

std::optional<Date> parse_iso_date(std::string_view text) {
  const auto date = take_date(text);
  return text.empty() ? date : std::nullopt;
}

std::optional<Period> Period::make(int year, int month) {
  if (year < 2000 || year > 2999 || month < 1 || month > 12) return std::nullopt;
  return Period{static_cast<std::uint32_t>(year * 100 + month)};
}

std::optional<Period> Period::parse(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !text.empty()) return std::nullopt;
  return make(*year, *month);
}

Period Period::next() const {
  return month() == 12 ? Period{yyyymm + 89} : Period{yyyymm + 1};
}

std::string to_text(Period period) {
  if (!period.is_set()) return "";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d", period.year(), period.month());
  return text.data();
}

Date local_date(WallTime time) {
  return Date::from_days(floor_div(clamped_local_ms(time), kDayMs));
}

WallTime local_time(const Date& date, int hour, int minute) {
  return {date.days_since_epoch() * kDayMs + (hour * 60 + minute) * 60'000LL - kZoneMs};
}

std::string to_text(WallTime time) {
  const std::int64_t local = clamped_local_ms(time);
  const std::int64_t in_day = local - floor_div(local, kDayMs) * kDayMs;
  std::array<char, 48> clock{};
  std::snprintf(clock.data(), clock.size(), "T%02d:%02d:%02d.%03d+08:00",
                static_cast<int>(in_day / 3'600'000), static_cast<int>(in_day / 60'000 % 60),
                static_cast<int>(in_day / 1000 % 60), static_cast<int>(in_day % 1000));
  return to_text(local_date(time)) + clock.data();
}

std::optional<WallTime> parse_wall_time(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, 'T')) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return WallTime{date->days_since_epoch() * kDayMs + *clock - *offset};
}

}  // namespace schemas
}  // namespace xianjie
