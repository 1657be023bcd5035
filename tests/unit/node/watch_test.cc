// How old a count may be, and that nobody counts twice what one has just counted.
#include "node/daemon/watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace xianjie::tests {
namespace {

using node::Age;

struct KeptCount : testing::Test {
  std::atomic<int> counted = 0;
  node::Kept<int> kept;
  int get(Age age) {
    const auto value = kept.get(age, [this]() -> Result<int> { return ++counted; });
    EXPECT_TRUE(value);
    return value ? **value : -1;
  }
};

TEST_F(KeptCount, IsCountedForWhoeverIsFirstAndForWhoeverAsks) {
  EXPECT_EQ(get(Age::kKnown), 1) << "nothing was known";
  EXPECT_EQ(get(Age::kKnown), 1);
  EXPECT_EQ(get(Age::kRecent), 1) << "not two seconds old";
  EXPECT_EQ(get(Age::kNow), 2);
  EXPECT_EQ(get(Age::kKnown), 2) << "the newest that is known";
}

TEST_F(KeptCount, AFailedCountIsNobodysAnswer) {
  get(Age::kNow);
  const auto failed = kept.get(Age::kNow, []() -> Result<int> { return refused("no"); });
  EXPECT_FALSE(failed);
  EXPECT_EQ(get(Age::kKnown), 1);
}

TEST_F(KeptCount, ManyAtOnceWaitForOneCount) {
  constexpr int kMany = 8;
  std::latch begun(kMany);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kMany; ++i)
      threads.emplace_back([&] {
        begun.arrive_and_wait();
        EXPECT_EQ(get(Age::kRecent), 1);
      });
  }
  EXPECT_EQ(counted, 1);
}

TEST_F(KeptCount, WhileOneCountsNobodyWaitsWhoMayHaveAnOlderOne) {
  get(Age::kNow);
  std::latch counting(1), go_on(1);
  std::jthread other([&] {
    const auto fresh = kept.get(Age::kNow, [&]() -> Result<int> {
      counting.count_down();
      go_on.wait();
      return 7;
    });
    EXPECT_EQ(**fresh, 7);
  });
  counting.wait();
  // The first count is kept for two seconds; after that nothing but the older one is to be had.
  const auto until = adapters::steady_now() + milliseconds(2100);
  while (adapters::steady_now() < until) ASSERT_EQ(get(Age::kRecent), 1);
  go_on.count_down();
  other.join();
  EXPECT_EQ(get(Age::kRecent), 7);
  EXPECT_EQ(counted, 1);
}

}  // namespace
}  // namespace xianjie::tests
