// What an operator sees and does at the command line when something stands in the way.
#include <gmock/gmock.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kGiver = "prison:610802-01";
constexpr const char* kTaker = "township:610802001";

class Doctor : public HandMadeOffices {
 protected:
  Doctor() : HandMadeOffices({{kTaker, ""}, {kGiver, kTaker}}) {}
  [[nodiscard]] std::string finding(const json& answer, const std::string& what) const {
    for (const json& row : answer["findings"])
      if (row["what"] == what)
        return row["state"].get<std::string>() + " " + row["text"].get<std::string>();
    return "";
  }
  [[nodiscard]] json doctor(int status) const {
    auto arguments = ask(kGiver, {"doctor"});
    arguments.emplace_back("--json");
    const Ended ended = cli(arguments);
    EXPECT_EQ(ended.status, status) << ended.err;
    return json_lines(ended.out).at(0);
  }
};

TEST_F(Doctor, SaysHowFarItGets) {
  EXPECT_THAT(finding(doctor(1), "daemon"), HasSubstr("fault no daemon at"));
  const DaemonProcess giver = start(kGiver);
  ASSERT_TRUE(giver.ready()) << log(kGiver);
  const json alone = doctor(1);
  EXPECT_THAT(finding(alone, "link"), HasSubstr("connect to tcp://127.0.0.1:"));
  EXPECT_THAT(finding(alone, "keys"), HasSubstr("ok "));
  const DaemonProcess taker = start(kTaker);
  ASSERT_TRUE(taker.ready()) << log(kTaker);
  ASSERT_TRUE(eventually([&] { return act(kGiver, {"links"})["links"][0]["state"] == "idle"; }));
  EXPECT_THAT(finding(doctor(0), "link"), HasSubstr("ok "));
  std::filesystem::permissions(at(std::string(kGiver) + ".keys"), std::filesystem::perms(0644));
  EXPECT_THAT(finding(doctor(1), "keys"), HasSubstr("fault "));
}

TEST_F(Doctor, ActsOnWhatMatchesFirstAsATrial) {
  const DaemonProcess giver = start(kGiver);
  ASSERT_TRUE(giver.ready()) << log(kGiver);
  const std::string id =
      hand_in(kGiver, "ad_hoc_report", person(kGiver, "测试甲", "110101180001010015"));
  hand_in(kGiver, "ad_hoc_report", person(kGiver, "测试乙", "110101180001020010"));
  const auto operate = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "queue");
    return act(kGiver, std::move(arguments));
  };
  const json trial = operate({"hold", "--state", "ready", "--dry-run"});
  EXPECT_EQ(trial["would"], 2) << trial;
  EXPECT_EQ(operate({"envelopes", "--state", "held"})["envelopes"].size(), 0U);
  EXPECT_EQ(operate({"hold", id, "--reason", "asked by the county"})["done"], 1);
  const json page = operate({"envelopes", "--limit", "1"});
  EXPECT_EQ(page["envelopes"].size(), 1U);
  const json rest = operate({"envelopes", "--limit", "1", "--after", page["more"]});
  EXPECT_EQ(rest["envelopes"].size(), 1U);
  EXPECT_NE(rest["envelopes"][0]["id"], page["envelopes"][0]["id"]);
  EXPECT_EQ(rest["more"], nullptr);
  EXPECT_EQ(operate({"expire", id, "--reason", "handed in by mistake"})["done"], 1);
  EXPECT_EQ(operate({"show", id})["state"], "dead");
  EXPECT_EQ(act(kGiver, {"month", "status"})["origins"][0]["held"], 1);
  EXPECT_EQ(cli(ask(kGiver, {"queue", "hold", id, "--reason", "too late"})).status, 1);
  EXPECT_EQ(cli(ask(kGiver, {"queue", "hold", id})).status, 1) << "without a reason";
}

TEST_F(Doctor, AnOfficeSaysHowItIsToThoseAbove) {
  const DaemonProcess giver = start(kGiver), taker = start(kTaker);
  ASSERT_TRUE(giver.ready() && taker.ready()) << log(kGiver) << log(kTaker);
  json seen;
  EXPECT_TRUE(eventually([&] {
    const json network = act(kTaker, {"network"});
    for (const json& office : network["offices"])
      if (office["office"] == kGiver) seen = office;
    return seen["health"] == "good";
  })) << seen;
}

TEST(ConfigCheck, SaysWhatIsMissing) {
  const TempDirectory folder;
  write_text(folder.path() / "office.toml", "office = \"township:610802001\"\n");
  const Ended ended =
      cli({"config", "check", "--config", (folder.path() / "office.toml").string()});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.err, HasSubstr("keys: missing"));
}

}  // namespace
}  // namespace xianjie::tests
