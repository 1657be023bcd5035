// Who is signed in, for how long, and who has to wait.
#include "node/web/sessions.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/seeded_random.h"

namespace xianjie::node {
namespace {

using tests::SeededRandom;

struct SignedIn : testing::Test {
  SeededRandom random{1805};
  Sessions sessions;
  Instant start{1'000'000};
  std::string begin(const std::string& account, Duration after = {}) {
    return sessions.begin(account, start + after, random);
  }
  Session* find(const std::string& id, Duration after, bool looks_on = false) {
    return sessions.find(id, start + after, looks_on);
  }
};

TEST_F(SignedIn, AnIdIs32BytesAndNobodyElses) {
  std::set<std::string> ids, tokens;
  for (int i = 0; i < 50; ++i) {
    const std::string id = begin("clerk");
    EXPECT_EQ(id.size(), 64U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos) << id;
    ids.insert(id);
    const Session* session = find(id, {});
    ASSERT_TRUE(session);
    EXPECT_EQ(session->account, "clerk");
    EXPECT_GE(session->token.size(), 32U);
    EXPECT_NE(session->token, id);
    tokens.insert(session->token);
  }
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_EQ(tokens.size(), 50U);
}

TEST_F(SignedIn, WhatIsNoIdFindsNobody) {
  const std::string id = begin("clerk");
  for (const std::string& wrong :
       {std::string(), std::string(64, '0'), id.substr(1), id + "0", std::string(1'000'000, 'a'),
        std::string("\xff\0\n", 3), find(id, {})->token})
    EXPECT_EQ(find(wrong, {}), nullptr);
}

TEST_F(SignedIn, HalfAnHourWithoutASignOfLifeEndsIt) {
  const std::string id = begin("clerk");
  EXPECT_TRUE(find(id, minutes(29)));
  EXPECT_TRUE(find(id, minutes(58))) << "used at 29";
  EXPECT_FALSE(find(id, minutes(58) + kSessionIdle + milliseconds(1)));
  EXPECT_FALSE(find(id, minutes(58))) << "gone, not asleep";
}

TEST_F(SignedIn, ALivePageDoesNotKeepItAlive) {
  const std::string id = begin("clerk");
  for (int minute = 1; minute < 30; ++minute) EXPECT_TRUE(find(id, minutes(minute), true));
  EXPECT_FALSE(find(id, minutes(30) + milliseconds(1), true));
  const std::string other = begin("clerk");
  EXPECT_TRUE(find(other, minutes(29), true));
  EXPECT_FALSE(find(other, minutes(31)));
}

TEST_F(SignedIn, HalfADayEndsItHoweverBusy) {
  const std::string id = begin("clerk");
  for (int minute = 20; minute < 12 * 60; minute += 20)
    ASSERT_TRUE(find(id, minutes(minute))) << minute;
  EXPECT_FALSE(find(id, kSessionLongest + milliseconds(1)));
}

TEST_F(SignedIn, TheOldestMakesRoom) {
  const std::string first = begin("clerk"), second = begin("viewer", milliseconds(1));
  for (std::size_t i = 2; i < kSessionsMax; ++i)
    begin("flood" + std::to_string(i), milliseconds(static_cast<std::int64_t>(i)));
  EXPECT_TRUE(find(first, seconds(1), true)) << "as many as there may be";
  const std::string last = begin("flood", seconds(2));
  EXPECT_FALSE(find(first, seconds(2), true));
  EXPECT_TRUE(find(second, seconds(2), true));
  EXPECT_TRUE(find(last, seconds(2), true));
}

TEST_F(SignedIn, AnAccountMakesRoomForItselfAndPutsNobodyElseOut) {
  const std::string other = begin("viewer"), first = begin("clerk", milliseconds(1));
  std::string last;
  for (std::size_t i = 1; i < kSessionsOfAccountMax; ++i) last = begin("clerk", seconds(1));
  EXPECT_TRUE(find(first, seconds(1), true)) << "as many as it may have";
  for (int i = 0; i < 100; ++i) last = begin("clerk", seconds(2));
  EXPECT_TRUE(find(other, seconds(3), true));
  EXPECT_TRUE(find(last, seconds(3), true));
  EXPECT_FALSE(find(first, seconds(3), true));
}

TEST_F(SignedIn, EndsOneOrAllOfAnAccount) {
  const std::string one = begin("clerk"), two = begin("clerk"), three = begin("clerk2");
  sessions.end(one);
  sessions.end(one);
  EXPECT_FALSE(find(one, {}));
  EXPECT_TRUE(find(two, {}));
  const std::string four = begin("clerk");
  sessions.end_all_of("clerk", four);
  EXPECT_TRUE(find(four, {})) << "but this one";
  sessions.end_all_of("clerk");
  sessions.end_all_of("");
  EXPECT_FALSE(find(four, {}));
  EXPECT_FALSE(find(two, {}));
  EXPECT_TRUE(find(three, {}));
}

struct LockOut : SignedIn {
  Duration wait(const std::string& account, const std::string& address, Duration after = {}) {
    return sessions.wait_for(account, address, start + after);
  }
  void fail_times(int times, const std::string& account, const std::string& address) {
    for (int i = 0; i < times; ++i) sessions.failed(account, address, start);
  }
};

TEST_F(LockOut, FiveWrongPasswordsOfAnAccount) {
  fail_times(kFailuresMax - 1, "clerk", "192.0.2.1");
  EXPECT_EQ(wait("clerk", "192.0.2.1"), Duration{});
  fail_times(1, "clerk", "192.0.2.1");
  EXPECT_GT(wait("clerk", "192.0.2.1"), minutes(14));
  EXPECT_LE(wait("clerk", "192.0.2.1"), kLockOut);
  EXPECT_GT(wait("clerk", "198.51.100.9"), Duration{}) << "from anywhere";
  EXPECT_EQ(wait("viewer", "192.0.2.1"), Duration{}) << "others at the same address";
  EXPECT_GT(wait("clerk", "192.0.2.1", kLockOut - milliseconds(1)), Duration{});
  EXPECT_EQ(wait("clerk", "192.0.2.1", kLockOut), Duration{});
}

TEST_F(LockOut, TheRightPasswordForgetsTheWrongOnes) {
  fail_times(kFailuresMax - 1, "clerk", "");
  sessions.succeeded("clerk");
  fail_times(kFailuresMax - 1, "clerk", "");
  EXPECT_EQ(wait("clerk", ""), Duration{});
}

TEST_F(LockOut, TwentyFromOneAddressWhateverTheNames) {
  for (int i = 0; i < kFailuresOfAddressMax; ++i) {
    EXPECT_EQ(wait("new", "192.0.2.1"), Duration{}) << i;
    fail_times(1, "name" + std::to_string(i), "192.0.2.1");
  }
  EXPECT_GT(wait("new", "192.0.2.1"), Duration{});
  EXPECT_LE(wait("new", "192.0.2.1"), kLockOut);
  EXPECT_EQ(wait("new", "192.0.2.2"), Duration{});
  EXPECT_EQ(wait("new", ""), Duration{}) << "where addresses tell nobody apart";
  EXPECT_EQ(wait("new", "192.0.2.1", kLockOut), Duration{});
}

TEST_F(LockOut, NoAddressLocksNobodyElseOut) {
  for (int i = 0; i < 100; ++i) fail_times(1, "name" + std::to_string(i), "");
  EXPECT_EQ(wait("clerk", ""), Duration{});
  EXPECT_EQ(wait("", ""), Duration{});
}

TEST_F(LockOut, AnAccountIsNoAddressOfTheSameName) {
  fail_times(kFailuresMax, "192.0.2.1", "");
  EXPECT_EQ(wait("clerk", "192.0.2.1"), Duration{});
  fail_times(kFailuresOfAddressMax, "x", "clerk");
  EXPECT_EQ(wait("clerk", "192.0.2.7"), Duration{});
}

TEST_F(LockOut, AFloodOfMadeUpNamesNeitherStallsNorFrees) {
  fail_times(kFailuresMax, "clerk", "");
  for (int i = 0; i < 12'000; ++i)
    sessions.failed("made-up " + std::to_string(i), "", start + milliseconds(1));
  EXPECT_GT(wait("clerk", "", milliseconds(2)), Duration{}) << "a flood lets nobody in again";
  for (int i = 0; i < kFailuresMax; ++i) sessions.failed("viewer", "", start + milliseconds(2));
  EXPECT_GT(wait("viewer", "", milliseconds(3)), Duration{}) << "nor are guesses free after it";
}

}  // namespace
}  // namespace xianjie::node
