// The local API's commands for people who watch an office: overview, queues, network, offices.
#include <nlohmann/json.hpp>

#include "node/daemon/api.h"
#include "node/office/census.h"
#include "node/office/envelope_list.h"
#include "node/office/network.h"
#include "node/office/obligations.h"
#include "node/office/overview.h"
#include "node/office/views.h"
#include "schemas/text.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

Result<OfficeId> office_or_none(const std::string& name, const std::string& text) {
  if (text.empty()) return OfficeId{};
  const auto office = OfficeId::parse(text);
  if (!office) return refused(name + ": \"" + text + "\" is no office id");
  return *office;
}

}  // namespace

Api::Outcome Api::queue_census(const Call& call) {
  XJ_TRY(const OfficeId under, office_or_none("under", call.option("under")));
  watch_.with_census([this, under, answer = answerer(call)](const auto& census) {
    if (!census) return answer(std::unexpected(census.error()), true);
    answer(census_view(**census, engine_.directory(), under), true);
  });
  return later();
}

Result<json> Api::overview_of(const Census& census, Period period) {
  return guarded<json>([&] { return put_overview_together(census, period); });
}

Result<json> Api::put_overview_together(const Census& census, Period period) {
  XJ_TRY(const json status, status_json());
  const json links = links_view(engine_.broker(), engine_.now());
  const json counted = census_view(census, engine_.directory(), {});
  XJ_TRY(const json month, watch_.month(period));
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto owed, engine_.owed(*txn));
  const json due =
      obligations_view(owed, engine_.keys().office(), engine_.now().wall, /*overdue_only=*/true);
  return overview_view({status, links, counted, month, due}, engine_.month_context(), period);
}

Api::Outcome Api::overview(const Call& call) {
  XJ_TRY(const auto asked, call.period());
  const Period period = asked.value_or(period_to_watch(engine_.now().wall));
  watch_.with_census([this, period, answer = answerer(call)](const auto& census) {
    if (!census) return answer(std::unexpected(census.error()), true);
    answer(overview_of(**census, period), true);
  });
  return later();
}

void Api::with_overview(WithOverview then) {
  watch_.with_census([this, then = std::move(then)](const auto& census) {
    if (!census) return;
    const auto view = overview_of(**census, period_to_watch(engine_.now().wall));
    if (view) then(*view, **census);
  });
}

Api::Outcome Api::rates(const Call&) {
  return std::optional<json>(watch_.rates());
}

Result<EnvelopeFilter> Api::Call::envelope_filter() const {
  EnvelopeFilter filter;
  filter.state = option("state");
  if (!filter.state.empty() && filter.state != "passed_on" && !from_word<State>(filter.state))
    return refused("state: \"" + filter.state + "\" is none");
  XJ_TRY(filter.kind, kind());
  XJ_TRY(filter.neighbour, office_or_none("neighbour", option("neighbour")));
  XJ_TRY(filter.origin, office_or_none("origin", option("origin")));
  XJ_TRY(filter.destination, office_or_none("destination", option("destination")));
  return filter;
}

Result<std::size_t> Api::Call::number(const std::string& name, std::size_t otherwise,
                                      std::size_t most) const {
  const std::string text = option(name);
  if (text.empty()) return otherwise;
  if (!is_ascii_digits(text) || text.size() > 9 || std::stoul(text) == 0 || std::stoul(text) > most)
    return refused(name + ": a number from 1 to " + std::to_string(most));
  return std::stoul(text);
}

Api::Outcome Api::queue_envelopes(const Call& call) {
  XJ_TRY(const EnvelopeFilter filter, call.envelope_filter());
  XJ_TRY(const auto limit, call.number("limit", 200, kEnvelopesPerPage));
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const EnvelopePage page,
         find_envelopes(*txn, filter, call.option("after"), limit, engine_.now()));
  return std::optional<json>(envelopes_view(page));
}

Api::Outcome Api::queue_peek(const Call& call) {
  XJ_TRY(const OfficeId neighbour, office_or_none("neighbour", call.option("neighbour")));
  if (!neighbour.is_set()) return refused("neighbour: which office's queue?");
  XJ_TRY(const auto limit, call.number("limit", 10, kEnvelopesPerPage));
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const EnvelopePage page, peek_queue(*txn, neighbour, limit, engine_.now()));
  return std::optional<json>(envelopes_view(page));
}

Api::Outcome Api::network(const Call&) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(json view, network_view(*txn, engine_.month_context(), engine_.broker()));
  return std::optional<json>(std::move(view));
}

Api::Outcome Api::offices(const Call& call) {
  XJ_TRY(const OfficeId below, office_or_none("below", call.option("below")));
  return std::optional<json>(offices_view(engine_.directory(), below, engine_.now().wall));
}

}  // namespace xianjie::node
