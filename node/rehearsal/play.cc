#include "node/rehearsal/play.h"

#include <algorithm>

#include "node/office/exchange_plan.h"
#include "routing/calendar.h"

namespace xianjie::node::rehearsal {
namespace {

constexpr double kSecondsPerDay = 86'400, kSecondsPerHour = 3'600;
constexpr int kFirstGate = 10, kLastGate = 14;
// An hour in which clerks must answer takes so long: measured with 46 daemons on two cores, an
// answer needs two to three seconds.
constexpr double kWindowHourMin = 3, kWindowHourPerOffice = 0.1;

// The first days of all flows, in which four levels report one after the other, by the 3rd and 5th.
constexpr double kReportDayMin = 3;

void add_window(Timeline& to, const Window& window, double seconds_per_hour) {
  to.slow.push_back(
      {window.from, window.until, std::min(to.rate, kSecondsPerHour / seconds_per_hour)});
}

}  // namespace

const char* word_of(Play play) {
  return play == Play::kMonth ? "month" : play == Play::kAllFlows ? "all_flows" : "exchange_test";
}

RehearsalTime Timeline::time(WallTime real_epoch) const {
  return {start, real_epoch, rate, slow};
}

adapters::RehearsalClock Timeline::clock(WallTime real_epoch) const {
  return {start, real_epoch, rate, slow};
}

Duration Timeline::real_until(WallTime when) const {
  return clock({}).real_between(start, when);
}

Timeline make_timeline(Play play, Period month, double seconds_per_day, std::size_t offices) {
  const auto at = [&](int day, int hour) {
    return local_time(Date{month.year(), month.month(), day}, hour);
  };
  Timeline out;
  out.rate = kSecondsPerDay / seconds_per_day;
  const int gate_hour = routing::CalendarOptions{}.gate_hour;
  if (play != Play::kExchangeTest)
    for (int day = kFirstGate; day <= kLastGate; ++day) out.gates.push_back(at(day, gate_hour));
  if (play == Play::kMonth) {
    out.start = at(9, 12);
    out.end = at(15, 0);
    return out;
  }
  out.start = play == Play::kExchangeTest ? at(13, 12) : at(1, 12);
  if (play == Play::kAllFlows) add_window(out, {out.start, at(4, 0)}, kReportDayMin / 24);
  const double hour = kWindowHourMin + kWindowHourPerOffice * static_cast<double>(offices);
  for (const ExchangeRound& round : default_exchange_plan(month).rounds) {
    add_window(out, round.answers, hour);
    out.gates.push_back(round.requests.from);
    out.end = round.freeze.until + hours(6);
  }
  return out;
}

}  // namespace xianjie::node::rehearsal
