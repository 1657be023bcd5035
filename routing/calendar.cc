#include "routing/calendar.h"

#include <algorithm>

namespace xianjie::routing {
namespace {

constexpr int kLastDayOfSubmission = 10;

// The day of the month on which the chain leaves an office of this type; 0 where it ends (FLOWS A).
int gate_day(OfficeType type) {
  switch (type) {
    case OfficeType::kPrison:
    case OfficeType::kDetentionHouse:
      return 10;
    case OfficeType::kPrisonBureau:
    case OfficeType::kPolice:
      return 11;
    case OfficeType::kProvince:
      return 12;
    case OfficeType::kPrefecture:
      return 13;
    case OfficeType::kCounty:
      return 14;
    default:
      return 0;
  }
}

}  // namespace

std::optional<WallTime> gate(Kind kind, Period period, OfficeId office,
                             const CalendarOptions& options) {
  if (kind_row(kind).schedule != Schedule::kMonthlyGates) return std::nullopt;
  const int day = gate_day(office.type());
  if (day == 0) return std::nullopt;
  const auto date = Date::make(period.year(), period.month(), day);
  if (!date) return std::nullopt;
  return local_time(*date, options.gate_hour);
}

bool is_late(Kind kind, Period period, OfficeId office, WallTime arrived,
             const CalendarOptions& options) {
  const auto opens = gate(kind, period, office, options);
  return opens && local_date(arrived) > local_date(*opens);
}

std::optional<WallTime> report_deadline(Period period, OfficeType type) {
  const int day = type == OfficeType::kTownship     ? 2
                  : type == OfficeType::kCounty     ? 3
                  : type == OfficeType::kPrefecture ? 5
                  : type == OfficeType::kProvince   ? 10
                                                    : 0;
  if (day == 0 || (period.month() != 6 && period.month() != 12)) return std::nullopt;
  const auto date = period.month() == 6 ? Date::make(period.year(), 7, day + 1)
                                        : Date::make(period.year() + 1, 2, day + 1);
  if (!date) return std::nullopt;
  return local_time(*date);
}

Period period_for_submission(WallTime when) {
  const Date date = local_date(when);
  const Period month{static_cast<std::uint32_t>(date.year * 100 + date.month)};
  return date.day <= kLastDayOfSubmission ? month : month.next();
}

bool WorkingDays::is_working(const Date& date) const {
  if (std::ranges::binary_search(holidays, date)) return false;
  const std::int64_t weekday = (date.days_since_epoch() + 3) % 7;  // 1970-01-01: a Thursday
  return weekday < 5 || std::ranges::binary_search(working_weekends, date);
}

WallTime WorkingDays::after(WallTime from, int n) const {
  constexpr int kClosingHour = 18;
  std::int64_t day = local_date(from).days_since_epoch();
  while (n > 0)
    if (is_working(Date::from_days(++day))) --n;
  return local_time(Date::from_days(day), kClosingHour);
}

WallTime not_after(Kind kind, WallTime created, std::optional<WallTime> origin_gate, WallTime due) {
  const KindRow& rule = kind_row(kind);
  if (rule.lifetime == Duration{}) return due;
  // What is handed in after its gate has opened starts when it was made.
  const WallTime start =
      rule.lifetime_from_gate && origin_gate ? std::max(created, *origin_gate) : created;
  return start + rule.lifetime;
}

}  // namespace xianjie::routing
