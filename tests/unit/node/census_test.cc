// What lies where: from a broker's own rows, and from 200,000 written by hand.
#include "node/office/census.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;
using nlohmann::json;
using node::Census;
using node::census_view;

Census counted(Store& store, const Now& now) {
  const auto txn = store.read();
  return Census::take(**txn, now).value();
}
json viewed(const Census& census, OfficeId under = {}) {
  return census_view(census, nation().snapshot()->directory, under);
}

struct CensusRows : testing::Test {
  MemoryStore store;
  Now now{Instant{1}, kNow, true};
  std::uint32_t last = 0;

  static StateRow row_of(Place place, Duration age = {}, OfficeId destination = kTownship) {
    StateRow row;
    row.place = place;
    row.kind = Kind::kPreReleaseNotice;
    row.next = kPrefecture;
    row.destination = destination;
    row.taken = row.changed = kNow - age;
    row.bytes = 100;
    return row;
  }
  EnvelopeKey next_key() {
    ++last;
    const auto n = [&](unsigned shift) { return static_cast<std::uint8_t>(last >> shift); };
    const std::array<std::uint8_t, 10> random{n(24), n(16), n(8), n(0), 1, 2, 3, 4, 5, 6};
    return {kPrison, EnvelopeId::make(kNow, random)};
  }
  void put(const std::vector<StateRow>& rows) {
    auto txn = store.write();
    for (const StateRow& row : rows)
      ASSERT_TRUE((*txn)->put(Table::kSeen, seen_key(next_key()), encode(row)));
    ASSERT_TRUE((*txn)->commit());
  }
};

TEST_F(CensusRows, OfAnEmptyOfficeCountsNothing) {
  const Census census = counted(store, now);
  EXPECT_EQ(census.as_of(), kNow);
  EXPECT_EQ(census.seen(), 0U);
  const json view = viewed(census);
  EXPECT_TRUE(view["rows"].empty());
  EXPECT_TRUE(view["ages"]["rows"].empty());
  EXPECT_TRUE(view["totals"]["oldest"].is_null());
  EXPECT_EQ(view["totals"]["ready"], 0);
}

TEST_F(CensusRows, EachPlaceIsItsOwnNumber) {
  put({row_of(Place::kQueued), row_of(Place::kHeld), row_of(Place::kHeld), row_of(Place::kAway),
       row_of(Place::kInbox), row_of(Place::kSettled), row_of(Place::kDead),
       row_of(Place::kCorrupt)});
  const Census census = counted(store, now);
  EXPECT_EQ(census.seen(), 8U);
  EXPECT_EQ(census.total().ready, 1U);
  EXPECT_EQ(census.total().held, 2U);
  EXPECT_EQ(census.total().dead, 1U);
  const json view = viewed(census);
  ASSERT_EQ(view["rows"].size(), 1U) << "of one neighbour, lane and kind";
  EXPECT_EQ(view["rows"][0]["held"], 2);
  EXPECT_EQ(view["rows"][0]["dead"], 1);
  EXPECT_EQ(view["totals"]["held"], 2);
  EXPECT_EQ(census.corrupt(), 1U);
  EXPECT_EQ(census.inbox(), 1U);
}

TEST_F(CensusRows, WhatWaitsForItsGateAndWhatWaitsForTheClock) {
  StateRow gated = row_of(Place::kQueued), past = gated, deferred = gated;
  gated.not_before = kProvinceGate;
  past.not_before = kPrisonGate;
  deferred.attempts = 2;
  put({gated, past, deferred});
  const auto trusted = counted(store, now).total();
  EXPECT_EQ(trusted.gated, 1U);
  EXPECT_EQ(trusted.ready, 1U);
  EXPECT_EQ(trusted.deferred, 1U);
  EXPECT_EQ(trusted.waiting_for_clock, 0U);
  EXPECT_EQ(trusted.next_gate, kProvinceGate);
  EXPECT_EQ(trusted.bytes, 300U);
  now.wall_trusted = false;
  const auto doubted = counted(store, now).total();
  EXPECT_EQ(doubted.gated, 2U);
  EXPECT_EQ(doubted.waiting_for_clock, 1U);
  EXPECT_EQ(doubted.ready, 0U);
}

TEST_F(CensusRows, WhatIsOnTheWireIsSent) {
  const EnvelopeKey key = next_key();
  auto txn = store.write();
  BatchRow batch;
  batch.items = {{key, {}}};
  ASSERT_TRUE((*txn)->put(Table::kSeen, seen_key(key), encode(row_of(Place::kQueued))));
  ASSERT_TRUE((*txn)->put(Table::kBatches, out_batch_key(kPrefecture, 7), encode(batch)));
  ASSERT_TRUE((*txn)->put(Table::kBatches, in_batch_key(kPrefecture, 1, 7), encode(batch)));
  ASSERT_TRUE((*txn)->commit());
  EXPECT_EQ(counted(store, now).total().sent, 1U);
  EXPECT_EQ(counted(store, now).total().ready, 0U);
}

TEST_F(CensusRows, AgesStandInTheirColumns) {
  const Duration ages[] = {Duration{},
                           minutes(5) - milliseconds(1),
                           minutes(5),
                           hours(2),
                           days(1),
                           days(7) - milliseconds(1),
                           days(7),
                           days(4000),
                           Duration{} - hours(5)};  // taken in the future: the clock went back
  std::vector<StateRow> rows;
  for (const Duration age : ages) rows.push_back(row_of(Place::kQueued, age));
  StateRow gated = row_of(Place::kQueued, days(3));
  gated.not_before = kProvinceGate;
  StateRow opened = row_of(Place::kQueued, days(3));
  opened.not_before = kNow - minutes(6);
  rows.insert(rows.end(), {gated, opened});
  put(rows);
  const Census census = counted(store, now);
  ASSERT_EQ(census.ages().size(), 1U);
  EXPECT_EQ(census.ages().at(kTownship), (node::Ages{3, 2, 0, 1, 0, 1, 1, 2}));
  EXPECT_EQ(census.total().oldest, kNow - days(4000));
}

TEST_F(CensusRows, LinesAreByNeighbourLaneAndKind) {
  StateRow urgent = row_of(Place::kQueued), other = urgent, report = urgent;
  urgent.lane = Lane::kUrgent;
  other.next = kBureau;
  report.kind = Kind::kStatisticalReport;
  put({row_of(Place::kQueued), urgent, other, report, report});
  const json view = viewed(counted(store, now));
  EXPECT_EQ(view["rows"].size(), 4U);
  std::uint64_t sum = 0;
  for (const json& row : view["rows"]) {
    sum += row["ready"].get<std::uint64_t>();
    if (row["kind"] == "statistical_report") {
      EXPECT_EQ(row["ready"], 2);
    }
  }
  EXPECT_EQ(sum, view["totals"]["ready"]);
}

TEST_F(CensusRows, AgesByTheOfficesBelowOne) {
  const OfficeId nowhere = office("township:130102001");  // no directory here knows it
  put({row_of(Place::kQueued), row_of(Place::kQueued, {}, kSecondTownship),
       row_of(Place::kQueued, {}, kOtherTownship), row_of(Place::kHeld, {}, kTownship)});
  const Census census = counted(store, now);
  const json all = viewed(census);
  EXPECT_EQ(all["ages"]["under"], "ministry:000000") << all["ages"];
  EXPECT_EQ(all["ages"]["rows"].size(), 2U);
  std::uint64_t sum = 0;
  for (const json& row : all["ages"]["rows"]) sum += row["total"].get<std::uint64_t>();
  EXPECT_EQ(sum, 4U);
  const json county = viewed(census, kCounty);
  EXPECT_EQ(county["ages"]["rows"].size(), 2U) << county["ages"];
  EXPECT_TRUE(viewed(census, kPrison)["ages"]["rows"].empty());
  EXPECT_TRUE(viewed(census, nowhere)["ages"]["rows"].empty());
  put({row_of(Place::kQueued, {}, nowhere)});
  const json with = viewed(counted(store, now));
  sum = 0;
  for (const json& row : with["ages"]["rows"]) sum += row["total"].get<std::uint64_t>();
  EXPECT_EQ(sum, 5U) << "mail for an office that left the directory is still seen: " << with;
}

TEST_F(CensusRows, MailForTheRootIsSeenBesideOthers) {
  put({row_of(Place::kQueued, {}, kMinistry), row_of(Place::kQueued)});
  const json ages = viewed(counted(store, now))["ages"];
  EXPECT_EQ(ages["under"], "ministry:000000");
  EXPECT_EQ(ages["rows"].size(), 2U) << ages;
}

TEST_F(CensusRows, OneDestinationIsShownUnderItsParent) {
  put({row_of(Place::kQueued)});
  const json ages = viewed(counted(store, now))["ages"];
  EXPECT_EQ(ages["under"], "county:610802");
  ASSERT_EQ(ages["rows"].size(), 1U);
  EXPECT_EQ(ages["rows"][0]["destination"], "township:610802001");
}

TEST_F(CensusRows, OfTwoHundredThousand) {
  std::vector<StateRow> rows(200'000, row_of(Place::kQueued, hours(3)));
  put(rows);
  const auto start = std::chrono::steady_clock::now();
  const Census census = counted(store, now);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_EQ(census.total().ready, 200'000U);
  EXPECT_EQ(census.total().bytes, 20'000'000U);
}

TEST(CensusOfABroker, SeesItsMailLeaveAndBeHeld) {
  OneBroker at{kProvince, kNow};
  Writer prison{kPrison};
  at.connect(kBureau);
  at.give(kBureau, {prison.write(kTownship, Kind::kAdHocReport, kNow),
                    prison.write(kTownship, Kind::kPreReleaseNotice, kNow, kDecember)});
  Census census = counted(at.store, at.now);
  EXPECT_EQ(census.total().ready, 1U);
  EXPECT_EQ(census.total().gated, 1U);
  EXPECT_EQ(census.total().next_gate, kProvinceGate);
  at.connect(kPrefecture);
  EXPECT_EQ(counted(at.store, at.now).total().sent, 1U);
}

}  // namespace
}  // namespace xianjie::tests
