// Live pages over a daemon that counts how often it is asked.
#include "node/web/live.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "fake_daemon.h"
#include "tests/support/process.h"

namespace xianjie::tests {
namespace {

using namespace node;
using nlohmann::json;
using testing::HasSubstr;

constexpr Duration kOftenInTests = milliseconds(5), kOnce = hours(1), kPatience = minutes(1);

struct LivePages : testing::Test {
  FakeDaemon daemon;
  ApiPool pool{daemon.path()};
  Live live{pool};

  static LiveCall call(const std::string& name, Duration every = kOftenInTests) {
    return {name, {0, name.substr(0, name.find('?')), {}, {}}, every};
  }
  // The events of the text, each `event: answer` with one line of data.
  static std::vector<json> events(const std::string& text) {
    std::vector<json> out;
    std::istringstream lines(text);
    for (std::string line, data, end; std::getline(lines, line);) {
      EXPECT_EQ(line, "event: answer");
      EXPECT_TRUE(std::getline(lines, data) && data.starts_with("data: ")) << data;
      EXPECT_TRUE(std::getline(lines, end) && end.empty()) << end;
      const json event = json::parse(data.substr(6), nullptr, false);
      EXPECT_TRUE(event.is_object()) << data;
      out.push_back(event);
    }
    return out;
  }
  static json next(const std::shared_ptr<Live::View>& view) {
    const auto some = events(view->next(kPatience));
    EXPECT_EQ(some.size(), 1U);
    return some.empty() ? json::object() : some.front();
  }
};

TEST_F(LivePages, AnAnswerComesAtOnceAndThenWhenItChanges) {
  daemon.answers("status", R"({"n":1})");
  const auto view = live.view({call("status")});
  EXPECT_EQ(next(view), (json{{"call", "status"}, {"answer", {{"n", 1}}}}));
  EXPECT_TRUE(eventually([&] { return daemon.asked("status") > 1; }));
  EXPECT_EQ(view->next(milliseconds(0)), "") << "nothing has changed";
  daemon.answers("status", R"({"n":2})");
  EXPECT_EQ(next(view)["answer"]["n"], 2);
}

TEST_F(LivePages, ManyViewersAreOneQuestion) {
  daemon.answers("links", R"({"links":[]})");
  const auto one = live.view({call("links", kOnce)});
  next(one);
  const auto two = live.view({call("links", kOnce)});
  EXPECT_EQ(next(two)["call"], "links") << "who comes later sees what is there";
  EXPECT_EQ(daemon.asked("links"), 1);
}

TEST_F(LivePages, OptionsMakeAnotherCall) {
  daemon.answers("due", R"({"due":[]})");
  const auto view = live.view({call("due", kOnce), call("due?overdue=1", kOnce)});
  std::set<std::string> names;
  while (names.size() < 2)
    for (const json& event : events(view->next(kPatience))) names.insert(event["call"]);
  EXPECT_EQ(names, (std::set<std::string>{"due", "due?overdue=1"}));
}

TEST_F(LivePages, NobodyLooksNothingIsAsked) {
  daemon.answers("rates", R"({"n":0})");
  {
    const auto gone = live.view({call("rates")});
    next(gone);
  }
  const int asked = daemon.asked("rates");
  const auto other = live.view({call("status")});
  for (int n = 1; n < 20; ++n) {  // as many questions of another
    daemon.answers("status", "{\"n\":" + std::to_string(n) + "}");
    next(other);
  }
  EXPECT_LE(daemon.asked("rates"), asked + 1) << "one was perhaps under way";
}

TEST_F(LivePages, ARefusalIsAnEventToo) {
  daemon.refuses("status", ErrorCode::kRefused, "no\nevent: answer\ndata: {}\n\n");
  const auto view = live.view({call("status")});
  const json event = next(view);
  EXPECT_FALSE(event.contains("answer"));
  EXPECT_EQ(event["error"]["code"], "refused");
  daemon.answers("status", "{}");
  EXPECT_TRUE(next(view).contains("answer")) << "and it goes on";
}

TEST_F(LivePages, HostileNamesAndAnswersMakeNoEventsOfTheirOwn) {
  const std::string name = "status?x=\n\nevent: answer\ndata: {\"call\":\"y\"}\n\n";
  daemon.answers("status", "{\n\"text\":\r\n\"a\\n\\nevent: answer\"\n}");
  const auto view = live.view({call(name, kOnce)});
  const json event = next(view);
  EXPECT_EQ(event["call"], name);
  EXPECT_EQ(event["answer"]["text"], "a\n\nevent: answer");
}

TEST_F(LivePages, ANameInBrokenUtf8EndsNobody) {
  daemon.answers("status", "{}");
  const auto view = live.view({call("status?x=\xff\xfe", kOnce)});
  EXPECT_TRUE(next(view).contains("answer"));
}

TEST_F(LivePages, ABrokenAnswerBreaksNobody) {
  for (const std::string& broken :
       {std::string("{"), std::string(), std::string("\"\xff\xfe\""), std::string(100'000, '[')}) {
    daemon.answers("status", broken);
    const auto view = live.view({call("status")});
    daemon.answers("links", "{}");
    const auto other = live.view({call("links", kOnce)});
    EXPECT_TRUE(next(other).contains("answer")) << broken.substr(0, 9);
  }
}

TEST_F(LivePages, HasRoomForSoMany) {
  std::vector<std::shared_ptr<Live::View>> views;
  for (std::size_t i = 0; i < kViewersMax; ++i) {
    views.push_back(live.view({call("status", kOnce)}));
    EXPECT_TRUE(views.back()) << i;
  }
  EXPECT_FALSE(live.view({call("status", kOnce)}));
  views.pop_back();
  EXPECT_TRUE(live.view({call("status", kOnce)}));
}

TEST_F(LivePages, AtTheEndEverybodyWakes) {
  daemon.answers("status", "{}");
  const auto view = live.view({call("status", kOnce)});
  next(view);
  EXPECT_FALSE(live.ended());
  std::thread ender([&] { live.end(); });
  EXPECT_EQ(view->next(hours(10)), "");
  ender.join();
  EXPECT_TRUE(live.ended());
  EXPECT_EQ(view->next(hours(10)), "") << "nor does it sleep again";
}

TEST_F(LivePages, ViewersComeAndGoFromManyThreads) {
  daemon.answers("status", "{}");
  daemon.answers("links", "{}");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([this, i] {
      for (int n = 0; n < 10; ++n) {
        const auto view = live.view({call(i % 2 == 0 ? "status" : "links"), call("status")});
        EXPECT_FALSE(view->next(kPatience).empty());
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST(LiveWithoutADaemon, SaysSo) {
  const TempDirectory scratch;
  ApiPool pool{(scratch.path() / "nobody.sock").string()};
  Live live{pool};
  const auto view = live.view({{"status", {0, "status", {}, {}}, kOnce}});
  const std::string text = view->next(kPatience);
  EXPECT_THAT(text, HasSubstr("\"error\""));
  EXPECT_THAT(text, HasSubstr("retry"));
}

}  // namespace
}  // namespace xianjie::tests
