// Which of its key sets an office signs with, and when that changes.
#include "broker/own_keys.h"

#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::broker {
namespace {

using namespace tests;

const WallTime kSwitch = kNow + days(3), kOver = kNow + days(10);

crypto::KeyRing county_ring(const std::vector<std::uint32_t>& numbers) {
  return office_ring(kCounty, numbers);
}

// The county has key 1 until kOver and key 2 from kSwitch on.
Snapshot rotating(const DirectoryEdit& further = [](DirectoryContents&) {}) {
  return nation().changed([&](DirectoryContents& contents) {
    auto& keys = record_of(contents, kCounty).keys;
    keys[0].valid_until = kOver;
    keys.push_back(office_keys(kCounty, {2}).public_set(kSwitch, {}));
    further(contents);
  });
}

std::vector<KeyState> states(const OwnKeys& own) {
  std::vector<KeyState> out;
  for (const OwnKey& one : own.sets) out.push_back(one.state);
  return out;
}

TEST(OwnKeys, TheNewestThatCountsIsCurrent) {
  const auto ring = county_ring({1, 2});
  const auto snapshot = rotating();
  const auto before = own_keys(ring, snapshot->directory, kNow);
  EXPECT_EQ(before.current, KeyId{1});
  EXPECT_EQ(states(before), (std::vector{KeyState::kCurrent, KeyState::kNext}));
  EXPECT_EQ(before.changes, kSwitch);
  const auto after = own_keys(ring, snapshot->directory, kSwitch);
  EXPECT_EQ(after.current, KeyId{2});
  EXPECT_EQ(states(after), (std::vector{KeyState::kOld, KeyState::kCurrent}));
  EXPECT_EQ(own_keys(ring, snapshot->directory, kOver).current, KeyId{2});
}

TEST(OwnKeys, WhatNobodyPublishedIsNeverUsed) {
  const auto ring = county_ring({1, 2, 3});
  auto own = own_keys(ring, nation().snapshot()->directory, kSwitch);
  EXPECT_EQ(own.current, KeyId{1});
  EXPECT_EQ(states(own), (std::vector{KeyState::kCurrent, KeyState::kUnknown, KeyState::kUnknown}));
  const auto other = rotating([](DirectoryContents& contents) {
    record_of(contents, kCounty).keys[1].sealing = office_keys(kCounty, {9}).sealing_public();
  });
  own = own_keys(county_ring({1, 2}), other->directory, kSwitch);
  EXPECT_EQ(own.current, KeyId{1}) << "other keys stand under its number";
  EXPECT_EQ(states(own), (std::vector{KeyState::kCurrent, KeyState::kUnknown}));
}

TEST(OwnKeys, WithoutItsFileAnOlderOneGoesOn) {
  const auto own = own_keys(county_ring({1}), rotating()->directory, kSwitch);
  EXPECT_EQ(own.current, KeyId{1});
  EXPECT_EQ(states(own), (std::vector{KeyState::kCurrent, KeyState::kMissing}));
}

TEST(OwnKeys, ARevokedOneIsCurrentNoMore) {
  const auto revoked = rotating([](DirectoryContents& contents) {
    auto& key = record_of(contents, kCounty).keys[1];
    key.revoked = true;
    key.revoked_at = kSwitch + hours(5);
  });
  const auto ring = county_ring({1, 2});
  const auto before = own_keys(ring, revoked->directory, kSwitch);
  EXPECT_EQ(before.current, KeyId{2});
  const auto after = own_keys(ring, revoked->directory, kSwitch + hours(5));
  EXPECT_EQ(after.current, KeyId{1});
  EXPECT_EQ(states(after), (std::vector{KeyState::kCurrent, KeyState::kRevoked}));
  EXPECT_FALSE(own_keys(ring, revoked->directory, kOver).current);
}

TEST(OwnKeys, TheBrokerTurnsByItselfAndWakesForIt) {
  MemoryStore store;
  BrokerOptions options;
  options.fresh_epoch = 1;
  auto broker = std::move(*Broker::open(store, county_ring({1, 2}), rotating(), options));
  Now now{{1000}, kNow, true};
  std::vector<Event> none;
  ASSERT_TRUE(broker->step(none, now));
  EXPECT_EQ(broker->keys().current().id(), KeyId{1});
  EXPECT_LE(broker->next_wall_wakeup(), kSwitch);
  now.wall = kSwitch;
  now.wall_trusted = false;
  ASSERT_TRUE(broker->step(none, now));
  EXPECT_EQ(broker->keys().current().id(), KeyId{1}) << "a clock that nobody trusts moves no key";
  now.wall_trusted = true;
  ASSERT_TRUE(broker->step(none, now));
  EXPECT_EQ(broker->keys().current().id(), KeyId{2});
}

TEST(OwnKeys, WhereNoneCountsThereIsAnAlarm) {
  OneBroker one(kCounty, kNow);
  one.set_directory(nation().changed([](DirectoryContents& contents) {
    auto& key = record_of(contents, kCounty).keys[0];
    key.revoked = true;
    key.revoked_at = kNow;
  }));
  const Effects effects = one.step();
  ASSERT_FALSE(effects.alarms.empty());
  EXPECT_TRUE(effects.alarms[0].starts_with("no_key")) << effects.alarms[0];
}

}  // namespace
}  // namespace xianjie::broker
