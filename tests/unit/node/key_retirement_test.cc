// When an old key file may go.
#include "node/office/key_retirement.h"

#include <gtest/gtest.h>

#include "routing/kinds.h"
#include "tests/support/one_broker.h"

namespace xianjie::node {
namespace {

using namespace tests;

const WallTime kEnd = kNow + days(5);

crypto::KeyRing two_sets() {
  return office_ring(kTownship, {1, 2});
}

Snapshot rotated() {
  return nation().changed([](DirectoryContents& contents) {
    auto& keys = record_of(contents, kTownship).keys;
    keys[0].valid_until = kEnd;
    keys.push_back(office_keys(kTownship, {2}).public_set(kNow, {}));
  });
}

Retirement first_set(OneBroker& township, WallTime at, bool trusted = true) {
  const auto txn = std::move(*township.store.read());
  const auto rows = retirements(*txn, two_sets(), rotated()->directory, {{}, at, trusted});
  EXPECT_TRUE(rows);
  EXPECT_EQ(rows->size(), 2U);
  EXPECT_FALSE((*rows)[1].may_delete) << "the current one";
  return rows->front();
}

TEST(KeyRetirement, WaitsForTheLongestWayAndForWhatIsKept) {
  OneBroker township(kTownship, kNow);
  EXPECT_FALSE(first_set(township, kNow).may_delete);
  EXPECT_FALSE(first_set(township, kEnd + routing::longest_way()).may_delete);
  EXPECT_FALSE(first_set(township, kEnd + routing::longest_way() + days(1), false).may_delete);
  EXPECT_TRUE(first_set(township, kEnd + routing::longest_way() + days(1)).may_delete);
  township.connect(kCounty);
  Writer prison(tests::kPrison);
  township.give(kCounty, {prison.write(kTownship, Kind::kAdHocReport, kNow)});
  const Retirement kept = first_set(township, kEnd + routing::longest_way() + days(1));
  EXPECT_FALSE(kept.may_delete);
  EXPECT_EQ(kept.envelopes, 1U);
}

TEST(KeyRetirement, AKeyWithoutAnEndStays) {
  OneBroker township(kTownship, kNow);
  const auto txn = std::move(*township.store.read());
  const auto open_end = nation().changed([](DirectoryContents& contents) {
    record_of(contents, kTownship).keys.push_back(office_keys(kTownship, {2}).public_set(kNow, {}));
  });
  const auto rows =
      retirements(*txn, two_sets(), open_end->directory, {{}, kNow + days(3000), true});
  ASSERT_TRUE(rows);
  EXPECT_FALSE(rows->front().may_delete);
}

}  // namespace
}  // namespace xianjie::node
