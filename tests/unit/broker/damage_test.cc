// Single rows that fail their checksum: set aside, told of, and what they said put right from the
// rest.
#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;

struct Damage : testing::Test {
  OneBroker at{kProvince, kNow};
  Writer prison{kPrison};

  // Every row of the table goes bad; the process dies of it or not, and the next one starts.
  void damage(Table table) {
    std::vector<DamagedRow> damaged;
    for (const auto& [key, value] : at.rows(table)) {
      damaged.push_back({table, key});
      at.store.corrupt_row(table, key);
    }
    ASSERT_FALSE(damaged.empty());
    at.restart(damaged);
    const Effects effects = at.step();
    EXPECT_EQ(effects.alarms.size(), damaged.size());
    EXPECT_GE(at.rows(Table::kQuarantine).size(), damaged.size());
  }
};

TEST_F(Damage, AQueueRowIsMadeAgain) {
  at.connect(kBureau);
  const Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  at.give(kBureau, {envelope});
  damage(Table::kQueue);
  EXPECT_EQ(envelopes_to(at.connect(kPrefecture), kPrefecture),
            std::vector{at.kept(key_of(envelope)).value()});
}

TEST_F(Damage, AnOutstandingBatchLeavesAgain) {
  at.connect(kBureau);
  at.connect(kPrefecture);
  const Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  ASSERT_EQ(envelopes_to(at.give_effects(kBureau, {envelope}), kPrefecture).size(), 1U);
  damage(Table::kBatches);
  EXPECT_EQ(envelopes_to(at.connect(kPrefecture), kPrefecture).size(), 1U);
}

TEST_F(Damage, WithoutItsStateARowComesAgainFromItsOrigin) {
  at.connect(kBureau);
  const Envelope envelope = prison.write(kTownship, Kind::kAdHocReport, kNow);
  at.give(kBureau, {envelope});
  damage(Table::kSeen);
  at.connect(kBureau);
  EXPECT_EQ(at.give(kBureau, {envelope}).outcomes.at(0), AckOutcome::kTaken);
}

TEST_F(Damage, RecordsAndTimersDoNotStopTheStart) {
  at.connect(kBureau);
  at.give(kBureau, {prison.write(kProvince, Kind::kAdHocReport, kNow)});
  at.disconnect(kBureau);
  const bool waiting = !at.rows(Table::kRecords).empty();
  if (waiting) damage(Table::kRecords);
  EXPECT_TRUE(waiting);
}

TEST_F(Damage, WithoutItsCountersTheStoreIsNotUsed) {
  const DamagedRow counters{Table::kMeta, to_bytes(as_bytes(kMetaCounters))};
  const auto opened = Broker::open(at.store, office_keys(kProvince), nation().snapshot(), {},
                                   std::vector{counters});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace xianjie::tests
