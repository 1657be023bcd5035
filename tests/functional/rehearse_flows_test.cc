// All flows as the rehearsal plays them with real daemons: a half-year's end, the exchange test of
// 2011, and the default month.
#include <algorithm>

#include "tests/functional/rehearsal_fixture.h"
#include "tests/support/leak_search.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;

std::string join(const json& list) {
  return list.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 2000);
}

// The small nation with a detention house to exchange with and a contractor for consultations.
class FlowRehearsal : public SmallRehearsal {
 public:
  FlowRehearsal() {
    write_text(folder() / "nation.toml",
               small_nation() + nation_toml({{"police:610000", "province:610000"},
                                             {"detention-house:610802", "police:610000"},
                                             {"contractor:610802", "county:610802"}}));
  }
};

void expect_balance(const json& account) {
  for (const auto& [kind, row] : account.at("balance").items()) {
    const auto number = [&row = row](const char* name) { return row.at(name).get<int>(); };
    EXPECT_EQ(number("accepted"), number("delivered") + number("returned")) << kind;
    EXPECT_EQ(number("held") + number("in_transit"), 0) << kind;
  }
  for (const auto& [kind, row] : account.at("flows").items())
    EXPECT_EQ(row.at("overdue"), 0) << kind;
  EXPECT_EQ(account.at("must_act"), json::array()) << join(account.at("must_act"));
  EXPECT_EQ(account.at("complaints"), json::array()) << join(account.at("complaints"));
  EXPECT_EQ(account.at("duplicates"), 0);
  EXPECT_EQ(account.at("closed"), true);
}

// Both rounds: ten requests and ten notices a province, everything answered inside the window.
void expect_exchange(const json& account, std::size_t provinces, int offices_called) {
  const json& test = account.at("exchange_test");
  EXPECT_EQ(test.at("roll_call").at("called"), offices_called);
  EXPECT_EQ(test.at("roll_call").at("on_duty"), offices_called);
  std::map<std::string, std::size_t> rounds;
  for (const json& one : test.at("scores")) {
    EXPECT_EQ(one.at("rate_percent"), 100) << one.dump();
    EXPECT_EQ(one.at("why"), "") << one.dump();
    if (one.at("level") != "province") continue;
    ++rounds[one.at("round")];
    EXPECT_EQ(one.at("requests"), 10);
    EXPECT_EQ(one.at("notices"), 10);
  }
  EXPECT_EQ(rounds["trial"], provinces);
  EXPECT_EQ(rounds["formal"], provinces);
  EXPECT_EQ(account.at("frozen").at("left_early"), 0);
  EXPECT_EQ(account.at("frozen").at("waited"), 8) << "two townships, two files, two rounds";
}

TEST(RehearseFlows, D1AndD2TheExchangeTestOf2011RunsOnTheVirtualClock) {
  const FlowRehearsal rehearsal;
  const json account = rehearsal.account({"--exchange-test", "--kill", "3"});
  ASSERT_TRUE(account.is_object());
  EXPECT_EQ(account.at("kills"), 3);
  EXPECT_EQ(account.at("submitted"), 0) << "no month's notices";
  expect_exchange(account, 2, 8);
  expect_balance(account);
}

TEST(RehearseFlows, A1ToE5AHalfYearsEndBalances) {
  const FlowRehearsal rehearsal;
  const auto kept = rehearsal.folder() / "kept";
  const json account = rehearsal.account({"--all-flows", "--keep", kept});
  ASSERT_TRUE(account.is_object());
  EXPECT_EQ(account.at("month"), "2026-07");
  expect_exchange(account, 2, 8);
  expect_balance(account);
  EXPECT_EQ(account.at("month_close").at("closed"), true);
  const json& reports = account.at("reports");
  EXPECT_EQ(reports.at("period"), "2026-H1");
  EXPECT_EQ(reports.at("expected"), 8) << "all but the national office";
  EXPECT_EQ(reports.at("received"), 8);
  EXPECT_EQ(reports.at("missing"), 0);
  const json& flows = account.at("flows");
  for (const char* const kind :
       {"pre_release_notice", "ad_hoc_report", "arrival_report", "check_result", "unlinked_return",
        "assistance_request", "assistance_feedback", "collaboration_notice", "statistical_report",
        "detailed_report", "work_order", "work_order_feedback", "alert", "notice", "record_batch",
        "exchange_test"}) {
    ASSERT_TRUE(flows.contains(kind)) << kind << " was never sent";
    EXPECT_GT(flows.at(kind).at("sent"), 0) << kind;
    EXPECT_EQ(flows.at(kind).at("delivered"), flows.at(kind).at("sent")) << kind;
  }
  for (const char* const kind : {"assistance_request", "work_order", "record_batch"})
    EXPECT_EQ(flows.at(kind).at("answered"), flows.at(kind).at("sent")) << kind;
  for (const char* const kind : {"collaboration_notice", "alert", "notice", "exchange_test"})
    EXPECT_EQ(flows.at(kind).at("collected"), flows.at(kind).at("sent")) << kind;
  EXPECT_EQ(flows.at("record_batch").at("refused"), 1) << "a wrong number";
  LeakSearch search;
  search.add_text("a made-up name", "演练甲甲乙");
  search.add_text("measures", "监狱至家门交接");
  for (const Person& person : rehearsal.month().people) search.add_text("number", person.id_number);
  for (const Leak& leak : search.search(kept))
    ADD_FAILURE() << leak.file << " at " << leak.offset << ": " << leak.what;
}

// The nation and the month that come with the program, persons of high risk among them.
TEST(RehearseFlows, A9TheDefaultMonthClosesWithPersonsOfHighRisk) {
  const json account = answer({"rehearse"});
  EXPECT_EQ(account.at("closed"), true);
  EXPECT_EQ(account.at("accepted"), account.at("delivered").size());
  EXPECT_EQ(account.at("held"), json::array());
  const auto of_townships = std::ranges::count_if(
      account.at("delivered"), [](const json& one) { return one.at("assigned") == true; });
  EXPECT_EQ(account.at("settled"), of_townships) << "every one of them was checked";
  std::istringstream sample(read_text(XIANJIE_SOURCE "/ops/rehearsal/notices.csv"));
  std::size_t high = 0;
  for (std::string line; std::getline(sample, line);)
    if (line.find(",高,") != std::string::npos) ++high;
  EXPECT_GT(high, 10U);
}

TEST(RehearseFlows, RefusesTwoPlaysAtOnce) {
  EXPECT_EQ(cli({"rehearse", "--all-flows", "--exchange-test"}).status, 2);
}

}  // namespace
}  // namespace xianjie::tests
