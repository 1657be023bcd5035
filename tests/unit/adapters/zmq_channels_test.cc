// An office with several channels: which of them pair, and frames that keep to theirs.
#include "adapters/zmq_channels.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/nation_fixture.h"
#include "zmq_support.h"

namespace xianjie::adapters::testing {
namespace {

using What = broker::Arrival::What;
using tests::kCounty, tests::kTownship;

constexpr auto kOpen = ChannelClass::kPublic;
constexpr auto kTunnel = ChannelClass::kVpn;

Channel loopback_of(ChannelClass klass, const std::string& endpoint = "") {
  Channel channel = loopback_channel();
  channel.klass = klass;
  channel.endpoint = endpoint;
  return channel;
}

// The county listens at `endpoints`, its township dials.
tests::Snapshot with_channels(std::vector<Channel> county, std::vector<Channel> township) {
  const tests::Nation nation;
  return nation.changed([&](DirectoryContents& contents) {
    tests::record_of(contents, kCounty).channels = county;
    tests::record_of(contents, kTownship).channels = township;
  });
}

std::vector<ZmqTransportOptions> options_for(const tests::Snapshot& snapshot, OfficeId self) {
  auto all = channel_options(snapshot->directory, self, tests::kNow);
  EXPECT_TRUE(all) << all.error().text;
  const crypto::OfficeKeys& keys = tests::office_keys(self);
  for (ZmqTransportOptions& options : *all) {
    options.link_public = keys.link_public();
    options.link_secret = keys.link_secret();
    options.timings.reconnect_min = milliseconds(20);
  }
  return std::move(*all);
}

const PeerOptions* peer_in(const ZmqTransportOptions& options, OfficeId office) {
  const auto found = std::ranges::find(options.peers, office, &PeerOptions::office);
  return found == options.peers.end() ? nullptr : &*found;
}

class ManySide final : public Member {
 public:
  explicit ManySide(std::vector<ZmqTransportOptions> options) {
    auto opened = ZmqChannels::open(std::move(options));
    if (!opened) ADD_FAILURE() << opened.error().text;
    channels_ = std::move(*opened);
  }
  void pump() override {
    for (auto& arrival : channels_->poll(64)) arrivals.push_back(std::move(arrival));
  }
  void add_poll_items(std::vector<PollItem>& items) const override {
    channels_->add_poll_items(items);
  }
  [[nodiscard]] Duration due_in() const override { return channels_->due_in(); }
  ZmqChannels* operator->() { return channels_.get(); }
  [[nodiscard]] std::size_t count(What what, ChannelClass channel) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        arrivals, [&](const auto& one) { return one.what == what && one.channel == channel; }));
  }
  std::vector<broker::Arrival> arrivals;

 private:
  std::unique_ptr<ZmqChannels> channels_;
};

TEST(ZmqChannelsTest, ChannelsPairByClass) {
  const auto snapshot = with_channels(
      {loopback_of(kOpen, "tcp://127.0.0.1:1"), loopback_of(kTunnel, "tcp://127.0.0.1:2")},
      {loopback_of(kTunnel), loopback_of(ChannelClass::kDedicated), loopback_of(kOpen)});
  const auto options = options_for(snapshot, kTownship);
  ASSERT_EQ(options.size(), 3U);
  ASSERT_NE(peer_in(options[0], kCounty), nullptr);
  EXPECT_EQ(peer_in(options[0], kCounty)->endpoint, "tcp://127.0.0.1:2");
  EXPECT_EQ(peer_in(options[1], kCounty), nullptr) << "the county has no dedicated one";
  ASSERT_NE(peer_in(options[2], kCounty), nullptr);
  EXPECT_EQ(peer_in(options[2], kCounty)->endpoint, "tcp://127.0.0.1:1");
}

TEST(ZmqChannelsTest, WithoutACommonClassTheLowestOfEachPair) {
  const auto snapshot =
      with_channels({loopback_of(kOpen, "tcp://127.0.0.1:1")},
                    {loopback_of(ChannelClass::kDedicated), loopback_of(kTunnel)});
  const auto options = options_for(snapshot, kTownship);
  ASSERT_EQ(options.size(), 2U);
  EXPECT_EQ(peer_in(options[0], kCounty), nullptr);
  ASSERT_NE(peer_in(options[1], kCounty), nullptr);
  EXPECT_EQ(peer_in(options[1], kCounty)->channel.klass, kOpen) << "and it is worth no more";
}

TEST(ZmqChannelsTest, DisksAndFerriesAreNoSockets) {
  const auto snapshot =
      with_channels({loopback_of(ChannelClass::kMedia), loopback_of(kTunnel, "tcp://127.0.0.1:2")},
                    {loopback_of(kTunnel), loopback_of(ChannelClass::kFerry)});
  EXPECT_EQ(options_for(snapshot, kTownship).size(), 1U);
  EXPECT_EQ(options_for(snapshot, kCounty).size(), 1U);
}

TEST(ZmqChannelsTest, FramesKeepToTheirChannel) {
  auto county_options = options_for(with_channels({loopback_of(kOpen, "tcp://127.0.0.1:*"),
                                                   loopback_of(kTunnel, "tcp://127.0.0.1:*")},
                                                  {loopback_of(kTunnel), loopback_of(kOpen)}),
                                    kCounty);
  // The ports are known once they are bound: a transport each, as ZmqChannels makes them.
  Side open_side(county_options[0]), tunnel_side(county_options[1]);
  ManySide township(options_for(with_channels({loopback_of(kOpen, open_side->bound_endpoint()),
                                               loopback_of(kTunnel, tunnel_side->bound_endpoint())},
                                              {loopback_of(kTunnel), loopback_of(kOpen)}),
                                kTownship));
  Loop loop({&open_side, &tunnel_side, &township});
  ASSERT_TRUE(loop.until([&] {
    return township.count(What::kUp, kOpen) == 1 && township.count(What::kUp, kTunnel) == 1;
  }));
  ASSERT_TRUE(township->send(kCounty, kTunnel, frame_of(3, 1)));
  ASSERT_TRUE(loop.until([&] { return tunnel_side.count(kTownship, "frame") == 1; }));
  EXPECT_EQ(open_side.count(kTownship, "frame"), 0U);
  EXPECT_EQ(tunnel_side.log(kTownship).front(), "up vpn");
  ASSERT_TRUE(tunnel_side->send(kTownship, frame_of(4, 2)));
  ASSERT_TRUE(loop.until([&] { return township.count(What::kFrame, kTunnel) == 1; }));
  EXPECT_EQ(township.count(What::kFrame, kOpen), 0U);
  EXPECT_FALSE(township->send(kCounty, ChannelClass::kDedicated, frame_of(3, 1)));
}

// A tunnel that is not there stops nobody; the others work.
TEST(ZmqChannelsTest, AChannelWaitsForItsInterface) {
  Channel tunnel = loopback_of(kTunnel, "tcp://127.0.0.1:*");
  tunnel.interface = "no-such-device";
  ManySide county(options_for(with_channels({loopback_of(kOpen, "tcp://127.0.0.1:*"), tunnel},
                                            {loopback_of(kTunnel), loopback_of(kOpen)}),
                              kCounty));
  EXPECT_FALSE(county->send(kTownship, kTunnel, frame_of(3, 1)));
  Loop loop({&county});
  bool noted = false;
  ASSERT_TRUE(loop.until([&] {
    for (const LinkNote& note : county->take_notes())
      noted = noted || (note.what == "channel_not_open" && note.subject == "vpn:no-such-device");
    return noted;
  })) << "it is looked for again and again";
}

}  // namespace
}  // namespace xianjie::adapters::testing
