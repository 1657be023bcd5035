// When an office is reminded of what waits for it, and in which numbers: for a command of the
// operator's that passes them on, by SMS for example. Counts only: no names, no ids of people.
// Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

#include "routing/calendar.h"
#include "schemas/time.h"

namespace xianjie::node {

// Not oftener than this because of alarms.
inline constexpr Duration kAlarmReminderEvery = hours(1);

// {office, name, time, why, inbox, due, overdue, held, dead, missing, critical, warning, text_zh,
// text_en} of an overview; `why`: "hour" or "alarm". The texts are one line each, at most 70
// characters in Chinese: one short message.
nlohmann::json reminder_view(const nlohmann::json& overview, std::string_view why);

// At each of the hours (Shanghai time) of a working day where anything is open, and at once where
// there are more critical alarms than were told.
class ReminderRule {
 public:
  ReminderRule(std::vector<int> hours, WallTime now, const routing::WorkingDays& days);
  // The hour that is waited for; not set: none is.
  [[nodiscard]] WallTime next() const { return next_; }
  // "hour", "alarm", or "": nothing is to be told now.
  std::string_view due(const nlohmann::json& counts, const Now& now,
                       const routing::WorkingDays& days);
  // The command failed: the alarm is told again when the next one may be.
  void not_told() { told_critical_ = 0; }

 private:
  [[nodiscard]] WallTime after(WallTime now, const routing::WorkingDays& days) const;
  std::vector<int> hours_;
  WallTime next_;
  std::uint64_t told_critical_ = 0;
  Instant quiet_until_;
};

}  // namespace xianjie::node
