// The local API's commands of the cross-province exchange test (flow D).
#include <nlohmann/json.hpp>

#include "node/daemon/api.h"
#include "node/daemon/exchange_file.h"
#include "node/office/exchange_test.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

// The body is a plan; without one, the default of the month.
Result<ExchangePlan> plan_of(ByteView body, std::optional<Period> month, WallTime now) {
  if (!body.empty()) return parse_exchange_plan(as_text(body));
  const Date today = local_date(now);
  return default_exchange_plan(month.value_or(*Period::make(today.year, today.month)));
}

}  // namespace

Api::Outcome Api::exchange_run(const Call& call) {
  const WallTime now = engine_.now().wall;
  XJ_TRY(const auto month, call.period());
  XJ_TRY(const ExchangePlan plan, plan_of(call.request.body, month, now));
  XJ_TRY(auto submission, exchange_submission(plan, engine_.keys(), engine_.directory(), now));
  jobs_.add(submission_job(std::move(submission), answerer(call)));
  return later();
}

Api::Outcome Api::exchange_score_of(const Call& call) {
  const WallTime now = engine_.now().wall;
  XJ_TRY(const auto month, call.period());
  XJ_TRY(const ExchangePlan plan, plan_of(call.request.body, month, now));
  return look(call, [scene = engine_.scene(), plan](broker::ReadTxn& txn) {
    return exchange_score(txn, plan, scene.keys, scene.directory(), scene.now.wall);
  });
}

}  // namespace xianjie::node
