// Clocks that are not to be trusted: one that has gone back, one that its neighbours contradict.
// Gates stay shut, everybody who asks is told why, and all goes on by itself once it is right
// again.
#include <gmock/gmock.h>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kPrison = "prison:610802-01";
constexpr const char* kTownship = "township:610802001";  // the prison's parent here

class Clocks : public HandMadeOffices {
 protected:
  Clocks() : HandMadeOffices({{kTownship, ""}, {kPrison, kTownship}}) {}

  void set_clock(const std::string& office, const std::string& time) const {
    const std::string text = read_text(config(office));
    const std::size_t end = text.find("[rehearsal]\n") + 12;
    write_text(config(office), text.substr(0, end) + standing_at(time));
  }
  json clock_of(const std::string& office) const {
    return answer(ask(office, {"status"}))["clock"];
  }
};

TEST_F(Clocks, OneThatHasGoneBackIsNotTrusted) {
  {
    DaemonProcess prison = start(kPrison);
    ASSERT_TRUE(prison.ready()) << log(kPrison);
    EXPECT_EQ(clock_of(kPrison)["trusted"], true);
    EXPECT_EQ(prison.stop(), 0);
  }
  set_clock(kPrison, "2026-12-08T12:00:00+08:00");
  {
    DaemonProcess prison = start(kPrison);
    ASSERT_TRUE(prison.ready()) << log(kPrison);
    const json clock = clock_of(kPrison);
    EXPECT_EQ(clock["trusted"], false);
    EXPECT_EQ(clock["reason"], "behind");
    EXPECT_EQ(clock["zh"], "早于本单位已到过的时间");
    EXPECT_NEAR(clock["off_seconds"].get<double>(), 86'400, 60);
    EXPECT_THAT(cli(ask(kPrison, {"status"})).out, HasSubstr("not trusted"));
    EXPECT_EQ(prison.stop(), 0);
    EXPECT_THAT(log(kPrison), HasSubstr("clock: it is not trusted and gates stay shut: behind"));
  }
  set_clock(kPrison, "2026-12-09T12:00:00+08:00");
  DaemonProcess prison = start(kPrison);
  ASSERT_TRUE(prison.ready()) << log(kPrison);
  EXPECT_EQ(clock_of(kPrison)["trusted"], true);
  EXPECT_EQ(prison.stop(), 0);
}

TEST_F(Clocks, OneThatTheParentContradictsOpensNoGate) {
  json submitted;
  {
    DaemonProcess prison = start(kPrison);
    ASSERT_TRUE(prison.ready()) << log(kPrison);
    submitted = act(kPrison, {"submit", "pre_release_notice", "-", "--period", "2026-12"},
                    person(kPrison, "测试甲", "110101180001010015"));
    ASSERT_EQ(submitted["accepted"], 1) << submitted.dump();
    EXPECT_EQ(prison.stop(), 0);
  }
  const std::string id = submitted["envelopes"].at(0)["id"];
  set_clock(kPrison, "2026-12-15T12:00:00+08:00");  // its gate is past, by this clock
  DaemonProcess township = start(kTownship);
  ASSERT_TRUE(township.ready()) << log(kTownship);
  DaemonProcess prison = start(kPrison);
  ASSERT_TRUE(prison.ready()) << log(kPrison);
  ASSERT_TRUE(eventually([&] { return clock_of(kPrison)["reason"] == "neighbours"; }))
      << log(kPrison);
  EXPECT_NEAR(clock_of(kPrison)["off_seconds"].get<double>(), -6 * 86'400, 60);
  const json queues = answer(ask(kPrison, {"queue", "list"}));
  ASSERT_EQ(queues["queues"].size(), 1U) << queues.dump();
  EXPECT_EQ(queues["queues"][0]["waiting_for_clock"], 1) << queues.dump();
  EXPECT_EQ(queues["clock"]["reason"], "neighbours");
  const json shown = answer(ask(kPrison, {"queue", "show", id}));
  EXPECT_EQ(shown["state"], "gated");
  EXPECT_THAT(shown["reason"].get<std::string>(), HasSubstr("clock: neighbours: "));
  const json traced = answer(ask(kPrison, {"trace", id}));
  EXPECT_EQ(traced["here"]["waiting_for_clock"], true);
  EXPECT_EQ(answer(ask(kPrison, {"month", "status"}))["clock"]["reason"], "neighbours");
  const Ended closing = cli(ask(kPrison, {"month", "close", "--period", "2026-12"}));
  EXPECT_THAT(closing.err, HasSubstr("neighbours"));
  EXPECT_TRUE(answer(ask(kTownship, {"inbox", "list"}))["items"].empty());
  EXPECT_EQ(clock_of(kTownship)["trusted"], true);  // an untrusted clock has no voice

  // The parent was wrong: once it is put right, the gate opens without anybody's help.
  EXPECT_EQ(township.stop(), 0);
  set_clock(kTownship, "2026-12-15T12:00:00+08:00");
  DaemonProcess again = start(kTownship);
  ASSERT_TRUE(again.ready()) << log(kTownship);
  EXPECT_TRUE(eventually([&] {
    return !answer(ask(kTownship, {"inbox", "list"}))["items"].empty();
  })) << cli(ask(kPrison, {"queue", "list"})).out;
  EXPECT_EQ(clock_of(kPrison)["trusted"], true);
  EXPECT_EQ(prison.stop(), 0);
  EXPECT_EQ(again.stop(), 0);
}

}  // namespace
}  // namespace xianjie::tests
