// Alarms: the table itself, and that each of its rows can be raised by what the views say.
#include "node/office/alarms.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "views_fixture.h"

namespace xianjie::tests {
namespace {

using node::AlarmRow;

struct Alarms : testing::Test {
  ViewAnswers all_well;
  static std::vector<std::string> ids(const ViewAnswers& of) {
    std::vector<std::string> out;
    for (const json& alarm : of.alarms()) out.push_back(alarm.at("id"));
    return out;
  }
};
using Ids = std::vector<std::string>;

TEST_F(Alarms, TheTableSpeaksBothLanguagesAndStandsWorstFirst) {
  std::set<std::string_view> seen;
  const AlarmRow* before = nullptr;
  for (const AlarmRow& row : node::alarm_rows()) {
    EXPECT_TRUE(seen.insert(row.id).second) << row.id;
    EXPECT_EQ(row.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
    for (const std::string_view text : {row.en, row.zh, row.do_en, row.do_zh, row.page})
      EXPECT_FALSE(text.empty()) << row.id;
    if (before) {
      EXPECT_LE(before->level, row.level) << row.id;
    }
    before = &row;
    EXPECT_EQ(node::alarm_row_view(row)["id"], row.id);
  }
  EXPECT_EQ(node::words_of(node::AlarmLevel{}).size(), 3U);
}

TEST_F(Alarms, WhereAllIsWellThereIsNone) {
  EXPECT_EQ(ids(all_well), Ids{});
}

TEST_F(Alarms, EachRowIsRaisedByItsOwnFault) {
  const std::map<std::string, std::function<void(ViewAnswers&)>> faults{
      {"clone",
       [](auto& of) {
         of.status["clones"] = {{{"neighbour", "county:610802"}}};
       }},
      {"directory_frozen", [](auto& of) { of.status["directory"]["frozen"] = "two of version 3"; }},
      {"forwarding_stopped", [](auto& of) { of.status["directory"]["forwards"] = false; }},
      {"gates_shut", [](auto& of) { of.status["directory"]["gates_may_open"] = false; }},
      {"clock",
       [](auto& of) {
         of.status["time_trusted"] = false;
         of.status["clock"] = {{"text", "an hour behind"}};
       }},
      {"corrupt", [](auto& of) { of.census["totals"]["corrupt"] = 1; }},
      {"room_full", [](auto& of) { of.status["room"]["custody"]["used_bytes"] = 95; }},
      {"urgent_late", [](auto& of) { of.waits("urgent", 601); }},
      {"restored",
       [](auto& of) {
         of.status["restored"] = {{"kept_back", 2}};
       }},
      {"room", [](auto& of) { of.status["room"]["custody"]["used_bytes"] = 85; }},
      {"link_down", [](auto& of) { of.links["links"][0]["class"] = nullptr; }},
      {"held", [](auto& of) { of.census["totals"]["held"] = 3; }},
      {"dead", [](auto& of) { of.census["totals"]["dead"] = 3; }},
      {"late", [](auto& of) { of.waits("normal", 86'401); }},
      {"manifests_differ", [](auto& of) { of.month["totals"]["manifests_differ"] = 1; }},
      {"missing", [](auto& of) { of.month["totals"]["missing"] = 4; }},
      {"overdue", [](auto& of) { of.due["overdue"] = 9; }},
      {"expires",
       [](auto& of) {
         of.status["directory"]["expiries"] = {
             {{"what", "timestamp"}, {"detail", "x"}, {"left", "1 day"}, {"warning", true}}};
       }},
      {"digest_differs", [](auto& of) { of.links["links"][0]["digest_differs"] = true; }}};
  for (const AlarmRow& row : node::alarm_rows()) {
    const auto fault = faults.find(std::string(row.id));
    ASSERT_NE(fault, faults.end()) << row.id << ": nobody tries it";
    ViewAnswers broken = all_well;
    fault->second(broken);
    EXPECT_EQ(ids(broken), Ids{fault->first});
  }
  EXPECT_EQ(faults.size(), node::alarm_rows().size());
}

TEST_F(Alarms, LimitsAreOver) {
  ViewAnswers at_limit = all_well;
  at_limit.waits("urgent", 600);
  EXPECT_EQ(ids(at_limit), Ids{});
  at_limit = all_well;
  at_limit.waits("bulk", 86'400);
  EXPECT_EQ(ids(at_limit), Ids{});
  at_limit.status["room"]["empty"] = {{"used_bytes", 0}, {"limit_bytes", 0}};
  at_limit.status["room"]["custody"]["used_bytes"] = 79;
  EXPECT_EQ(ids(at_limit), Ids{});
}

TEST_F(Alarms, TheWorstComeFirstWithSubjectAndCount) {
  ViewAnswers broken = all_well;
  broken.links["links"][0]["digest_differs"] = true;
  broken.census["totals"]["held"] = 3;
  broken.census["totals"]["corrupt"] = 1;
  EXPECT_EQ(ids(broken), (Ids{"corrupt", "held", "digest_differs"}));
  const json alarms = broken.alarms();
  EXPECT_EQ(alarms[0]["level"], "critical");
  EXPECT_EQ(alarms[1]["count"], 3);
  EXPECT_NE(alarms[1]["text_en"].get<std::string>().find("3"), std::string::npos);
  EXPECT_EQ(alarms[2]["subject"], "county:610802");
  EXPECT_NE(alarms[2]["text_zh"].get<std::string>().find("county:610802"), std::string::npos);
}

TEST_F(Alarms, ACourierDoesNotHideADeadWire) {
  ViewAnswers both = all_well;
  json courier = both.links["links"][0];
  courier["class"] = nullptr;
  courier["state"] = "courier";
  both.links["links"].push_back(courier);
  EXPECT_EQ(ids(both), Ids{});
  both.links["links"][0]["class"] = nullptr;
  EXPECT_EQ(ids(both), Ids{"link_down"});
  EXPECT_EQ(both.overview()["links"]["down"], 1);
}

TEST_F(Alarms, WhatIsCriticalInTheStatusKeepsAnOfficeFromServing) {
  using Against = std::vector<std::string>;
  ViewAnswers broken = all_well;
  EXPECT_EQ(node::not_ready_for(broken.status), Against{});
  broken.status["room"]["custody"]["used_bytes"] = 85;
  EXPECT_EQ(node::not_ready_for(broken.status), Against{}) << "a warning";
  broken.status["room"]["custody"]["used_bytes"] = 95;
  broken.status["directory"]["forwards"] = false;
  EXPECT_EQ(node::not_ready_for(broken.status), (Against{"forwarding_stopped", "room_full"}));
}

TEST_F(Alarms, ANeighbourIsDownOnlyWhereNoChannelWorks) {
  ViewAnswers two = all_well;
  json second = two.links["links"][0];
  two.links["links"][0]["class"] = nullptr;
  two.links["links"].push_back(second);
  EXPECT_EQ(ids(two), Ids{});
  for (const char* state : {"courier", "folder"}) {
    ViewAnswers by_hand = all_well;
    by_hand.links["links"][0]["class"] = nullptr;
    by_hand.links["links"][0]["state"] = state;
    EXPECT_EQ(ids(by_hand), Ids{}) << state << " is nobody's fault";
    EXPECT_EQ(by_hand.overview()["links"]["down"], 0) << "the overview says the same";
  }
}

}  // namespace
}  // namespace xianjie::tests
