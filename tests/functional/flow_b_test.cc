// Flow B with real daemons: own figures, sums only when all are in, corrections that replace, and
// who is missing.
#include <algorithm>

#include "tests/functional/flow_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPeriod = "2026-H1";

class FlowB : public FlowOffices {
 protected:
  FlowB() : FlowOffices(clock_running_at(10)) {}  // ids of one office in the order of their making

  static std::string figures(int released, int unlinked = 0) {
    const std::string connected = std::to_string(released - unlinked);
    return "项目,数值\n刑满释放人数," + std::to_string(released) + "\n已衔接人数," + connected +
           "\n未衔接人数," + std::to_string(unlinked) + "\n已安置人数," + connected +
           "\n未安置人数,0\nhelped," + connected +
           "\nin_bases,0\nin_enterprises,0\nreoffended,0\nbases,1\nenterprises,0\n";
  }
  json send(const char* office, const std::string& own, std::vector<std::string> more = {}) {
    return act(office, command(std::move(more)), own);
  }
  std::string send_refused(const char* office, const std::string& own,
                           std::vector<std::string> more = {}) {
    return refusal(office, command(std::move(more)), own);
  }
  json status(const char* office) { return act(office, {"report", "status", "--period", kPeriod}); }
  bool has(const char* office, std::size_t received) {
    return eventually([&] {
      const json counts = status(office)["counts"];
      return counts["received"].get<std::size_t>() + counts["late"].get<std::size_t>() == received;
    });
  }

 private:
  static std::vector<std::string> command(std::vector<std::string> more) {
    more.insert(more.begin(), {"report", "send", "-", "--period", kPeriod});
    return more;
  }
};

TEST_F(FlowB, B1TownshipsReportInDetailAndTheCountySeesWhoIsMissing) {
  write_text(at("persons.csv"),
             "name,id_number,release_date,connected,resettled\n"
             "测试甲,110101180001010015,2026-03-01,是,是\n测试乙,,2026-04-01,是,否\n");
  EXPECT_THAT(send_refused(kTownshipId, figures(2), {"--kind", "statistical_report"}),
              HasSubstr("is sent by"));
  send(kTownshipId, figures(2), {"--persons", at("persons.csv").string()});
  ASSERT_TRUE(has(kCountyId, 1));
  const json matrix = status(kCountyId);
  EXPECT_EQ(matrix["expected"], 2) << "a contractor reports nothing";
  EXPECT_EQ(matrix["counts"]["missing"], 1);
  EXPECT_FALSE(matrix["complete"]);
  EXPECT_EQ(matrix["children"][0]["state"], "late") << "July is long past";
  EXPECT_EQ(matrix["children"][0]["deadline"], "2026-07-03T00:00:00.000+08:00");
  EXPECT_EQ(matrix["sum"]["released"], 2);
}

// From the 2nd of February on, three days a second.
class FlowBInTime : public FlowOffices {
 protected:
  FlowBInTime() : FlowOffices(clock_running_at(600'000)) {}
};

TEST_F(FlowBInTime, B1WhoHasNotReportedIsOwedToTheCountyAndSeenAbove) {
  ASSERT_TRUE(eventually([&] {
    const json owed = act(kCountyId, {"due", "--overdue"});
    return std::ranges::count_if(owed["due"], [](const json& one) {
             return one["owed"] == "report" && one["by"] != kCountyId;
           }) == 2;
  })) << act(kCountyId, {"due"}).dump();
  const json own = act(kTownshipId, {"due", "--overdue"});
  ASSERT_EQ(own["due"].size(), 1U) << own.dump();
  EXPECT_EQ(own["due"][0]["due"], "2027-02-03T00:00:00.000+08:00");
  EXPECT_EQ(own["due"][0]["period"], "2026-12");
}

TEST_F(FlowB, B2ASumIsMadeWhenAllAreInOrByARecordedOverride) {
  send(kTownshipId, figures(5, 1));
  ASSERT_TRUE(has(kCountyId, 1));
  EXPECT_THAT(send_refused(kCountyId, figures(1)), HasSubstr(kSecondTownshipId));
  const json partial = send(kCountyId, figures(1), {"--override", "该所系统故障"});
  EXPECT_EQ(partial["missing"], 1);
  ASSERT_TRUE(has(kProvinceId, 1));
  const json shown =
      act(kProvinceId, {"inbox", "show", status(kProvinceId)["children"][0]["parts"][0]});
  EXPECT_EQ(shown["payload"]["override"], "该所系统故障");
  EXPECT_EQ(shown["payload"]["missing"], kSecondTownshipId);
  EXPECT_EQ(shown["payload"]["rows"][0]["released"], "1") << "own";
  EXPECT_EQ(shown["payload"]["rows"][1]["released"], "5") << "the children's";
  // The missing one comes, and a correction replaces the partial sum, visibly.
  send(kSecondTownshipId, figures(3));
  ASSERT_TRUE(has(kCountyId, 2));
  EXPECT_THAT(send_refused(kCountyId, figures(1)), HasSubstr("duplicate:"));
  EXPECT_THAT(
      send_refused(kCountyId, figures(1), {"--correct", "补齐", "--kind", "detailed_report"}),
      HasSubstr("one form"));
  send(kCountyId, figures(1), {"--correct", "补齐"});
  ASSERT_TRUE(eventually([&] { return status(kProvinceId)["children"][0]["corrections"] == 1; }));
  const json matrix = status(kProvinceId);
  EXPECT_EQ(matrix["sum"]["released"], 9) << "the newest alone counts";
  EXPECT_TRUE(matrix["complete"]);
}

TEST_F(FlowB, B2FiguresAreHeldToTheFormAndToItsPeriod) {
  EXPECT_THAT(send_refused(kCountyId, figures(5).substr(0, figures(5).find("\nbases") + 1)),
              HasSubstr("missing:"));
  std::string wrong = figures(5);
  wrong.replace(wrong.find("刑满释放人数,5"), std::string("刑满释放人数,5").size(),
                "刑满释放人数,6");
  EXPECT_THAT(send_refused(kCountyId, wrong, {"--override", "x"}),
              HasSubstr("刑满释放人数 = 已衔接人数 + 未衔接人数"));
  EXPECT_THAT(send_refused(kCountyId, "item,value\nhappy,1\n"), HasSubstr("not in the form"));
  EXPECT_THAT(refusal(kCountyId, {"report", "send", "-", "--period", "2026"}, figures(1)),
              HasSubstr("has not ended"));
  EXPECT_THAT(refusal(kCountyId, {"report", "send", "-", "--period", "2025"}, figures(1)),
              HasSubstr("is over"));
  EXPECT_THAT(refusal(kCountyId, {"report", "send", "-", "--period", "2026-H2"}, figures(1)),
              HasSubstr("2026-H1"));
  EXPECT_THAT(refusal(kPrisonId, {"report", "send", "-", "--period", kPeriod}, figures(1)),
              HasSubstr("is sent by"));
  EXPECT_THAT(send_refused(kProvinceId, figures(1)), HasSubstr("no office above"));
}

TEST_F(FlowB, B2DetailTravelsOnWithTheStatistics) {
  std::string persons = "name,release_date,connected,resettled\n";
  for (int i = 0; i < 450; ++i) persons += "测试甲,2026-03-01,yes,yes\n";
  write_text(at("persons.csv"), persons);
  send(kTownshipId, figures(450), {"--persons", at("persons.csv").string()});
  send(kSecondTownshipId, figures(0));
  ASSERT_TRUE(has(kCountyId, 2));
  send(kCountyId, figures(0), {"--kind", "detailed_report"});
  ASSERT_TRUE(has(kProvinceId, 1));
  const json child = status(kProvinceId)["children"][0];
  ASSERT_EQ(child["parts"].size(), 2U) << "450 persons in two envelopes";
  const json last = act(kProvinceId, {"inbox", "show", child["parts"][1]});
  EXPECT_EQ(last["payload"]["rows"].size(), 50U);
  EXPECT_EQ(last["class"], "detailed");
}

}  // namespace
}  // namespace xianjie::tests
