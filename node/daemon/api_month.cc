// The month commands of the local API: how it stands, what was agreed with whom, and closing it.
#include <nlohmann/json.hpp>

#include "broker/clock_watch.h"
#include "node/daemon/api.h"
#include "node/office/month_close.h"
#include "node/office/month_status.h"
#include "node/office/overview.h"
#include "node/office/views.h"

namespace xianjie::node {

using nlohmann::json;

Api::Outcome Api::month_status(const Call& call) {
  XJ_TRY(const auto period, call.period());
  XJ_TRY(const auto kind, call.kind());
  const Age age = call.age(Age::kNow);
  return look(call,
              [&watch = watch_, scene = engine_.scene(), period, kind,
               age](broker::ReadTxn& txn) -> Result<json> {
                json view;
                if (kind) {
                  XJ_TRY(view, month_view(txn, scene.context(), period, kind));
                } else {
                  XJ_TRY(const auto kept, watch.month(txn, scene, period.value_or(Period{}), age));
                  view = *kept;
                }
                view["clock"] = clock_view(scene.now);
                return view;
              });
}

Api::Outcome Api::month_bulletin(const Call& call) {
  XJ_TRY(const auto asked, call.period());
  const Period period = asked.value_or(period_to_watch(engine_.now().wall));
  const Age age = call.age(Age::kNow);
  return look(call,
              [&watch = watch_, scene = engine_.scene(), period,
               age](broker::ReadTxn& txn) -> Result<json> {
                XJ_TRY(const auto kept, watch.bulletin(txn, scene, period, age));
                return *kept;
              });
}

Api::Outcome Api::month_manifests(const Call& call) {
  XJ_TRY(const auto period, call.period());
  return look(call, [period](broker::ReadTxn& txn) { return manifests_view(txn, period); });
}

Api::Outcome Api::month_close(const Call& call) {
  XJ_TRY(const auto period, call.period());
  if (!period) return refused("period: a month such as 2026-12 expected");
  if (const Now now = engine_.now(); !now.wall_trusted)
    return refused("clock: not trusted; a month is closed by a date; " +
                   broker::describe_doubt(now));
  CloseRequest request{*period, {}, call.option("reason")};
  const std::string listed = call.option("without");
  for (std::string_view rest = listed; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const auto office = OfficeId::parse(rest.substr(0, end));
    if (!office) return refused("without: an office id such as prison:610000-03 expected");
    request.without.insert(*office);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(json closing, month_closing(*txn, engine_.month_context(), request));
  if (closing.contains("time") || !closing["closed"].get<bool>())
    return std::optional<json>(std::move(closing));
  broker::CloseMonth event;
  event.period = *period;
  event.account = closing.dump();
  engine_.post(std::move(event), tell_when_done(call, std::move(closing)));
  return later();
}

}  // namespace xianjie::node
