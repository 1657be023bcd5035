// Links set up from a directory and an office's own keys, as a daemon does it.
#include <gtest/gtest.h>

#include <algorithm>

#include "adapters/zmq_channels.h"
#include "tests/support/nation_fixture.h"
#include "zmq_support.h"

namespace xianjie::adapters::testing {
namespace {

using tests::kCounty, tests::kPrefecture, tests::kTownship, tests::kSecondTownship;

const WallTime kAt = tests::wall("2026-12-09T12:00:00+08:00");

// The whole nation on loopback channels; the county listens at `endpoint`, the others nowhere.
tests::Snapshot on_loopback(const std::string& endpoint, const tests::DirectoryEdit& edit = {}) {
  const tests::Nation nation;
  return nation.changed(
      [&](DirectoryContents& contents) {
        for (OfficeRecord& record : contents.offices) record.channels = {loopback_channel()};
        tests::record_of(contents, kCounty).channels[0].endpoint = endpoint;
        if (edit) edit(contents);
      },
      kAt);
}

ZmqTransportOptions options_of(const tests::Snapshot& snapshot, OfficeId self) {
  auto all = channel_options(snapshot->directory, self, kAt);
  EXPECT_TRUE(all) << all.error().text;
  EXPECT_EQ(all->size(), 1U);
  ZmqTransportOptions options = std::move(all->front());
  const crypto::OfficeKeys& keys = tests::office_keys(self);
  options.link_public = keys.link_public();
  options.link_secret = keys.link_secret();
  options.timings.reconnect_min = milliseconds(20);
  return options;
}

const PeerOptions* peer_of(const ZmqTransportOptions& options, OfficeId office) {
  const auto found = std::ranges::find(options.peers, office, &PeerOptions::office);
  return found == options.peers.end() ? nullptr : &*found;
}

TEST(ZmqOptionsTest, ADaemonLinksByItsDirectoryAndItsKeys) {
  ZmqTransportOptions county_options = options_of(on_loopback("tcp://127.0.0.1:*"), kCounty);
  ASSERT_EQ(county_options.bind_endpoint, "tcp://127.0.0.1:*");
  EXPECT_TRUE(county_options.rehearsal);
  EXPECT_EQ(county_options.timings.reconnect_max, kRetryMaxRehearsal);
  ASSERT_NE(peer_of(county_options, kTownship), nullptr);
  EXPECT_EQ(peer_of(county_options, kTownship)->endpoint, "") << "the child dials";
  EXPECT_EQ(peer_of(county_options, kPrefecture), nullptr) << "it listens nowhere";

  Side county(county_options);
  const auto snapshot = on_loopback(county->bound_endpoint());
  Side first(options_of(snapshot, kTownship));
  Side second(options_of(snapshot, kSecondTownship));
  Loop loop({&county, &first, &second});
  ASSERT_TRUE(loop.until([&] { return first.is_up(kCounty) && second.is_up(kCounty); }));
  ASSERT_TRUE(first->send(kCounty, frame_of(3, 1)));
  ASSERT_TRUE(second->send(kCounty, frame_of(3, 2)));
  ASSERT_TRUE(loop.until([&] { return county.is_up(kTownship) && county.is_up(kSecondTownship); }));
  EXPECT_EQ(county.log(kTownship).front(), "up vpn");
}

TEST(ZmqOptionsTest, KeysCountWhileTheyAreValid) {
  PublicKey old_key{}, next_key{}, bad_key{};
  old_key[0] = 1, next_key[0] = 2, bad_key[0] = 3;
  const auto snapshot = on_loopback("tcp://127.0.0.1:*", [&](DirectoryContents& contents) {
    auto& keys = tests::record_of(contents, kTownship).keys;
    const OfficeKeySet valid = keys.front();
    keys.clear();
    for (const PublicKey& link : {old_key, bad_key, valid.link, next_key}) {
      OfficeKeySet set = valid;
      set.id = {static_cast<std::uint32_t>(keys.size() + 1)};
      set.link = link;
      keys.push_back(set);
    }
    keys[0].valid_until = kAt;
    keys[1].revoked = true;
    keys[3].valid_from = kAt + days(1);
  });
  const ZmqTransportOptions options = options_of(snapshot, kCounty);
  const PeerOptions* peer = peer_of(options, kTownship);
  ASSERT_NE(peer, nullptr);
  EXPECT_EQ(peer->link_keys, (std::vector{old_key, tests::office_keys(kTownship).link_public()}))
      << "its clock may be behind: the old one is tried last";
  EXPECT_EQ(channel_options_change(snapshot->directory, kCounty, kAt), kAt + kClockSkew);
  EXPECT_EQ(channel_options_change(snapshot->directory, kCounty, kAt + kClockSkew),
            kAt + days(1) - kClockSkew);
  EXPECT_EQ(peer->revoked_keys, std::vector{bad_key});
}

// It still dials, if it was away on the day, and may not be shut out: it has to hear of it here.
TEST(ZmqOptionsTest, AChildThatHasLeftIsStillListenedTo) {
  const auto moved = on_loopback("tcp://127.0.0.1:*", [](DirectoryContents& contents) {
    contents.header.changes = {
        {kTownship, kAt - days(1), OfficeChange::What::kMove, kPrefecture, 0}};
  });
  Side county(options_of(moved, kCounty));
  const auto before = on_loopback(county->bound_endpoint());
  Side township(options_of(before, kTownship));
  Loop loop({&county, &township});
  ASSERT_TRUE(loop.until([&] { return township.is_up(kCounty); }));
  ASSERT_TRUE(township->send(kCounty, frame_of(3, 1)));
  EXPECT_TRUE(loop.until([&] { return county.is_up(kTownship); }));
  EXPECT_EQ(peer_of(options_of(moved, kTownship), kCounty), nullptr) << "once it knows";
}

TEST(ZmqOptionsTest, AnUnknownOfficeHasNoLinks) {
  const auto snapshot = on_loopback("");
  const auto options = channel_options(snapshot->directory, office("township:610802999"), kAt);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace xianjie::adapters::testing
