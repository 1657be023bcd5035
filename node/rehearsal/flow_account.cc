#include "node/rehearsal/flow_account.h"

#include <algorithm>

#include "adapters/zmq_socket.h"
#include "node/office/exchange_plan.h"

namespace xianjie::node::rehearsal {
namespace {

using nlohmann::json;

constexpr Duration kCloseWithin = seconds(20), kAskAgain = milliseconds(300);
constexpr std::array<const char*, 6> kTallies{"sent",      "delivered", "answered",
                                              "collected", "overdue",   "refused"};
constexpr std::array<const char*, 5> kColumns{"accepted", "delivered", "returned", "held",
                                              "in_transit"};

bool is_notice(const json& row) {
  return row.at("kind") == "pre_release_notice" || row.at("kind") == "ad_hoc_report";
}
bool was_delivered(const std::string& receipt) {
  return receipt == "delivered" || receipt == "collected" || receipt == "processed";
}

class Drawing {
 public:
  Drawing(json& account, Fleet& fleet, const Scene& scene, const Clerks& clerks)
      : account_(account), fleet_(fleet), scene_(scene), clerks_(clerks) {}

  Result<> tally_ledgers();
  Result<> tally_overdue(WallTime end);
  Result<> draw_reports();
  Result<> draw_exchange();
  void draw_frozen();
  Result<> close_month();
  void finish(Play play);

 private:
  json& flow(const std::string& kind) {
    json& out = account_["flows"][kind];
    if (out.is_null())
      for (const char* name : kTallies) out[name] = 0;
    return out;
  }
  static void count(json& into, const char* name, std::uint64_t by = 1) {
    into[name] = into.at(name).get<std::uint64_t>() + by;
  }
  void tally(OfficeId office, const json& row);
  Result<> draw_balance_of(OfficeId office, const std::string& kind);
  void must_act(const std::string& office, const std::string& what, std::uint64_t number) {
    if (number > 0)
      account_["must_act"].push_back({{"office", office}, {"what", what}, {"count", number}});
  }

  json& account_;
  Fleet& fleet_;
  const Scene& scene_;
  const Clerks& clerks_;
  std::map<std::string, WallTime> frozen_delivered_, frozen_accepted_;  // by envelope
};

void Drawing::tally(OfficeId office, const json& row) {
  if (!row.at("copy_of").is_null()) return;
  const std::string receipt = row.at("receipt"), id = row.at("id");
  json& flow = this->flow(row.at("kind"));
  count(flow, "sent");
  if (was_delivered(receipt)) count(flow, "delivered");
  if (!row.at("answers").empty() || row.at("outcome") != "") count(flow, "answered");
  if (receipt == "collected") count(flow, "collected");
  if (receipt == "rejected") count(flow, "refused");
  const auto frozen = clerks_.errands().frozen().find(office);
  if (frozen == clerks_.errands().frozen().end() || !frozen->second.contains(id)) return;
  const auto time = [&](const char* name) {
    const json& at = row.at(name);
    return at.is_null() ? WallTime{} : parse_wall_time(at.get<std::string>()).value_or(WallTime{});
  };
  frozen_accepted_[id] = time("accepted");
  frozen_delivered_[id] = time("delivered");
}

Result<> Drawing::draw_balance_of(OfficeId office, const std::string& kind) {
  XJ_TRY(const json status, fleet_.call_patiently(office, "month.status", {{"kind", kind}}));
  json& sum = account_["balance"][kind];
  if (sum.is_null())
    for (const char* name : kColumns) sum[name] = 0;
  for (const json& one : status.at("origins"))
    if (one.at("origin") == to_text(office))
      for (const char* name : kColumns) count(sum, name, one.at(name).get<std::uint64_t>());
  return {};
}

Result<> Drawing::tally_ledgers() {
  account_["flows"] = account_["balance"] = json::object();
  for (const OfficeSite& site : fleet_.sites()) {
    XJ_TRY(const json ledger, fleet_.call_patiently(site.id, "ledger"));
    std::set<std::string> kinds;
    for (const json& row : ledger.at("rows")) {
      kinds.insert(row.at("kind").get<std::string>());
      tally(site.id, row);
    }
    for (const std::string& kind : kinds) XJ_TRY_VOID(draw_balance_of(site.id, kind));
  }
  for (const auto& [kind, rows] : clerks_.errands().refused())
    if (rows > 0) count(flow(kind), "refused", rows);
  if (!account_.at("refused").empty())
    count(flow("pre_release_notice"), "refused", account_.at("refused").size());
  return {};
}

// Due by the end of the play and not done, whatever the clock says meanwhile.
Result<> Drawing::tally_overdue(WallTime end) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;  // both ends tell of it
  std::map<std::pair<std::string, std::string>, std::uint64_t> by_whom;
  for (const OfficeSite& site : fleet_.sites()) {
    XJ_TRY(const json due, fleet_.call_patiently(site.id, "due"));
    for (const json& one : due.at("due")) {
      const auto when = parse_wall_time(one.at("due").get<std::string>());
      if (when && *when > end) continue;
      const std::string owed = one.at("owed"), by = one.at("by");
      if (!seen.insert({one.at("id").is_null() ? "" : one.at("id").get<std::string>(), by, owed})
               .second)
        continue;
      count(flow(one.at("kind")), "overdue");
      ++by_whom[{by, "overdue_" + owed}];
    }
  }
  for (const auto& [who, number] : by_whom) must_act(who.first, who.second, number);
  return {};
}

Result<> Drawing::draw_reports() {
  json sums{{"period", report_period(scene_)}};
  for (const char* name : {"expected", "received", "late", "missing", "not_on_the_bus"})
    sums[name] = 0;
  for (const OfficeSite& site : fleet_.sites()) {
    if (report_period(scene_).empty()) break;
    XJ_TRY(const json status,
           fleet_.call_patiently(site.id, "report.status", {{"period", report_period(scene_)}}));
    count(sums, "expected", status.at("expected").get<std::uint64_t>());
    for (const auto& [state, number] : status.at("counts").items())
      count(sums, state.c_str(), number.get<std::uint64_t>());
    if (!scene_.directory().parent(site.id).is_set()) sums["sum"] = status.at("sum");
    for (const json& child : status.at("children")) {
      must_act(child.at("office"), "report_missing", child.at("state") == "missing" ? 1 : 0);
      must_act(child.at("office"), "report_late", child.at("state") == "late" ? 1 : 0);
    }
  }
  account_["reports"] = std::move(sums);
  return {};
}

Result<> Drawing::draw_exchange() {
  const auto nations = scene_.all_of(OfficeType::kMinistry);
  if (nations.empty()) return {};
  XJ_TRY(json score, fleet_.call_patiently(nations.front(), "exchange.score",
                                           {{"period", to_text(scene_.month())}}));
  for (const json& one : score.at("scores")) {
    const bool lowest = std::ranges::none_of(score.at("scores"), [&](const json& other) {
      const auto office = OfficeId::parse(other.at("office").get<std::string>());
      return office && to_text(scene_.directory().parent(*office)) == one.at("office");
    });
    if (lowest && one.at("why") != "")
      must_act(one.at("office"),
               "exchange " + one.at("round").get<std::string>() + ": " +
                   one.at("why").get<std::string>(),
               1);
  }
  for (const json& one : score.at("roll_call").at("absent"))
    must_act(one.at("office"), "roll_call: " + one.at("why").get<std::string>(), 1);
  account_["exchange_test"] = std::move(score);
  return {};
}

// Own submissions of the freeze: none may have left before its end.
void Drawing::draw_frozen() {
  std::uint64_t waited = 0, early = 0;
  const ExchangePlan plan = default_exchange_plan(scene_.month());
  for (const auto& [id, accepted] : frozen_accepted_)
    for (const ExchangeRound& round : plan.rounds)
      if (round.freeze.holds(accepted)) {
        const WallTime delivered = frozen_delivered_.at(id);
        ++(delivered.is_set() && delivered < round.freeze.until ? early : waited);
      }
  account_["frozen"] = {{"waited", waited}, {"left_early", early}};
  must_act("", "left_during_a_freeze", early);
}

// Standings still climb when the last mail is in: asked again for a while.
Result<> Drawing::close_month() {
  const auto nations = scene_.all_of(OfficeType::kMinistry);
  if (nations.empty()) return {};
  const Instant begun = adapters::steady_now();
  json closing;
  while (true) {
    XJ_TRY(closing, fleet_.call_patiently(nations.front(), "month.close",
                                          {{"period", to_text(scene_.month())}}));
    if (closing.at("closed") == true || adapters::steady_now() - begun > kCloseWithin) break;
    XJ_TRY_VOID(fleet_.rest(kAskAgain));
    XJ_TRY_VOID(fleet_.tick());
  }
  if (closing.contains("must_act"))
    for (const json& one : closing.at("must_act"))
      must_act(one.at("office"), one.at("what"), one.at("count").get<std::uint64_t>());
  account_["month_close"] = std::move(closing);
  return {};
}

void Drawing::finish(Play play) {
  account_["complaints"] = clerks_.complaints();
  bool closed = account_.at("closed").get<bool>() && clerks_.complaints().empty();
  for (const auto& [kind, row] : account_.at("balance").items()) {
    const auto number = [&row = row](const char* name) {
      return row.at(name).get<std::uint64_t>();
    };
    const std::uint64_t open = number("held") + number("in_transit");
    must_act("", kind + " open", open);
    closed = closed && number("accepted") == number("delivered") + number("returned") + open;
  }
  if (play == Play::kAllFlows) closed = closed && account_.at("month_close").at("closed") == true;
  account_["closed"] = closed && account_.at("must_act").empty();
}

}  // namespace

Result<FlowStanding> flow_standing(Fleet& fleet) {
  FlowStanding out;
  for (const OfficeSite& site : fleet.sites()) {
    XJ_TRY(const json ledger, fleet.call(site.id, "ledger"));
    for (const json& row : ledger.at("rows")) {
      ++out.sent;
      if (row.at("receipt") == "accepted") ++out.in_transit;
      const bool first =
          site.id.type() == OfficeType::kPrison || site.id.type() == OfficeType::kDetentionHouse;
      if (first && is_notice(row) && row.at("outcome") != "") ++out.outcomes;
    }
  }
  return out;
}

Result<> add_flow_account(json& account, Fleet& fleet, const Scene& scene, Play play, WallTime end,
                          const Clerks& clerks) {
  account["must_act"] = json::array();
  Drawing drawing(account, fleet, scene, clerks);
  if (play == Play::kAllFlows) XJ_TRY_VOID(drawing.close_month());
  XJ_TRY_VOID(drawing.tally_ledgers());
  XJ_TRY_VOID(drawing.tally_overdue(end));
  if (play == Play::kAllFlows) XJ_TRY_VOID(drawing.draw_reports());
  XJ_TRY_VOID(drawing.draw_exchange());
  drawing.draw_frozen();
  drawing.finish(play);
  return {};
}

}  // namespace xianjie::node::rehearsal
