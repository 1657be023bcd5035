// Two kinds of time that never mix: Instant (monotonic, for timeouts) and WallTime (for the
// calendar and expiry). Both are milliseconds. Nothing here reads a clock; Now comes in as an
// argument. The calendar's zone is Asia/Shanghai, UTC+8 without daylight saving. Read next: ids.h.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/vocabulary.h"

namespace xianjie {
inline namespace schemas {

struct Duration {
  std::int64_t ms = 0;
  friend auto operator<=>(Duration, Duration) = default;
  friend Duration operator+(Duration a, Duration b) { return {a.ms + b.ms}; }
  friend Duration operator-(Duration a, Duration b) { return {a.ms - b.ms}; }
  friend Duration operator*(Duration a, std::int64_t n) { return {a.ms * n}; }
};
constexpr Duration milliseconds(std::int64_t n) {
  return {n};
}
constexpr Duration seconds(std::int64_t n) {
  return {n * 1000};
}
constexpr Duration minutes(std::int64_t n) {
  return {n * 60'000};
}
constexpr Duration hours(std::int64_t n) {
  return {n * 3'600'000};
}
constexpr Duration days(std::int64_t n) {
  return {n * 86'400'000};
}

// Monotonic; meaningless in another process.
struct Instant {
  std::int64_t ms = 0;
  friend auto operator<=>(Instant, Instant) = default;
  friend Instant operator+(Instant t, Duration d) { return {t.ms + d.ms}; }
  friend Duration operator-(Instant a, Instant b) { return {a.ms - b.ms}; }
};

// Milliseconds since 1970-01-01T00:00Z. Zero means "not set" where a field is optional.
struct WallTime {
  std::int64_t ms = 0;
  friend auto operator<=>(WallTime, WallTime) = default;
  friend WallTime operator+(WallTime t, Duration d) { return {t.ms + d.ms}; }
  friend WallTime operator-(WallTime t, Duration d) { return {t.ms - d.ms}; }
  friend Duration operator-(WallTime a, WallTime b) { return {a.ms - b.ms}; }
  [[nodiscard]] bool is_set() const { return ms != 0; }
};

// Years 1970 to 9999 in Shanghai: what a decoder takes for a time. Zero ("not set") is inside.
inline constexpr std::int64_t kWallTimeMsMax = 253'402'271'999'999;
[[nodiscard]] constexpr bool in_range(WallTime t) {
  return t.ms >= 0 && t.ms <= kWallTimeMsMax;
}

struct Now {
  Instant instant;
  WallTime wall;
  bool wall_trusted = false;  // an untrusted wall clock keeps gates shut and expires nothing
  ClockDoubt doubt = ClockDoubt::kNone;  // why it is not trusted; none where nobody has said
  Duration off{};                        // by how much it lags behind what it is held against
};

// A calendar date. Valid by construction only through make(): real day, year 1 to 9999.
struct Date {
  int year = 1970, month = 1, day = 1;
  static std::optional<Date> make(int year, int month, int day);
  [[nodiscard]] std::int64_t days_since_epoch() const;
  static Date from_days(std::int64_t days);
  friend auto operator<=>(const Date&, const Date&) = default;
};
std::string to_text(const Date& date);                      // 2026-12-09
std::optional<Date> parse_iso_date(std::string_view text);  // 2026-12-09 only

// The month in which the chain runs, as year * 100 + month; 0 where a kind has none.
struct Period {
  std::uint32_t yyyymm = 0;
  static std::optional<Period> make(int year, int month);
  static std::optional<Period> parse(std::string_view text);  // 2026-12
  [[nodiscard]] int year() const { return static_cast<int>(yyyymm / 100); }
  [[nodiscard]] int month() const { return static_cast<int>(yyyymm % 100); }
  [[nodiscard]] Period next() const;
  [[nodiscard]] bool is_set() const { return yyyymm != 0; }
  friend auto operator<=>(Period, Period) = default;
};
std::string to_text(Period period);  // 2026-12, or "" when not set

// Shanghai local date and clock time.
Date local_date(WallTime time);
WallTime local_time(const Date& date, int hour = 0, int minute = 0);
std::string to_text(WallTime time);                              // 2026-12-10T09:00:00.000+08:00
std::optional<WallTime> parse_wall_time(std::string_view text);  // ISO 8601, Z or ±hh:mm required

}  // namespace schemas
}  // namespace xianjie
