// Everything of the directory's trust that ends by itself: when, how near that is, and who must
// act. One table for `status`, `directory status` and the alarms.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/trust.h"
#include "routing/directory.h"

namespace xianjie::node {

struct Expiry {
  std::string what;    // root, snapshot, timestamp, key
  std::string detail;  // "version 12", "key 3"
  WallTime until;      // not set: over, or there is none
  int stage = 0;       // 0: far; each warning on the way adds one
  bool over = false;
  std::string means, means_zh;        // what stops when it is over
  std::string who_acts, who_acts_zh;  // and how
};

// In the order of the roles, this office's newest key last. `until` of an open key is not listed.
std::vector<Expiry> expiries(const crypto::Trust& trust, const routing::Directory& directory,
                             OfficeId self, WallTime now);
std::string time_left(WallTime until, WallTime now);  // "13 d 4 h", "5 h 12 min", "over"
std::string warning(const Expiry& expiry, WallTime now);

}  // namespace xianjie::node
