// The daemon's own numbers in Prometheus's text format. One table of families; every count is there
// from the start, zero where nothing happened. Counts and offices, no persons. Read next:
// ops/monitoring/README.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "schemas/time.h"

namespace xianjie::node {

// Answers of the local API; null where the daemon gave none, whose families are then left out.
struct MetricsParts {
  std::string office;
  WallTime web_started;  // when this process did, by the real clock
  nlohmann::json status, links, census, overview;
};
std::string metrics_text(const MetricsParts& parts);

}  // namespace xianjie::node
