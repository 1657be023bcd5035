// Flow A at the township with real daemons: checking, measures for high risk, corrections and
// additions, and the report of how a person arrived.
#include "tests/functional/flow_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class FlowATownship : public FlowOffices {
 protected:
  std::string report(const std::string& code, const std::string& risk = "") {
    return hand_in(kPrisonId, "ad_hoc_report",
                   std::string("origin,name,id_number,registration_code,release_date,risk\n") +
                       kPrisonId + ",测试丙,110101180001010015," + code + ",2026-12-05," + risk +
                       "\n");
  }
};

TEST_F(FlowATownship, A9TheTownshipReportsHowAPersonArrived) {
  const std::string id = report("610802001");
  ASSERT_EQ(id_at(kTownshipId, "ad_hoc_report"), id);
  const std::vector<std::string> arrived{"inbox", "arrived", id, "date=2026-12-05", "how=家属接回"};
  EXPECT_THAT(refusal(kTownshipId, arrived), HasSubstr("check:"));
  act(kTownshipId, {"inbox", "settle", id, "--own-area"});
  const json owed = act(kTownshipId, {"due"});
  ASSERT_EQ(owed["due"].size(), 1U) << owed.dump();
  EXPECT_EQ(owed["due"][0]["owed"], "arrival");
  EXPECT_EQ(owed["due"][0]["due"], "2026-12-12T18:00:00.000+08:00") << "a week after release";
  ASSERT_TRUE(eventually([&] {
    const json at_origin = act(kPrisonId, {"due"});
    return at_origin["due"].size() == 1 && at_origin["due"][0]["owed"] == "arrival" &&
           at_origin["due"][0]["by"] == kTownshipId;
  })) << "both ends see it";
  EXPECT_THAT(refusal(kTownshipId, {"inbox", "arrived", id, "date=2026-12-20", "how=came_alone"}),
              HasSubstr("future"));
  EXPECT_THAT(refusal(kTownshipId, {"inbox", "arrived", id, "date=2026-12-05", "how=by_bus"}),
              HasSubstr("met_by_family (家属接回)"));
  act(kTownshipId, arrived);
  EXPECT_THAT(refusal(kTownshipId, arrived), HasSubstr("second:"));
  const std::string at_prison = id_at(kPrisonId, "arrival_report");
  EXPECT_EQ(act(kPrisonId, {"inbox", "show", at_prison})["payload"]["how"], "met_by_family");
  EXPECT_TRUE(eventually([&] {
    const json copies = act(kCountyId, {"inbox", "list", "--copies", "--kind", "arrival_report"});
    return copies["items"].size() == 1 && copies["items"][0]["id"] == at_prison;
  })) << "and the chain to the origin reads it";
  EXPECT_EQ(act(kPrisonId, {"due"})["due"].size(), 0U);
  EXPECT_EQ(act(kTownshipId, {"due"})["due"].size(), 0U);
}

TEST_F(FlowATownship, A9ACorrectionStandsBesideTheOriginal) {
  const std::string id = report("610802001");
  ASSERT_EQ(id_at(kTownshipId, "ad_hoc_report"), id);
  EXPECT_THAT(refusal(kTownshipId, {"inbox", "correct", id, "name=测试丁"}), HasSubstr("reason:"));
  EXPECT_THAT(refusal(kTownshipId, {"inbox", "correct", id, "reason=姓名有误"}),
              HasSubstr("name what is corrected"));
  act(kTownshipId, {"inbox", "correct", id, "reason=姓名有误", "name=测试丁"});
  json shown = act(kTownshipId, {"inbox", "show", id});
  EXPECT_EQ(shown["payload"]["name"], "测试丙") << "never instead of it";
  const std::string at_prison = id_at(kPrisonId, "check_result");
  EXPECT_EQ(act(kPrisonId, {"inbox", "show", at_prison})["payload"]["name"], "测试丁");
  act(kPrisonId, {"inbox", "settle", at_prison});
  act(kTownshipId, {"inbox", "correct", id, "reason=地址有误", "registration_address=测试路1号"});
  shown = act(kTownshipId, {"inbox", "show", id});
  ASSERT_EQ(shown["corrections"].size(), 2U) << "kept although its receiver is done with it";
  const json& first = shown["corrections"][shown["corrections"][0].contains("name") ? 0 : 1];
  EXPECT_EQ(first["name"], "测试丁");
  EXPECT_EQ(first["reason"], "姓名有误");
  EXPECT_EQ(ledger_of(kPrisonId, id)["outcome"], "") << "a correction is no check";
}

TEST_F(FlowATownship, A9OnlyATownshipCorrectsAndAdds) {
  const std::string id = report("610802");
  ASSERT_EQ(id_at(kCountyId, "ad_hoc_report"), id);
  EXPECT_THAT(refusal(kCountyId, {"inbox", "correct", id, "reason=x", "name=y"}),
              HasSubstr("only the township"));
  const std::vector<std::string> add{"inbox",
                                     "add",
                                     "reason=无通知自行报到",
                                     "name=测试戊",
                                     "registration_address=测试乡",
                                     "release_date=2026-12-01"};
  EXPECT_THAT(refusal(kCountyId, add), HasSubstr("only a township"));
  act(kTownshipId, add);
  const json shown = act(kCountyId, {"inbox", "show", id_at(kCountyId, "check_result")});
  EXPECT_EQ(shown["payload"]["form"], "check_result.addition");
  EXPECT_EQ(shown["payload"]["name"], "测试戊");
}

TEST_F(FlowATownship, A9HighRiskIsNotSettledWithoutItsMeasures) {
  const std::string id = report("610802001", "高");
  ASSERT_EQ(id_at(kTownshipId, "ad_hoc_report"), id);
  EXPECT_THAT(refusal(kTownshipId, {"inbox", "settle", id, "--own-area"}), HasSubstr("measures:"));
  EXPECT_EQ(item_at(kTownshipId, "ad_hoc_report")["state"], "inbox");
  act(kTownshipId, {"inbox", "settle", id, "--own-area", "--measures", "监狱至家门交接"});
  ASSERT_TRUE(ledger_becomes(kPrisonId, id, "outcome", "own-area"));
}

TEST_F(FlowATownship, A1AReportFromAnOfficeThatReleasesNobodyIsRefused) {
  EXPECT_THAT(refusal(kTownshipId, {"submit", "ad_hoc_report", "-"}, "origin,name,id_number\n"),
              HasSubstr("prison, detention-house"));
}

}  // namespace
}  // namespace xianjie::tests
