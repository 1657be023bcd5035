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

class TwoOffices : public testing::Test {
 protected:
  TwoOffices() {
    write_text(at("nation.toml"), nation_toml({{kTownshipId, ""}, {kPrisonId, kTownshipId}}));
    holder_ = make_holder(folder_.path());
    const std::string endpoint = "tcp://127.0.0.1:" + std::to_string(free_loopback_port());
    const json loopback{{"class", "vpn"}, {"networks", {"127.0.0.0/8"}}};
    json channels{{kTownshipId, loopback}, {kPrisonId, loopback}};
    channels[kTownshipId]["endpoint"] = endpoint;
    write_text(at("channels.json"), channels.dump());
    for (const char* office : {kTownshipId, kPrisonId}) make_keys(folder_.path(), office);
    auto sign = sign_arguments(folder_.path());
    sign.insert(sign.end(), {"--channels", at("channels.json").string(), "--rehearsal"});
    EXPECT_EQ(cli(sign).status, 0);
    for (const char* office : {kTownshipId, kPrisonId}) write_config(office);
  }

  [[nodiscard]] std::filesystem::path at(const std::string& name) const {
    return folder_.path() / name;
  }
  [[nodiscard]] std::filesystem::path config(const char* office) const {
    return at(std::string(office) + ".toml");
  }
  void write_config(const char* office) const {
    const std::string name = office;
    write_text(config(office), "office = \"" + name + "\"\nkeys = \"" + name +
                                   ".keys\"\ndirectory = \"directory.xjd\"\nstore = \"" + name +
                                   ".store\"\narchive = \"" + name + ".audit\"\napi = \"" + name +
                                   ".sock\"\n[holders]\nkeys = [\"" + holder_ +
                                   "\"]\n[limits]\nstore_bytes = 67108864\n[rehearsal]\n"
                                   "start = \"2026-12-09T12:00:00+08:00\"\n"
                                   "real_epoch = \"2026-01-01T00:00:00+08:00\"\nrate = 1e-6\n");
  }
  [[nodiscard]] DaemonProcess start(const char* office) const {
    return {XIANJIED_BINARY, config(office), at(std::string(office) + ".log")};
  }
  [[nodiscard]] std::vector<std::string> ask(const char* office,
                                             std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--config", config(office).string()});
    return arguments;
  }

  TempDirectory folder_;
  std::string holder_;
};

TEST_F(TwoOffices, CarryAReportAndItsAnswer) {
  DaemonProcess township = start(kTownshipId), prison = start(kPrisonId);
  ASSERT_TRUE(township.ready()) << read_text(at(std::string(kTownshipId) + ".log"));
  ASSERT_TRUE(prison.ready()) << read_text(at(std::string(kPrisonId) + ".log"));

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
  const std::filesystem::path log = at("second.log");
  Process second({XIANJIED_BINARY, "--config", config(kTownshipId).string()}, log);
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(read_text(log), HasSubstr("store"));
  EXPECT_EQ(first.stop(), 0);
}

}  // namespace
}  // namespace xianjie::tests
