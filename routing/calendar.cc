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
    case OfficeType::kNone:
    case OfficeType::kMinistry:
    case OfficeType::kTownship:
    case OfficeType::kPopulationPolice:
      return 0;
  }
  return 0;
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

Period period_for_submission(WallTime when) {
  const Date date = local_date(when);
  const Period month{static_cast<std::uint32_t>(date.year * 100 + date.month)};
  return date.day <= kLastDayOfSubmission ? month : month.next();
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
