// Two offices set up by hand with the command line alone, as node/cli/README.md tells it; then one
// ad hoc report goes from the prison to the township, and the township's answer back.
#include <gmock/gmock.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPrisonId = "prison:610802-01";
constexpr const char* kTownshipId = "township:610802001";
constexpr const char* kPersonNumber = "110101180001010015";

class TwoOffices : public HandMadeOffices {
 protected:
  TwoOffices() : HandMadeOffices({{kTownshipId, ""}, {kPrisonId, kTownshipId}}) {}
};

TEST_F(TwoOffices, CarryAReportAndItsAnswer) {
  DaemonProcess township = start(kTownshipId), prison = start(kPrisonId);
  ASSERT_TRUE(township.ready()) << log(kTownshipId);
  ASSERT_TRUE(prison.ready()) << log(kPrisonId);

  const std::string file = std::string("origin,name,id_number,registration_code\n") + kPrisonId +
                           ",测试甲," + kPersonNumber + ",610802001\n" + kPrisonId +
                           ",测试乙,110101180001010016,610802001\n";
  const json submitted = answer(ask(kPrisonId, {"submit", "ad_hoc_report", "-"}), file);
  EXPECT_EQ(submitted["rows"], 2);
  EXPECT_EQ(submitted["accepted"], 1);
  EXPECT_EQ(submitted["refused"][0]["row"], 2);
  EXPECT_EQ(submitted["refused"][0]["field"], "id_number");
  const json again = answer(ask(kPrisonId, {"submit", "ad_hoc_report", "-"}), file);
  EXPECT_EQ(again["repeated"], 1);
  EXPECT_EQ(again["envelopes"][0]["id"], submitted["envelopes"][0]["id"]);
  EXPECT_EQ(cli(ask(kPrisonId, {"submit", "ad_hoc_report", "-"}), "nothing,known\n").status, 1);

  const std::string id = submitted["envelopes"][0]["id"];
  ASSERT_TRUE(eventually([&] {
    return !answer(ask(kTownshipId, {"inbox", "list"}))["items"].empty();
  })) << cli(ask(kPrisonId, {"links"})).out
      << cli(ask(kPrisonId, {"queue", "list"})).out;
  const json item =
      answer(ask(kTownshipId, {"inbox", "list", "--kind", "ad_hoc_report"}))["items"][0];
  EXPECT_EQ(item["id"], id);
  EXPECT_EQ(item["origin"], kPrisonId);
  EXPECT_EQ(answer(ask(kTownshipId, {"inbox", "show", id}))["payload"]["id_number"], kPersonNumber);
  const Ended exported = cli(ask(kTownshipId, {"inbox", "export"}));
  EXPECT_EQ(exported.status, 0);
  EXPECT_THAT(exported.out, HasSubstr("测试甲"));
  EXPECT_EQ(cli(ask(kTownshipId, {"inbox", "settle", id})).status, 1);  // own area or not?
  EXPECT_EQ(answer(ask(kTownshipId, {"inbox", "collect", id}))["state"], "collected");
  EXPECT_EQ(answer(ask(kTownshipId, {"inbox", "settle", id, "--own-area"}))["state"], "settled");

  json month;
  EXPECT_TRUE(eventually([&] {
    month = answer(ask(kPrisonId, {"month", "status"}))["origins"][0];
    return month["own_area"] == 1;
  })) << month.dump();
  EXPECT_EQ(month["accepted"], 1);
  EXPECT_EQ(month["delivered"], 1);
  EXPECT_EQ(month["in_transit"], 0);

  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"status"},
                                             {"links"},
                                             {"queue", "list"},
                                             {"trace", id},
                                             {"queue", "show", id},
                                             {"month", "status"},
                                             {"inbox", "list", "--all", "--with-copies"}}) {
    const Ended human = cli(ask(kPrisonId, command));
    EXPECT_EQ(human.status, 0) << command.front() << ": " << human.err;
    EXPECT_THAT(human.out, testing::Not(HasSubstr(kPersonNumber)));
    EXPECT_THAT(human.out, testing::Not(HasSubstr("测试甲")));
    EXPECT_TRUE(answer(ask(kPrisonId, command)).is_object());
  }
  EXPECT_EQ(prison.stop(), 0);
  EXPECT_EQ(township.stop(), 0);
}

TEST_F(TwoOffices, RefuseASecondDaemonOnOneStore) {
  DaemonProcess first = start(kTownshipId);
  ASSERT_TRUE(first.ready());
  const std::filesystem::path said = at("second.log");
  Process second({XIANJIED_BINARY, "--config", config(kTownshipId).string()}, said);
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(read_text(said), HasSubstr("store"));
  EXPECT_EQ(first.stop(), 0);
}

}  // namespace
}  // namespace xianjie::tests
