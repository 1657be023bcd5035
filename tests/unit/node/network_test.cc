// How the offices below are, by their own word and by the links to neighbours.
#include "node/office/network.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;
using nlohmann::json;
using enum StandingColumn;

std::map<StandingColumn, std::uint32_t> health_of(const node::Health& health) {
  std::vector<StandingEntry> rows;
  node::add_health(rows, health, kNow);
  std::map<StandingColumn, std::uint32_t> out;
  for (const StandingEntry& row : rows) EXPECT_TRUE(out.emplace(row.column, row.count).second);
  return out;
}

TEST(HealthRows, AreRoundedUp) {
  using Rows = std::map<StandingColumn, std::uint32_t>;
  EXPECT_EQ(health_of({}), Rows{}) << "numbers of zero are left out";
  const std::pair<std::uint64_t, std::uint32_t> counts[] = {
      {1, 1}, {2, 4}, {4, 4}, {5, 16}, {16, 16}, {17, 64}, {65, 256}, {1000, 1024}};
  for (const auto& [count, said] : counts) {
    EXPECT_EQ(health_of({.queued = count}), (Rows{{kQueued, said}}));
    EXPECT_EQ(health_of({.held = count}), (Rows{{kHeldHere, said}}));
    EXPECT_EQ(health_of({.inbox = count}), (Rows{{kInboxOpen, said}}));
  }
  EXPECT_EQ(health_of({.oldest = milliseconds(1)}), (Rows{{kOldestSeconds, 300}}));
  EXPECT_EQ(health_of({.oldest = minutes(5)}), (Rows{{kOldestSeconds, 300}}));
  EXPECT_EQ(health_of({.oldest = minutes(5) + milliseconds(1)}), (Rows{{kOldestSeconds, 1800}}));
  EXPECT_GT(health_of({.oldest = days(4000)}).at(kOldestSeconds), 7U * 86'400U);
  EXPECT_EQ(health_of({.oldest = Duration{} - days(1)}), Rows{}) << "the clock went back";
}

TEST(HealthRows, HugeNumbersStayNumbers) {
  const auto rows =
      health_of({UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, Duration{INT64_MAX}});
  ASSERT_EQ(rows.size(), 6U);
  for (const auto& [column, count] : rows) EXPECT_GE(count, 1000U);
}

struct Network : testing::Test {
  OneBroker at{kCounty, kNow};

  void says(OfficeId office, const node::Health& health, WallTime when,
            std::vector<StandingEntry> further = {}) {
    Record record;
    record.type = RecordType::kStanding;
    record.target = kMinistry;
    record.created = when;
    node::add_health(record.standing, health, when);
    record.standing.insert(record.standing.end(), further.begin(), further.end());
    const StandingRow row{when, 0, encode(crypto::sign_record(record, office_keys(office)))};
    auto txn = at.store.write();
    ASSERT_TRUE((*txn)->put(Table::kStandings, standing_key(office), encode(row)));
    ASSERT_TRUE((*txn)->commit());
  }
  Result<json> view(const Snapshot& snapshot = nation().snapshot()) {
    const auto txn = at.store.read();
    return node::network_view(**txn, {snapshot->directory, at.self(), at.now.wall, {}},
                              node::cut_off_neighbours(at.broker()));
  }
  json of(OfficeId office) {
    const auto all = view();
    EXPECT_TRUE(all);
    for (const json& row : all->at("offices"))
      if (row.at("office") == to_text(office)) return row;
    return nullptr;
  }
};

TEST_F(Network, IsThisOfficeAndAllBelowIt) {
  const json all = view().value();
  std::vector<std::string> names;
  for (const json& row : all["offices"]) names.push_back(row["office"]);
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"county:610802", "township:610802001",
                                             "township:610802002"}));
  EXPECT_TRUE(of(kCounty)["parent"].is_null()) << "the root of what is shown";
  EXPECT_EQ(of(kTownship)["parent"], "county:610802");
}

TEST_F(Network, WhoNeverSpokeIsNotOnTheBus) {
  EXPECT_EQ(of(kTownship)["health"], "not_on_the_bus");
  EXPECT_TRUE(of(kTownship)["as_of"].is_null());
}

TEST_F(Network, HealthIsWhatItSaid) {
  says(kTownship, {}, kNow - hours(1));
  EXPECT_EQ(of(kTownship)["health"], "good");
  says(kTownship, {.warning = 2, .queued = 16, .held = 4, .inbox = 64, .oldest = hours(1)},
       kNow - hours(1));
  json row = of(kTownship);
  EXPECT_EQ(row["health"], "warning");
  EXPECT_EQ(row["alarms"], (json{{"critical", 0}, {"warning", 2}}));
  EXPECT_EQ(row["queued"], 16);
  EXPECT_EQ(row["held"], 4);
  EXPECT_EQ(row["inbox"], 64);
  EXPECT_EQ(row["oldest_s"], 7200);
  says(kTownship, {.critical = 1}, kNow - hours(1));
  EXPECT_EQ(of(kTownship)["health"], "bad");
  EXPECT_EQ(of(kSecondTownship)["health"], "not_on_the_bus") << "each speaks for itself";
}

TEST_F(Network, WhatIsOverdueIsAWarning) {
  says(kTownship, {}, kNow - hours(1),
       {{kDecember, Kind::kPreReleaseNotice, kAccepted, 100},
        {kDecember, Kind::kPreReleaseNotice, kOverdueChecks, 3}});
  EXPECT_EQ(of(kTownship)["overdue"], 3);
  EXPECT_EQ(of(kTownship)["health"], "warning");
}

TEST_F(Network, AfterADayWithoutAWordItIsSilent) {
  says(kTownship, {.critical = 1}, kNow - node::kSilentAfter);
  EXPECT_EQ(of(kTownship)["health"], "bad");
  says(kTownship, {.critical = 1}, kNow - node::kSilentAfter - milliseconds(1));
  EXPECT_EQ(of(kTownship)["health"], "silent");
  says(kTownship, {}, kNow + days(2));
  EXPECT_EQ(of(kTownship)["health"], "good") << "its clock is ahead of ours";
}

TEST_F(Network, ANeighbourWhoseWireIsDownIsSilentAtOnce) {
  says(kTownship, {}, kNow);
  at.connect(kTownship);
  EXPECT_EQ(of(kTownship)["health"], "good");
  at.disconnect(kTownship);
  EXPECT_EQ(of(kTownship)["health"], "silent");
}

TEST_F(Network, ADamagedWordIsAnErrorNotAnAnswer) {
  auto txn = at.store.write();
  const StandingRow row{kNow, 0, Bytes(40, 0xff)};
  ASSERT_TRUE((*txn)->put(Table::kStandings, standing_key(kTownship), encode(row)));
  ASSERT_TRUE((*txn)->commit());
  const auto answer = view();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kCorrupt);
}

TEST(Offices, AreAllOrThoseBelowOne) {
  const routing::Directory& directory = nation().snapshot()->directory;
  const json all = node::offices_view(directory, {}, kNow);
  EXPECT_EQ(all["offices"].size(), default_chain().size());
  EXPECT_EQ(all["directory_version"], directory.header().version);
  const json below = node::offices_view(directory, kCounty, kNow);
  std::set<std::string> names;
  for (const json& row : below["offices"]) {
    names.insert(row["office"]);
    EXPECT_EQ(row["registered"], true);
  }
  EXPECT_TRUE(names.contains("township:610802001") && names.contains("township:610802002"));
  EXPECT_FALSE(names.contains("prefecture:610800"));
  EXPECT_TRUE(node::offices_view(directory, office("township:130102001"), kNow)["offices"].empty());
}

TEST(Offices, WithoutAValidKeyAreNotRegistered) {
  const auto revoked = nation().changed([](DirectoryContents& contents) {
    for (auto& key : record_of(contents, kTownship).keys) key.revoked = true;
  });
  for (const json& row : node::offices_view(revoked->directory, kCounty, kNow)["offices"])
    EXPECT_EQ(row["registered"], row["office"] != "township:610802001") << row;
}

}  // namespace
}  // namespace xianjie::tests
