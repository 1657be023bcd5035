// The statutory calendar (DESIGN section 7, FLOWS A and B): when a scheduled kind may leave an
// office. Pure: no clock, times come in. Weekends and holidays shift no gate.
#pragma once

#include <optional>
#include <span>

#include "routing/kinds.h"
#include "schemas/ids.h"
#include "schemas/time.h"

namespace xianjie::routing {

struct CalendarOptions {
  int gate_hour = 9;  // Shanghai time, at every office
};

// The gate of the monthly chain for an envelope standing at `office`, for `period`: prison and
// detention house the 10th, prison bureau and police the 11th, province the 12th, prefecture the
// 13th, county the 14th. No gate (leaves at once) for kinds without one, and for offices at which
// the chain ends.
std::optional<WallTime> gate(Kind kind, Period period, OfficeId office,
                             const CalendarOptions& options);

// Arrived after the day of this office's gate: passes at once, flagged late.
bool is_late(Kind kind, Period period, OfficeId office, WallTime arrived,
             const CalendarOptions& options);

// Until when an office of this type reports upward for a half-year (period June) or a year
// (December), flow B: township the 2nd, county the 3rd, prefecture the 5th, province the 10th of
// July or of the next February, to the end of the day. Not set: it reports nothing, or the period
// is neither.
std::optional<WallTime> report_deadline(Period period, OfficeType type);

// Submitted at `when`: the period it belongs to (up to the end of the 10th: this month, else the
// next).
Period period_for_submission(WallTime when);

// Days on which offices work: Monday to Friday without the holidays, and the weekends worked
// instead. Both lists rise and travel in the signed directory.
struct WorkingDays {
  std::span<const Date> holidays, working_weekends;
  [[nodiscard]] bool is_working(const Date& date) const;
  // The end (18:00) of the n-th working day after the day of `from`; n from 1.
  [[nodiscard]] WallTime after(WallTime from, int n) const;
};

// The not_after of an envelope: the row's lifetime from its start (its creation; for a gated kind
// the origin's gate where that comes later). `due` itself for kinds that live until due.
WallTime not_after(Kind kind, WallTime created, std::optional<WallTime> origin_gate, WallTime due);

}  // namespace xianjie::routing
