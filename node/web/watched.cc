#include "node/web/watched.h"

#include <nlohmann/json.hpp>

#include "node/office/alarms.h"
#include "node/web/metrics.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr Duration kStatusSilenceMax = seconds(5), kCountSilenceMax = seconds(20);

// Null where the daemon refuses it or is silent.
json asked(ApiPool& api, const char* command, Duration silence_max) {
  const auto reply = api.call({0, command, {}, {}}, silence_max);
  return reply ? json::parse(reply->json, nullptr, false) : json();
}

Watched looked_at(ApiPool& api, bool ready_too) {
  const auto status = api.call({0, "status", {}, {}}, kStatusSilenceMax);
  if (!status) return {503, status.error().text + "\n"};
  std::string against;
  if (ready_too)
    for (const std::string& alarm : not_ready_for(json::parse(status->json)))
      against += " " + alarm;
  if (against.empty()) return {200, "ok\n"};
  return {503, "not ready:" + against + "\n"};
}

}  // namespace

std::string metrics_of(ApiPool& api, OfficeId office, WallTime web_started) {
  MetricsParts parts{to_text(office), web_started, {}, {}, {}, {}};
  parts.status = asked(api, "status", kStatusSilenceMax);
  if (parts.status.is_object()) {  // else it would only be waited for again
    parts.links = asked(api, "links", kStatusSilenceMax);
    parts.census = asked(api, "queue.census", kCountSilenceMax);
    parts.overview = asked(api, "overview", kCountSilenceMax);
  }
  return metrics_text(parts);
}

Watched health_of(ApiPool& api) {
  return looked_at(api, false);
}
Watched readiness_of(ApiPool& api) {
  return looked_at(api, true);
}

}  // namespace xianjie::node
