// What machines ask of an office, without an account: counts for Prometheus, whether the daemon
// answers, whether it can serve. Read next: metrics.h.
#pragma once

#include <string>

#include "node/web/api_pool.h"
#include "schemas/ids.h"
#include "schemas/time.h"

namespace xianjie::node {

struct Watched {
  int status = 200;  // of HTTP; 503: down, or not ready
  std::string text;
};

// A daemon that is silent counts as down after some seconds: who watches comes again.
std::string metrics_of(ApiPool& api, OfficeId office, WallTime web_started);
Watched health_of(ApiPool& api);
// Not ready where a critical alarm of the daemon's status keeps it from serving; the text names it.
Watched readiness_of(ApiPool& api);

}  // namespace xianjie::node
