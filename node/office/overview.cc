#include "node/office/overview.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "node/office/alarms.h"
#include "node/office/obligations.h"
#include "node/office/reports.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

constexpr Duration kShownBefore = days(45), kShownAfter = days(2);
constexpr Kind kChainKind = Kind::kPreReleaseNotice;

struct Stage {
  OfficeType type;
  const char *en, *zh;
};
constexpr std::array kStages{
    Stage{OfficeType::kPrison, "Prisons and detention houses send", "监狱、看守所上报"},
    Stage{OfficeType::kPrisonBureau, "Bureaus send", "监狱管理局、公安厅上报"},
    Stage{OfficeType::kProvince, "Provinces send", "省厅分发"},
    Stage{OfficeType::kPrefecture, "Prefectures send", "地市局分发"},
    Stage{OfficeType::kCounty, "Counties send", "区县局分发"}};

// One that stands for all of its type: gates are the same for all.
OfficeId any_of(OfficeType type) {
  const int digits = office_type_row(type).code_digits;
  return OfficeId::make(type, digits == 9 ? 110101001 : 110101).value_or(OfficeId{});
}

class Moments {
 public:
  explicit Moments(WallTime now) : now_(now) {}
  void add(const char* kind, std::string en, std::string zh, WallTime at) {
    if (at > now_ + kShownBefore || at < now_ - kShownAfter) return;
    rows_.push_back({at,
                     {{"kind", kind},
                      {"en", std::move(en)},
                      {"zh", std::move(zh)},
                      {"at", to_text(at)},
                      {"left_s", (at - now_).ms / 1000},
                      {"passed", at <= now_}}});
  }
  json take() {
    std::ranges::stable_sort(rows_, {}, [](const auto& row) { return row.first; });
    json out = json::array();
    for (auto& [at, row] : rows_) out.push_back(std::move(row));
    return out;
  }

 private:
  WallTime now_;
  std::vector<std::pair<WallTime, json>> rows_;
};

json moments_of(const MonthContext& context, Period period) {
  Moments moments(context.now);
  for (const Stage& stage : kStages)
    if (const auto gate = routing::gate(kChainKind, period, any_of(stage.type), context.calendar))
      moments.add("gate", stage.en, stage.zh, *gate);
  moments.add("deadline", "Every person is checked", "核查完毕", check_due(period));
  const Period reported = last_report_period(context.now);
  if (const auto until = routing::report_deadline(reported, context.self.type()))
    moments.add("deadline", "Report for " + report_period_text(reported),
                report_period_text(reported) + " 报表上报", *until);
  return moments.take();
}

std::uint64_t number(const json& object, const char* key) {
  return object.value(key, std::uint64_t{0});
}

// Whether the month will close, and what stands against it.
void add_outlook(const json& month, WallTime last_gate, WallTime now, json& out) {
  json why = json::array();
  const auto against = [&](std::uint64_t count, const char* en, const char* zh) {
    if (count > 0)
      why.push_back({{"count", count}, {"en", std::string(en)}, {"zh", std::string(zh)}});
  };
  const json& totals = month.at("totals");
  against(number(totals, "held"), "held or dead", "挂起或无法投递");
  against(number(totals, "stopped"), "stopped on the way", "在途中受阻");
  against(number(totals, "missing"), "offices have not reported", "个单位未报");
  against(number(totals, "manifests_differ"), "manifests differ", "份交接清单不一致");
  const bool closed = !month.at("closed").is_null(), over = now > last_gate + days(1);
  if (over) against(number(totals, "in_transit"), "still in transit", "仍在途");
  out["outlook"] = closed ? "closed" : why.empty() ? "on_course" : over ? "late" : "at_risk";
  out["outlook_why"] = std::move(why);
}

}  // namespace

Period period_to_watch(WallTime now) {
  const Date today = local_date(now);
  // Until the 5th people look at the month before: checks end with it, reports follow.
  return month_of(today.day < 6 ? now - days(6) : now);
}

json overview_view(const OverviewParts& parts, const MonthContext& context, Period period) {
  const json& totals = parts.month.at("totals");
  json month{{"period", to_text(period)}};
  for (const char* const column :
       {"accepted", "delivered", "returned", "held", "in_transit", "own_area", "unlinked",
        "unchecked", "copies", "missing", "not_yet_on_the_bus", "waiting", "stopped", "late"})
    month[column] = totals.contains(column) ? totals[column] : json(0);
  month["closed"] = nullptr;
  if (const json& closed = parts.month.at("closed"); closed.is_object())
    month["closed"] = closed.value("time", "");
  const auto last =
      routing::gate(kChainKind, period, any_of(OfficeType::kCounty), context.calendar);
  add_outlook(parts.month, last.value_or(context.now), context.now, month);

  const auto up = neighbours_reached(parts.links);
  const auto working = std::ranges::count_if(up, [](const auto& link) { return link.second; });
  json queues = parts.census.at("totals");
  queues["as_of"] = parts.census.at("as_of");
  json room = json::array();
  for (const auto& [quota, row] : parts.status.at("room").items()) {
    room.push_back(row);
    room.back()["quota"] = quota;
  }
  const auto record = context.directory.find(context.self);
  return {{"office", to_text(context.self)},
          {"name", record ? record->name : ""},
          {"time", to_text(context.now)},
          {"clock", parts.status.at("clock")},
          {"rehearsal", parts.status.at("rehearsal")},
          {"period", to_text(period)},
          {"month", std::move(month)},
          {"moments", moments_of(context, period)},
          {"alarms", alarms_view(parts.status, parts.links, parts.census, parts.month, parts.due)},
          {"links", {{"up", working}, {"down", up.size() - static_cast<std::size_t>(working)}}},
          {"queues", std::move(queues)},
          {"due", {{"due", parts.due.at("count")}, {"overdue", parts.due.at("overdue")}}},
          {"room", std::move(room)},
          {"store", parts.status.at("store")},
          {"expiries", parts.status.at("directory").at("expiries")}};
}

}  // namespace xianjie::node
