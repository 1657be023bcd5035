// A county's month while its offices change: a directory published at the root reaches every daemon
// over the bus, a township merges into its neighbour with a notice waiting for it, and the notice
// follows. Real daemons, the real ceremony.
#include <gmock/gmock.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPrisonName = "prison:610000-03";
constexpr const char* kCountyName = "county:610802";
constexpr const char* kOld = "township:610802001";
constexpr const char* kNew = "township:610802002";

class OfficesChange : public HandMadeOffices {
 protected:
  OfficesChange()
      : HandMadeOffices({{"ministry:000000", ""},
                         {"province:610000", "ministry:000000"},
                         {"prison-bureau:610000", "province:610000"},
                         {kPrisonName, "prison-bureau:610000"},
                         {"prefecture:610800", "province:610000"},
                         {kCountyName, "prefecture:610800"},
                         {kOld, kCountyName},
                         {kNew, kCountyName}},
                        standing_ahead(days(20))) {}

  void start_all_but(const std::string& absent) {
    for (const char* office : {"ministry:000000", "province:610000", "prison-bureau:610000",
                               kPrisonName, "prefecture:610800", kCountyName, kOld, kNew}) {
      if (office == absent) continue;
      daemons_.emplace(office, start(office));
      ASSERT_TRUE(daemons_.at(office).ready()) << log(office);
    }
  }
  // Published on top of what was published before, and given to the ministry.
  json publish_change(std::vector<std::string> edit) {
    publish_edit(std::move(edit), "directory.xjd", "next.xjd");
    return act("ministry:000000", {"directory", "import", at("next.xjd").string()});
  }
  [[nodiscard]] bool everybody_has(std::uint64_t version) {
    return eventually([&] {
      for (const auto& [office, daemon] : daemons_)
        if (act(office, {"directory", "status"})["snapshot_version"] != version) return false;
      return true;
    });
  }

  std::map<std::string, DaemonProcess> daemons_;
};

TEST_F(OfficesChange, WhatWaitsForAMergedTownshipReachesItsHeir) {
  start_all_but(kOld);
  const std::string id =
      hand_in(kPrisonName, "ad_hoc_report", person(kPrisonName, "测试甲", "110101180001010015"));
  ASSERT_TRUE(eventually([&] {
    return act(kCountyName, {"queue", "list"})["queues"].dump().find(kOld) != std::string::npos;
  })) << "it waits at the county for a township that is away";

  const std::string when = to_text(adapters::real_wall_time() + days(10));
  const json imported = publish_change({"merge", kOld, "--into", kNew, "--at", when});
  EXPECT_EQ(imported["snapshot"]["now"], 2) << imported;
  EXPECT_TRUE(everybody_has(2));
  json items;
  ASSERT_TRUE(eventually([&] {
    items = act(kNew, {"inbox", "list"})["items"];
    return items.size() == 1;
  })) << log(kCountyName);
  EXPECT_EQ(items[0]["kind"], "ad_hoc_report");

  const json shown = act(kNew, {"inbox", "show", items[0]["id"]});
  EXPECT_THAT(shown.dump(), HasSubstr("测试甲"));
  ASSERT_EQ(cli(ask(kNew, {"inbox", "settle", items[0]["id"], "--own-area"})).status, 0);
  json trace;
  EXPECT_TRUE(eventually([&] {
    trace = act(kPrisonName, {"trace", id});
    return trace.value("checked_by", "") == kNew;
  })) << trace;
  EXPECT_THAT(trace["history"].dump(), HasSubstr("moved"));
  EXPECT_THAT(trace["history"].dump(), HasSubstr(kNew));
}

TEST_F(OfficesChange, ADiskBringsTheDirectoryToo) {
  start_all_but(kOld);
  publish_change({"refresh"});
  ASSERT_TRUE(everybody_has(2));
  daemons_.erase(kCountyName);  // so that no wire is quicker
  std::filesystem::create_directory(at("disk"));
  daemons_.emplace(kOld, start(kOld));
  ASSERT_TRUE(daemons_.at(kOld).ready());
  EXPECT_EQ(act(kOld, {"directory", "status"})["snapshot_version"], 1);
  // Nothing waits for the county; what the directory says goes onto the disk all the same.
  cli(ask("prefecture:610800", {"media", "export", "--to", kCountyName, at("disk").string()}));
  ASSERT_TRUE(std::filesystem::exists(at("disk") / "directory.xjd"));
  const json taken = act(kOld, {"media", "import", at("disk").string()});
  EXPECT_EQ(taken["directory"]["snapshot"]["now"], 2) << taken;
  EXPECT_EQ(act(kOld, {"directory", "status"})["snapshot_version"], 2);
}

TEST_F(OfficesChange, ADirectoryOfNobodyWhoMayIsRefusedEverywhere) {
  start_all_but(kOld);
  ASSERT_EQ(cli({"directory", "refresh", "--draft", at("next.xjs").string(), "--base",
                 at("directory.xjd").string()})
                .status,
            0);
  make_holder(at("."), "stranger");
  ASSERT_EQ(cli({"directory", "sign", at("next.xjs").string(), "--holder-key",
                 at("stranger.key").string()})
                .status,
            0);
  const Ended made =
      cli({"directory", "publish", "--base", at("directory.xjd").string(), "--snapshot",
           at("next.xjs").string(), "--output", at("next.xjd").string()});
  EXPECT_EQ(made.status, 1);
  EXPECT_THAT(made.err, HasSubstr("signed by 0 of its holders"));
  write_text(at("next.xjd"), "no directory");
  const Ended broken =
      cli(ask("ministry:000000", {"directory", "import", at("next.xjd").string()}));
  EXPECT_EQ(broken.status, 1);
  EXPECT_THAT(broken.err, HasSubstr("broken structure"));
  EXPECT_EQ(act("ministry:000000", {"directory", "status"})["snapshot_version"], 1);
}

TEST_F(OfficesChange, AnOlderFileInThePlaceOfANewerOneIsNoticed) {
  start_all_but(kOld);
  publish_change({"refresh"});
  ASSERT_TRUE(everybody_has(2));
  daemons_.erase(kCountyName);
  std::filesystem::remove(at(std::string(kCountyName) + ".xjd"));
  std::filesystem::copy_file(at("directory.xjd"), at(std::string(kCountyName) + ".xjd"));
  DaemonProcess again = start(kCountyName);
  EXPECT_FALSE(again.ready());
  EXPECT_THAT(log(kCountyName), HasSubstr("has known version 2"));
  std::filesystem::copy_file(at("next.xjd"), at(std::string(kCountyName) + ".xjd"),
                             std::filesystem::copy_options::overwrite_existing);
  DaemonProcess right = start(kCountyName);
  EXPECT_TRUE(right.ready()) << log(kCountyName);
}

// The office above that it knows is none any more, and its own link to the new one needs the news.
TEST_F(OfficesChange, AnOfficeThatWasAwayHearsOfItsMoveFromWhereItStood) {
  start_all_but(kOld);
  const std::string when = to_text(adapters::real_wall_time() + days(10));
  publish_change({"move", kOld, "--to", "prefecture:610800", "--at", when});
  ASSERT_TRUE(everybody_has(2));
  daemons_.emplace(kOld, start(kOld));
  ASSERT_TRUE(daemons_.at(kOld).ready()) << log(kOld);
  EXPECT_TRUE(everybody_has(2)) << log(kOld);
  const std::string id =
      hand_in(kPrisonName, "ad_hoc_report", person(kPrisonName, "测试甲", "110101180001010015"));
  EXPECT_TRUE(eventually([&] {
    return act(kOld, {"inbox", "list"})["items"].size() == 1;
  })) << id
      << log(kOld);
  EXPECT_THAT(act("prefecture:610800", {"links"}).dump(), HasSubstr(kOld));
}

}  // namespace
}  // namespace xianjie::tests
