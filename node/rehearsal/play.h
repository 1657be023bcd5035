// Which flows a rehearsal plays, and when: where virtual time begins and ends, and the hours that
// it runs slowly because people must answer inside them (flow D's windows).
#pragma once

#include <vector>

#include "node/daemon/config.h"
#include "schemas/time.h"

namespace xianjie::node::rehearsal {

enum class Play : std::uint8_t {
  kMonth,         // the monthly chain alone: from the 9th, 12:00, to the 15th
  kExchangeTest,  // the 2011 plan: from the 13th, 12:00, until the formal round is over
  kAllFlows,      // a half-year's end: reports, the month, the exchange test, and all other flows
};

const char* word_of(Play play);  // month, exchange_test, all_flows

struct Timeline {
  WallTime start, end;
  double rate = 1;  // virtual seconds a real second
  std::vector<adapters::SlowStretch> slow;
  std::vector<WallTime> gates;  // moments at which much mail leaves

  // As the daemons' configurations say it.
  [[nodiscard]] RehearsalTime time(WallTime real_epoch) const;
  [[nodiscard]] adapters::RehearsalClock clock(WallTime real_epoch) const;
  // Real time from the beginning to a virtual moment.
  [[nodiscard]] Duration real_until(WallTime when) const;
};

// `offices` share this machine: the more, the longer the windows last.
Timeline make_timeline(Play play, Period month, double seconds_per_day, std::size_t offices);

}  // namespace xianjie::node::rehearsal
