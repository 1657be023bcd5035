// What the model's runs are made of, sealed and checked once a process: envelopes of many fates
// that neighbours of the office under test hand over, and orders of the office's own.
#pragma once

#include <vector>

#include "broker/prepare.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {

inline const OfficeId kUnderTest = kProvince;
inline const WallTime kModelStart = wall("2026-12-11T10:00:00+08:00");

struct Pool {
  std::vector<broker::CheckedEnvelope>
      letters;  // good, conflicting, forged, expired, own, worn out
  std::vector<broker::PreparedOrder> orders;
};
const Pool& pool();

}  // namespace xianjie::tests
