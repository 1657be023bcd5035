// The byte ledger: submissions to 80 %, custody to 90 %, a neighbour's share, two directions apart.
#include <gtest/gtest.h>

#include "broker/room.h"
#include "tests/support/nation_fixture.h"

namespace xianjie::tests {
namespace {

using namespace broker;

constexpr std::uint64_t kStore = 100'000'000;

TEST(Room, QuotasLeaveSlackInTheStore) {
  const Room room(kStore);
  std::uint64_t together = 0;
  for (const Quota quota :
       {Quota::kClimbing, Quota::kDescending, Quota::kOrigin, Quota::kInbox, Quota::kCopies}) {
    EXPECT_GT(room.limit(quota), 0U);
    together += room.limit(quota);
  }
  EXPECT_LE(together, kStore * 9 / 10);
}

TEST(Room, SubmissionsStopAt80PercentAndCustodyAt90) {
  Room room(kStore);
  const std::uint64_t origin = room.limit(Quota::kOrigin) / 100 * 80;
  room.add(Quota::kOrigin, kBureau, origin - 10);
  EXPECT_FALSE(room.refuses_submission(10));
  const auto full = room.refuses_submission(11);
  ASSERT_TRUE(full);
  EXPECT_TRUE(full->starts_with("origin_room")) << *full;
  const std::uint64_t inbox = room.limit(Quota::kInbox) / 100 * 90;
  EXPECT_FALSE(room.refuses_custody(Quota::kInbox, {}, inbox, 1));
  EXPECT_TRUE(room.refuses_custody(Quota::kInbox, {}, inbox + 1, 1));
}

TEST(Room, OneNeighbourTakesAQuarterOrItsPart) {
  Room room(kStore);
  const std::uint64_t limit = room.limit(Quota::kClimbing) / 100 * 90;
  EXPECT_FALSE(room.refuses_custody(Quota::kClimbing, kMinistry, limit, 1));
  const std::uint64_t large = limit / 2 + 1;
  room.add(Quota::kClimbing, kMinistry, 10);
  EXPECT_TRUE(room.refuses_custody(Quota::kClimbing, kMinistry, limit / 2, 2));
  EXPECT_FALSE(room.refuses_custody(Quota::kClimbing, kMinistry, large, 2))
      << "larger than a share by itself: else it would never pass";
  room.add(Quota::kClimbing, kMinistry, large);
  EXPECT_TRUE(room.refuses_custody(Quota::kClimbing, kMinistry, limit / 4 + 1, 100))
      << "but one at a time";
  EXPECT_TRUE(room.refuses_custody(Quota::kClimbing, kMinistry, 1, 2));
  room.remove(Quota::kClimbing, kMinistry, large + 10);
  EXPECT_FALSE(room.refuses_custody(Quota::kClimbing, kMinistry, limit / 4, 100))
      << "never below a quarter";
  room.add(Quota::kClimbing, kMinistry, limit / 4);
  const auto full = room.refuses_custody(Quota::kClimbing, kMinistry, 1, 100);
  ASSERT_TRUE(full);
  EXPECT_TRUE(full->starts_with("climbing_share")) << *full;
  EXPECT_FALSE(room.refuses_custody(Quota::kClimbing, kOtherProvince, limit / 4, 100));
  room.remove(Quota::kClimbing, kMinistry, 1);
  EXPECT_FALSE(room.refuses_custody(Quota::kClimbing, kMinistry, 1, 100));
}

TEST(Room, ClimbingAndDescendingDoNotFillEachOther) {
  Room room(kStore);
  room.add(Quota::kClimbing, {}, room.limit(Quota::kClimbing));
  EXPECT_TRUE(room.refuses_custody(Quota::kClimbing, {}, 1, 1));
  EXPECT_FALSE(room.refuses_custody(Quota::kDescending, {}, 1000, 1));
  EXPECT_FALSE(room.refuses_submission(1000));
}

TEST(Room, TheTotalsTravelThroughTheirRowAndNeverGoBelowNothing) {
  Room room(kStore);
  room.add(Quota::kInbox, {}, 70);
  room.add(Quota::kDescending, kCounty, 30);
  Encoder out;
  room.write(out);
  Room other(kStore);
  Decoder in(out.bytes());
  other.read(in);
  EXPECT_TRUE(in.done());
  EXPECT_EQ(other.used(Quota::kInbox), 70U);
  EXPECT_EQ(other.used(Quota::kDescending), 30U);
  other.remove(Quota::kInbox, {}, 100);
  EXPECT_EQ(other.used(Quota::kInbox), 0U);
}

}  // namespace
}  // namespace xianjie::tests
