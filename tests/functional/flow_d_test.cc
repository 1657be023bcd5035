// Flow D with real daemons: a roll-call, two rounds on a fast clock, and a score that nobody can
// make up.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/functional/offices.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kNational = "ministry:000000";
constexpr const char* kNorth = "province:610000";
constexpr const char* kSouth = "province:420000";
constexpr const char* kNorthCounty = "county:610802";
constexpr const char* kNorthTown = "township:610802001";
constexpr const char* kSouthTown = "township:429004001";
constexpr const char* kSouthCounty = "county:429004";

// Two hours a second: from the 9th, noon, to the end of a plan on the 12th in half a minute.
class FlowD : public HandMadeOffices {
 protected:
  FlowD()
      : HandMadeOffices({{kNational, ""},
                         {kNorth, kNational},
                         {kSouth, kNational},
                         {kNorthCounty, kNorth},
                         {kNorthTown, kNorthCounty},
                         {kSouthCounty, kSouth},
                         {kSouthTown, kSouthCounty}},
                        clock_running_at(7200)) {
    for (const char* office :
         {kNational, kNorth, kSouth, kNorthCounty, kNorthTown, kSouthCounty, kSouthTown}) {
      daemons_.push_back(std::make_unique<DaemonProcess>(start(office)));
      EXPECT_TRUE(daemons_.back()->ready()) << log(office);
    }
    write_text(at("plan.toml"), plan("10", "11"));
  }
  static std::string plan(const std::string& first, const std::string& second) {
    std::string out = "name = \"测试方案\"\nrequests = 2\nnotices = 2\n";
    for (const auto& [name, day] : {std::pair{"trial", first}, std::pair{"formal", second}}) {
      const auto time = [&](const char* key, const char* hour) {
        return std::string(key) + " = \"2026-12-" + day + "T" + hour + ":00:00+08:00\"\n";
      };
      out += std::string("[[round]]\nname = \"") + name + "\"\n" + time("notices_from", "08") +
             time("notices_until", "09") + time("requests_from", "09") +
             time("requests_until", "12") + time("answers_from", "09") +
             time("answers_until", "20") + time("freeze_from", "07") + time("freeze_until", "21");
    }
    return out;
  }
  std::string refusal(std::vector<std::string> arguments, std::string_view input) {
    const Ended ended = cli(ask(kNational, std::move(arguments)), input);
    EXPECT_EQ(ended.status, 1) << ended.out;
    return ended.err;
  }
  json open_items(const char* office, const char* kind) {
    return act(office, {"inbox", "list", "--kind", kind})["items"];
  }
  // Answers and confirms what is there; how many it did.
  int work(const char* office) {
    int done = 0;
    const json requests = open_items(office, "assistance_request");
    for (const json& item : requests) {
      act(office, {"inbox", "answer", item["id"], "result=属实"});
      ++done;
    }
    const json notices = open_items(office, "collaboration_notice");
    for (const json& item : notices) {
      if (item["collected"] == true) continue;
      act(office, {"inbox", "collect", item["id"], "--clerk", "clerk"});
      ++done;
    }
    return done;
  }
  json score() { return act(kNational, {"exchange-test", "score", at("plan.toml").string()}); }
  static json row(const json& score, const char* round, const char* office) {
    for (const json& one : score["scores"])
      if (one["round"] == round && one["office"] == office) return one;
    return {};
  }
  std::vector<std::unique_ptr<DaemonProcess>> daemons_;
};

TEST_F(FlowD, D1TheTestIsScoredFromSignedReceiptsAndAnswers) {
  const json run = act(kNational, {"exchange-test", "run", at("plan.toml").string()});
  EXPECT_EQ(run["accepted"], 6 + 2 * 2 * 4) << run.dump();
  const json again = act(kNational, {"exchange-test", "run", at("plan.toml").string()});
  EXPECT_EQ(again["repeated"], again["accepted"]) << "one plan is one run";
  ASSERT_TRUE(eventually([&] { return !open_items(kNorthTown, "exchange_test").empty(); }));
  const json called = open_items(kNorthTown, "exchange_test");
  act(kNorthTown, {"inbox", "collect", called[0]["id"], "--clerk", "duty"});
  // During the freeze a township's own request waits until its end.
  ASSERT_TRUE(eventually([&] { return !open_items(kNorthTown, "collaboration_notice").empty(); }));
  const json own = act(kNorthTown, {"submit", "assistance_request", "-"},
                       "subject,to,name,content\n查询,county:610802,测试甲,询问\n");
  ASSERT_EQ(own["accepted"], 1) << own.dump();
  ASSERT_FALSE(own["warnings"].empty());
  EXPECT_THAT(own["warnings"][0]["text"].get<std::string>(), HasSubstr("2026-12-10T21:00"));
  // The north answers all it gets until the end; the south never does.
  int done = 0;
  ASSERT_TRUE(eventually([&] {
    done += work(kNorthTown);
    return done >= 8;
  })) << done;
  ASSERT_TRUE(eventually([&] { return score()["rounds"][1]["over"] == true; }));
  const json result = score();
  const json north = row(result, "formal", kNorth);
  EXPECT_EQ(north["answered"], 2) << north.dump();
  EXPECT_EQ(north["confirmed"], 2);
  EXPECT_EQ(north["rate_percent"], 100);
  EXPECT_EQ(north["why"], "");
  EXPECT_EQ(row(result, "formal", kNorthCounty)["answered"], 2) << "and per county";
  const json south = row(result, "formal", kSouthTown);
  EXPECT_EQ(south["delivered"], 4);
  EXPECT_EQ(south["rate_percent"], 0);
  EXPECT_THAT(south["why"].get<std::string>(), HasSubstr("2 not answered"));
  EXPECT_EQ(result["roll_call"]["called"], 6);
  EXPECT_EQ(result["roll_call"]["on_duty"], 1);
  EXPECT_EQ(result["roll_call"]["reached"], 6);
  act(kNational,
      {"exchange-test", "score", at("plan.toml").string(), "--csv", at("score.csv").string()});
}

TEST_F(FlowD, D2TheFormalRoundIsScoredOnItsOwn) {
  act(kNational, {"exchange-test", "run", at("plan.toml").string()});
  ASSERT_TRUE(eventually([&] { return score()["rounds"][0]["over"] == true; }));
  ASSERT_TRUE(eventually([&] { return row(score(), "formal", kSouthTown)["delivered"] == 4; }));
  const json missed = open_items(kSouthTown, "assistance_request");
  int answered = 0;
  for (const json& item : missed) {
    if (item["due"] == "2026-12-11T20:00:00.000+08:00") {
      act(kSouthTown, {"inbox", "answer", item["id"], "result=属实"});
      ++answered;
      continue;
    }
    const Ended late = cli(ask(kSouthTown, {"inbox", "answer", item["id"], "result=属实"}));
    EXPECT_EQ(late.status, 1) << "the trial is over";
    EXPECT_THAT(late.err, HasSubstr("late:"));
  }
  EXPECT_EQ(answered, 2);
  ASSERT_TRUE(eventually([&] { return score()["rounds"][1]["over"] == true; }));
  const json result = score();
  EXPECT_EQ(row(result, "trial", kSouthTown)["answered"], 0);
  EXPECT_THAT(row(result, "trial", kSouthTown)["why"].get<std::string>(),
              HasSubstr("2 not answered"));
  const json formal = row(result, "formal", kSouthTown);
  EXPECT_EQ(formal["answered"], 2) << formal.dump();
  EXPECT_EQ(formal["why"], "2 not confirmed in time");
  EXPECT_EQ(row(result, "formal", kNorthTown)["answered"], 0);
}

TEST_F(FlowD, D1WindowsThatContradictEachOtherAreRefused) {
  const std::string good = plan("12", "13");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = good;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  EXPECT_THAT(refusal({"exchange-test", "run", "-"},
                      with("notices_until = \"2026-12-12T09", "notices_until = \"2026-12-12T07")),
              HasSubstr("notices ends before it begins"));
  EXPECT_THAT(refusal({"exchange-test", "run", "-"},
                      with("answers_until = \"2026-12-12T20", "answers_until = \"2026-12-12T11")),
              HasSubstr("answers close before"));
  EXPECT_THAT(refusal({"exchange-test", "run", "-"},
                      with("freeze_until = \"2026-12-12T21", "freeze_until = \"2026-12-12T19")),
              HasSubstr("does not cover"));
  EXPECT_THAT(refusal({"exchange-test", "run", "-"}, plan("13", "12")),
              HasSubstr("before the one before it"));
  EXPECT_THAT(refusal({"exchange-test", "run", "-"}, plan("01", "02")), HasSubstr("announced"));
  const Ended province = cli(ask(kNorth, {"exchange-test", "run", "-"}), good);
  EXPECT_EQ(province.status, 1);
  EXPECT_THAT(province.err, HasSubstr("the national office"));
}

}  // namespace
}  // namespace xianjie::tests
