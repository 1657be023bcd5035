// Flow A with real daemons on a virtual clock, 3 s a day: one month of one chain, from the 9th to
// the 15th, seen once and asked row by row.
#include <gmock/gmock.h>

#include "adapters/clock.h"
#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

constexpr const char* kA_Ministry = "ministry:000000";
constexpr const char* kA_Province = "province:610000";
constexpr const char* kA_Bureau = "prison-bureau:610000";
constexpr const char* kA_Prison = "prison:610000-03";
constexpr const char* kA_Police = "police:610000";
constexpr const char* kA_House = "detention-house:610802";
constexpr const char* kA_Population = "population-police:610000";
constexpr const char* kA_Prefecture = "prefecture:610800";
constexpr const char* kA_County = "county:610802";
constexpr const char* kA_Township = "township:610802001";
constexpr const char* kA_Other = "province:420000";
constexpr const char* kA_OtherCounty = "county:429004";
constexpr const char* kA_OtherTownship = "township:429004001";
constexpr const char* kA_Absent = "prison:610000-09";  // in the directory, never started

std::string running_clock() {
  return "start = \"2026-12-09T12:00:00+08:00\"\nreal_epoch = \"" +
         to_text(adapters::real_wall_time() + seconds(20)) + "\"\nrate = 28800\n";
}

class AMonth : public HandMadeOffices {
 public:
  AMonth()
      : HandMadeOffices({{kA_Ministry, ""},
                         {kA_Province, kA_Ministry},
                         {kA_Bureau, kA_Province},
                         {kA_Prison, kA_Bureau},
                         {kA_Absent, kA_Bureau},
                         {kA_Police, kA_Province},
                         {kA_House, kA_Police},
                         {kA_Population, kA_Province},
                         {kA_Prefecture, kA_Province},
                         {kA_County, kA_Prefecture},
                         {kA_Township, kA_County},
                         {kA_Other, kA_Ministry},
                         {kA_OtherCounty, kA_Other},
                         {kA_OtherTownship, kA_OtherCounty}},
                        running_clock()) {
    for (const char* office :
         {kA_Ministry, kA_Province, kA_Bureau, kA_Prison, kA_Police, kA_House, kA_Population,
          kA_Prefecture, kA_County, kA_Township, kA_Other, kA_OtherCounty, kA_OtherTownship}) {
      daemons_.push_back(std::make_unique<DaemonProcess>(start(office)));
      EXPECT_TRUE(daemons_.back()->ready()) << log(office);
    }
    home_ = submit(kA_Prison, "610802001", "110101180001010015");
    abroad_ = submit(kA_Prison, "429004001", "11010118000101004X");
    desk_ = submit(kA_Prison, "610802100", "33011318000101002X");
    detained_ = submit(kA_House, "610802001", "110101180001010015");
    early_ = cli(ask(kA_Prison, {"month", "close", "--period", "2026-12"}));
  }
  void TestBody() override {}
  using HandMadeOffices::ask;
  using HandMadeOffices::log;

  std::string submit(const char* office, const std::string& code, const std::string& number) {
    const json done = answer(ask(office, {"submit", "pre_release_notice", "-"}),
                             "origin,name,id_number,registration_code\n" + std::string(office) +
                                 ",测试丁," + number + "," + code + "\n");
    EXPECT_EQ(done["accepted"], 1) << done.dump();
    EXPECT_EQ(done["period"], "2026-12");
    return done["envelopes"][0]["id"];
  }
  // When an office got what passed through it, or was delivered there: "2026-12-10T09:00…".
  std::map<std::string, std::string> received(const char* office) {
    std::map<std::string, std::string> out;
    const json list = answer(ask(office, {"inbox", "list", "--with-copies", "--all"}));
    for (const json& item : list["items"]) out[item["id"]] = item["received"];
    return out;
  }
  // The day on which the office got the notice.
  std::string day(const char* office, const std::string& id) {
    std::string when;
    EXPECT_TRUE(eventually([&] {
      const auto all = received(office);
      const auto found = all.find(id);
      if (found != all.end()) when = found->second.substr(0, 10);
      return found != all.end();
    })) << office
        << " " << id << log(office);
    return when;
  }
  json month(const char* office) {
    return answer(ask(office, {"month", "status", "--period", "2026-12"}));
  }
  json own_row(const char* office) {
    const json view = month(office);
    for (const json& row : view["offices"])
      if (row["office"] == office) return row;
    return {};
  }

  // What the county's clerk does, and the township's.
  const json& assign_once() {
    if (!assigned_.is_null()) return assigned_;
    day(kA_County, desk_);
    assigned_ =
        answer(ask(kA_County, {"inbox", "assign", desk_, "--to", kA_Township, "--reason", "代收"}));
    return assigned_;
  }
  void settle_once() {
    if (settled_) return;
    settled_ = true;
    day(kA_Township, assign_once()["continued_by"]);
    day(kA_Township, home_);
    day(kA_Township, detained_);
    EXPECT_TRUE(eventually([&] { return month(kA_Prison)["origins"][0]["unchecked"] == 3; }));
    const json list = answer(ask(kA_Township, {"inbox", "list"}));
    const json& items = list["items"];
    EXPECT_EQ(items.size(), 3U) << items.dump();
    for (const json& item : items)
      answer(ask(kA_Township, {"inbox", "settle", item["id"].get<std::string>(),
                               item["id"] == home_ ? "--unlinked" : "--own-area"}));
  }

  json assigned_;
  bool settled_ = false;
  std::string home_, abroad_, desk_, detained_;
  Ended early_;

 private:
  std::vector<std::unique_ptr<DaemonProcess>> daemons_;
};

class FlowA : public testing::Test {
 protected:
  static void SetUpTestSuite() { month_ = std::make_unique<AMonth>(); }
  static void TearDownTestSuite() { month_.reset(); }
  static std::unique_ptr<AMonth> month_;
};
std::unique_ptr<AMonth> FlowA::month_;

TEST_F(FlowA, A1PrisonAndDetentionHouseReportOnThe10th) {
  EXPECT_EQ(month_->early_.status, 1) << "the month is not over";
  EXPECT_EQ(month_->day(kA_Bureau, month_->home_), "2026-12-10");
  EXPECT_EQ(month_->day(kA_Bureau, month_->abroad_), "2026-12-10");
  EXPECT_EQ(month_->day(kA_Police, month_->detained_), "2026-12-10");
}

TEST_F(FlowA, A2BureausPassOnToTheProvinceOnThe11th) {
  for (const std::string& id : {month_->home_, month_->abroad_, month_->detained_})
    EXPECT_EQ(month_->day(kA_Province, id), "2026-12-11");
}

TEST_F(FlowA, A3AndA4ProvincesExchangeOnThe12th) {
  EXPECT_EQ(month_->day(kA_Other, month_->abroad_), "2026-12-12");
  EXPECT_FALSE(month_->received(kA_Other).contains(month_->home_));
}

TEST_F(FlowA, A5TheProvincePassesOnToItsPrefecturesOnThe12th) {
  EXPECT_EQ(month_->day(kA_Prefecture, month_->home_), "2026-12-12");
  EXPECT_EQ(month_->day(kA_OtherCounty, month_->abroad_), "2026-12-12");
}

TEST_F(FlowA, A6PopulationPoliceGetsACopyOnThe12th) {
  EXPECT_TRUE(eventually([&] { return month_->received(kA_Population).size() == 3; }));
  for (const auto& [id, when] : month_->received(kA_Population))
    EXPECT_EQ(when.substr(0, 10), "2026-12-12");
}

TEST_F(FlowA, A7ThePrefecturePassesOnToCountiesOnThe13th) {
  EXPECT_EQ(month_->day(kA_County, month_->home_), "2026-12-13");
  EXPECT_EQ(month_->day(kA_County, month_->detained_), "2026-12-13");
}

TEST_F(FlowA, A8TheCountyPassesOnToTownshipsOnThe14th) {
  EXPECT_EQ(month_->day(kA_Township, month_->home_), "2026-12-14");
  EXPECT_EQ(month_->day(kA_Township, month_->detained_), "2026-12-14");
  EXPECT_EQ(month_->day(kA_OtherTownship, month_->abroad_), "2026-12-14");
}

TEST_F(FlowA, A8CountyAssignsForAnUnregisteredTownship) {
  EXPECT_EQ(month_->day(kA_County, month_->desk_), "2026-12-13") << "its end: nobody is below";
  const json view = month_->month(kA_County);
  EXPECT_THAT(view["without_office"], Contains(json{{"code", "610802100"}, {"name", "鱼河镇"}}));
  EXPECT_EQ(month_->own_row(kA_County)["open"], 1);
  const json assigned = month_->assign_once();
  EXPECT_EQ(assigned["state"], "continued");
  month_->day(kA_Township, assigned["continued_by"]);
}

TEST_F(FlowA, A8TheSamePersonFromTwoOriginsIsDeliveredTwiceAndMarked) {
  month_->day(kA_Township, month_->home_);
  month_->day(kA_Township, month_->detained_);
  std::map<std::string, json> marks;
  EXPECT_TRUE(eventually([&] {
    const json list = answer(month_->ask(kA_Township, {"inbox", "list", "--all"}));
    for (const json& item : list["items"]) marks[item["id"]] = item["possible_duplicate_of"];
    return marks[month_->home_] == json::array({month_->detained_});
  }));
  EXPECT_EQ(marks[month_->detained_], json::array({month_->home_}));
  const json shown = answer(month_->ask(kA_Township, {"inbox", "show", month_->home_}));
  EXPECT_EQ(shown["possible_duplicate_of"], json::array({month_->detained_}));
  EXPECT_THAT(cli(month_->ask(kA_Township, {"inbox", "list", "--all"})).out, HasSubstr("疑似重复"));
}

TEST_F(FlowA, A9TheTownshipChecksEachPerson) {
  month_->settle_once();
  json origin;
  EXPECT_TRUE(eventually([&] {
    origin = month_->month(kA_Prison)["origins"][0];
    return origin["unchecked"] == 1;
  })) << origin.dump();
  EXPECT_EQ(origin["unlinked"], 1);
  EXPECT_EQ(origin["own_area"], 1) << "assigned by hand, checked by the township";
}

TEST_F(FlowA, TheMonthClosesForTheOfficesAbove) {
  month_->settle_once();
  json view, closing;
  const auto close = month_->ask(kA_Province, {"month", "close", "--period", "2026-12", "--json"});
  EXPECT_TRUE(eventually([&] {
    closing = json_lines(cli(close).out).at(0);
    return closing["closed"] == true;
  })) << closing.dump()
      << month_->month(kA_Province).dump(1);
  EXPECT_EQ(closing["accepted"], 4);
  EXPECT_EQ(closing["delivered"], 4);
  EXPECT_EQ(closing["not_yet_on_the_bus"], 1) << kA_Absent;
  const json again = json_lines(cli(close).out).at(0);
  EXPECT_EQ(again["accepted"], closing["accepted"]) << "closed twice, answered the same";
  view = month_->month(kA_Province);
  EXPECT_FALSE(view["closed"].is_null());
  EXPECT_THAT(view["not_yet_on_the_bus"], Contains(kA_Absent));
  EXPECT_TRUE(eventually([&] {  // the checks climb after the month's mail
    return month_->month(kA_Province)["totals"]["own_area"] == 2;
  })) << view.dump(1);
  EXPECT_EQ(view["missing"].size(), 0U);
  std::size_t agreed = 0;
  const json manifests =
      answer(month_->ask(kA_Province, {"month", "manifests", "--period", "2026-12"}));
  for (const json& each : manifests["manifests"]) {
    EXPECT_EQ(each["state"], "agreed") << each.dump();
    ++agreed;
  }
  EXPECT_EQ(agreed, 6U) << "bureau, police and the other province in; it, prefecture, police out";
  const Ended shown = cli(month_->ask(kA_Province, {"month", "status", "--period", "2026-12"}));
  EXPECT_THAT(shown.out, HasSubstr("已办结"));
}

}  // namespace
}  // namespace xianjie::tests
