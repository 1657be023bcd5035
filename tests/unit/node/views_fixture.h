// The answers of an office where all is well, as the daemon's commands say them: a starting point
// that a test breaks.
#pragma once

#include <nlohmann/json.hpp>

#include "node/office/alarms.h"
#include "node/office/overview.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {

using nlohmann::json;

struct ViewAnswers {
  json status{{"clones", json::array()},
              {"directory",
               {{"frozen", ""},
                {"forwards", true},
                {"gates_may_open", true},
                {"expiries", {{{"what", "root"}, {"warning", false}}}}}},
              {"time_trusted", true},
              {"clock", {{"trusted", true}}},
              {"rehearsal", true},
              {"restored", nullptr},
              {"store", {{"used_bytes", 10}, {"map_bytes", 100}}},
              {"room", {{"custody", {{"used_bytes", 10}, {"limit_bytes", 100}}}}}};
  json links{{"links",
              {{{"neighbour", "county:610802"},
                {"channel", "vpn"},
                {"state", "up"},
                {"class", "vpn"},
                {"digest_differs", false}}}}};
  json census{{"as_of", "2026-12-11T10:00:00.000+08:00"},
              {"rows", json::array()},
              {"totals", {{"held", 0}, {"dead", 0}, {"corrupt", 0}, {"ready", 0}, {"inbox", 0}}}};
  json month{{"closed", nullptr}, {"totals", {{"accepted", 5}, {"delivered", 5}}}};
  json due{{"count", 0}, {"overdue", 0}};

  // Something has waited so long in this lane.
  void waits(const char* lane, std::int64_t oldest_s) {
    census["rows"].push_back(
        {{"neighbour", "county:610802"}, {"lane", lane}, {"oldest_s", oldest_s}});
  }
  [[nodiscard]] json alarms() const { return node::alarms_view(status, links, census, month, due); }
  [[nodiscard]] json overview(WallTime now = kNow, Period period = kDecember) const {
    return node::overview_view({status, links, census, month, due},
                               {nation().snapshot()->directory, kTownship, now, {}}, period);
  }
};

}  // namespace xianjie::tests
