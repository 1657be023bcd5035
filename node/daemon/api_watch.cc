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

constexpr std::size_t kOverdueInOverview = 1000;

}  // namespace

Api::Outcome Api::queue_census(const Call& call) {
  XJ_TRY(const OfficeId under, office_or_none("under", call.option("under")));
  return look(call,
              [&watch = watch_, scene = engine_.scene(), under,
               age = call.age(Age::kRecent)](broker::ReadTxn& txn) -> Result<json> {
                XJ_TRY(const auto census, watch.census(txn, scene, age));
                return census_view(*census, scene.directory(), under);
              });
}

std::function<Result<json>(broker::ReadTxn&)> Api::overview_draw(Period period, Age age,
                                                                 json status) const {
  return [&watch = watch_, period, age, scene = engine_.scene(), status = std::move(status),
          links =
              links_view(engine_.broker(), engine_.now())](broker::ReadTxn& txn) -> Result<json> {
    XJ_TRY(const auto census, watch.census(txn, scene, age));
    XJ_TRY(const auto month, watch.month(txn, scene, period, age));
    XJ_TRY(const auto owed, watch.owed(txn, scene, age));
    const json due = obligations_view(*owed, scene.keys.office(), scene.now.wall,
                                      {.overdue_only = true, .limit = kOverdueInOverview});
    return overview_view({status, links, census_view(*census, scene.directory(), {}), *month, due},
                         scene.context(), period);
  };
}

Api::Outcome Api::overview(const Call& call) {
  XJ_TRY(const auto asked, call.period());
  XJ_TRY(json status, status_json());
  return look(call, overview_draw(asked.value_or(period_to_watch(engine_.now().wall)),
                                  call.age(Age::kRecent), std::move(status)));
}

void Api::with_overview(WithOverview then) {
  auto status = status_json();
  if (!status) return;
  struct Seen {
    json overview;
    Health health;
  };
  const auto seen = std::make_shared<std::optional<Seen>>();
  const auto draw =
      overview_draw(period_to_watch(engine_.now().wall), Age::kRecent, std::move(*status));
  looks_.ask(
      [&watch = watch_, scene = engine_.scene(), seen, draw](broker::ReadTxn& txn) -> Result<json> {
        XJ_TRY(json overview, draw(txn));
        XJ_TRY(const auto census, watch.census(txn, scene, Age::kKnown));
        const Health health = health_of(overview, *census);
        *seen = Seen{std::move(overview), health};
        return json();
      },
      [seen, then = std::move(then)](const Result<std::string>&) {
        if (*seen) then((*seen)->overview, (*seen)->health);
      },
      /*first=*/true);
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

Api::Outcome Api::network(const Call& call) {
  return look(call,
              [scene = engine_.scene(), cut_off = cut_off_neighbours(engine_.broker())](
                  broker::ReadTxn& txn) { return network_view(txn, scene.context(), cut_off); });
}

Api::Outcome Api::offices(const Call& call) {
  XJ_TRY(const OfficeId below, office_or_none("below", call.option("below")));
  return look(call, [scene = engine_.scene(), below](broker::ReadTxn&) -> Result<json> {
    return offices_view(scene.directory(), below, scene.now.wall);
  });
}

}  // namespace xianjie::node
