// Flows B3, B4, C1 and C3 with real daemons: two provinces under the national office, a half-year
// just ended.
#include <algorithm>

#include "tests/functional/flow_offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kNationId = "ministry:000000";
constexpr const char* kPrefectureId = "prefecture:610800";
constexpr const char* kOtherProvinceId = "province:420000";
constexpr const char* kOtherCountyId = "county:429004";
constexpr const char* kOtherTownshipId = "township:429004001";

class FlowChain : public FlowOffices {
 protected:
  FlowChain()
      : FlowOffices({{kNationId, ""},
                     {kProvinceId, kNationId},
                     {kPrefectureId, kProvinceId},
                     {kCountyId, kPrefectureId},
                     {kTownshipId, kCountyId},
                     {kPrisonId, kProvinceId},
                     {kOtherProvinceId, kNationId},
                     {kOtherCountyId, kOtherProvinceId},
                     {kOtherTownshipId, kOtherCountyId}},
                    july()) {}

  // The 1st of July at noon, ten seconds a second: every report is in time.
  static std::string july() {
    return "start = \"2026-07-01T12:00:00+08:00\"\nreal_epoch = \"" +
           to_text(adapters::real_wall_time()) + "\"\nrate = 10.0\n";
  }
  static std::string figures(int released) {
    const std::string n = std::to_string(released);
    return "item,value\nreleased," + n + "\nconnected," + n + "\nunlinked,0\nresettled," + n +
           "\nnot_resettled,0\nhelped," + n +
           "\nin_bases,0\nin_enterprises,0\nreoffended,0\nbases,1\nenterprises,0\n";
  }
  static std::vector<std::string> sending() {
    return {"report", "send", "-", "--period", "2026-H1"};
  }
  json status(const char* office) {
    return act(office, {"report", "status", "--period", "2026-H1"});
  }
  bool is_complete(const char* office) {
    return eventually([&] { return status(office)["complete"] == true; });
  }
  void report_up_to_county() {
    act(kTownshipId, sending(), figures(5));
    ASSERT_TRUE(is_complete(kCountyId)) << log(kCountyId);
    act(kCountyId, sending(), figures(2));
    ASSERT_TRUE(is_complete(kPrefectureId)) << log(kPrefectureId);
  }
  std::string hand_in_of(const std::string& code) {
    return hand_in(kPrisonId, "ad_hoc_report",
                   std::string("origin,name,id_number,registration_code\n") + kPrisonId +
                       ",测试丙,110101180001010015," + code + "\n");
  }
  bool ends_as(const std::string& id, const char* outcome) {
    return ledger_becomes(kPrisonId, id, "outcome", outcome);
  }
};

TEST_F(FlowChain, B3ThePrefectureReportsToTheProvinceOnceAllItsCountiesHave) {
  EXPECT_THAT(refusal(kPrefectureId, sending(), figures(1)), HasSubstr(kCountyId));
  report_up_to_county();
  const json sent = act(kPrefectureId, sending(), figures(1));
  EXPECT_EQ(sent["to"], kProvinceId);
  EXPECT_EQ(sent["kind"], "statistical_report") << "the default form";
  ASSERT_TRUE(is_complete(kProvinceId));
  const json above = status(kProvinceId);
  EXPECT_EQ(above["children"][0]["state"], "received");
  EXPECT_EQ(above["children"][0]["deadline"], "2026-07-06T00:00:00.000+08:00") << "the 5th";
  EXPECT_EQ(above["sum"]["released"], 8) << "own figures beside the counties' and townships'";
  EXPECT_THAT(refusal(kPrefectureId, sending(), figures(1)), HasSubstr("duplicate:"));
}

TEST_F(FlowChain, B4TheProvinceReportsASummaryToTheNationalOffice) {
  report_up_to_county();
  act(kPrefectureId, sending(), figures(1));
  ASSERT_TRUE(is_complete(kProvinceId));
  auto detailed = sending();
  detailed.insert(detailed.end(), {"--kind", "detailed_report"});
  EXPECT_THAT(refusal(kProvinceId, detailed, figures(4)), HasSubstr("is sent by"))
      << "a summary, never detail";
  act(kProvinceId, sending(), figures(4));
  ASSERT_TRUE(eventually([&] { return status(kNationId)["counts"]["received"] == 1; }));
  const json half = status(kNationId);
  EXPECT_FALSE(half["complete"]) << "the other province is missing";
  EXPECT_EQ(half["counts"]["missing"], 1);
  EXPECT_EQ(half["children"][0]["deadline"], "2026-07-11T00:00:00.000+08:00") << "the 10th";
  EXPECT_EQ(half["sum"]["released"], 12);
  EXPECT_THAT(refusal(kNationId, sending(), figures(0)), HasSubstr("is sent by"));
}

TEST_F(FlowChain, C1ATownshipReturnsAnUnlinkedPersonToItsCounty) {
  const std::string id = hand_in_of("610802001");
  act(kTownshipId, {"inbox", "return", id_at(kTownshipId, "ad_hoc_report"), "--reason", "not-found",
                    "--remarks", "查无此人"});
  EXPECT_THAT(refusal(kTownshipId, {"inbox", "return", id, "--reason", "not-found"}),
              HasSubstr("continued"));
  const json shown = act(kCountyId, {"inbox", "show", id_at(kCountyId, "unlinked_return")});
  EXPECT_EQ(shown["origin"], kTownshipId);
  EXPECT_EQ(shown["first"]["id"], id);
  EXPECT_EQ(shown["steps"][0]["reason"], "not-found");
  EXPECT_EQ(shown["steps"][0]["remarks"], "查无此人");
}

// The report goes to the first origin alone: the desk that passed the person on waits for none.
TEST_F(FlowChain, A9AnArrivalIsOwedToTheFirstOriginNotToTheDesk) {
  const std::string id =
      hand_in(kPrisonId, "ad_hoc_report",
              std::string("origin,name,id_number,registration_code,") + "release_date\n" +
                  kPrisonId + ",测试丙,110101180001010015,610802,2026-07-01\n");
  act(kCountyId, {"inbox", "assign", id_at(kCountyId, "ad_hoc_report"), "--to", kTownshipId,
                  "--reason", "据查住该街道"});
  const std::string given = id_at(kTownshipId, "ad_hoc_report");
  act(kTownshipId, {"inbox", "settle", given, "--own-area"});
  ASSERT_TRUE(ends_as(id, "own-area"));
  const auto arrivals = [&](const char* office) {
    const json owed = act(office, {"due"});
    return std::ranges::count_if(owed["due"],
                                 [](const json& one) { return one["owed"] == "arrival"; });
  };
  EXPECT_EQ(arrivals(kTownshipId), 1);
  EXPECT_EQ(arrivals(kPrisonId), 1);
  EXPECT_EQ(arrivals(kCountyId), 0);
  act(kTownshipId, {"inbox", "arrived", given, "date=2026-07-01", "how=met_by_office"});
  EXPECT_TRUE(eventually([&] { return arrivals(kPrisonId) == 0; }));
  EXPECT_EQ(arrivals(kTownshipId), 0);
}

TEST_F(FlowChain, C3TheProvinceSendsToTheProvinceConcerned) {
  const std::string id = hand_in_of("610802001");
  act(kTownshipId, {"inbox", "return", id_at(kTownshipId, "ad_hoc_report"), "--reason", "not-ours",
                    "--code", "429004001"});
  const json shown =
      act(kOtherTownshipId, {"inbox", "show", id_at(kOtherTownshipId, "ad_hoc_report")});
  EXPECT_EQ(shown["origin"], kProvinceId) << "its own province gave it to the other one";
  ASSERT_EQ(shown["steps"].size(), 2U);
  EXPECT_EQ(shown["steps"][0]["to"], kProvinceId) << "no lower office covers the code";
  EXPECT_EQ(shown["steps"][1]["action"], "distributed");
  act(kOtherTownshipId, {"inbox", "settle", shown["id"], "--own-area"});
  EXPECT_TRUE(ends_as(id, "own-area"));
}

}  // namespace
}  // namespace xianjie::tests
