// What an address, a directory entry and an interface prove about a channel.
#include "adapters/channel_proof.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace xianjie::adapters {
namespace {

Channel channel(ChannelClass klass, std::vector<std::string> networks, std::string interface = "") {
  return {.klass = klass,
          .endpoint = "",
          .networks = std::move(networks),
          .interface = std::move(interface),
          .attested = {}};
}

class ChannelProofTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "xianjie-sysfs-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    sysfs = name;
    add_interface("wg0", "DEVTYPE=wireguard\nINTERFACE=wg0\n");
    add_interface("eth0", "INTERFACE=eth0\n");
  }
  void TearDown() override { std::filesystem::remove_all(sysfs); }
  void add_interface(const std::string& name, std::string_view uevent) const {
    std::filesystem::create_directory(sysfs + "/" + name);
    std::ofstream(sysfs + "/" + name + "/uevent") << uevent;
  }
  // "vpn", "public" …, or "refused".
  std::string prove(const Channel& own, const Channel& peer, bool rehearsal,
                    std::string_view address) const {
    const auto proof = ChannelProof::make(own, peer, rehearsal, sysfs);
    if (!proof) return "refused";
    const auto klass = proof->prove(address);
    if (!klass) return "refused";
    const std::string word(to_word(klass->klass));
    return klass->how == Proof::kAttested ? word + ", attested" : word;
  }
  std::string sysfs;
};

constexpr auto kPublic = ChannelClass::kPublic;
constexpr auto kVpn = ChannelClass::kVpn;
constexpr auto kDedicated = ChannelClass::kDedicated;

TEST_F(ChannelProofTest, LoopbackIsAVpnInARehearsalOnly) {
  const Channel loopback = channel(kVpn, {"127.0.0.0/8"});
  EXPECT_EQ(prove(loopback, loopback, true, "127.0.0.1"), "vpn");
  EXPECT_EQ(prove(loopback, loopback, false, "127.0.0.1"), "refused");
  const Channel dedicated = channel(kDedicated, {"127.0.0.0/8"}, "lo");
  EXPECT_EQ(prove(dedicated, dedicated, true, "127.0.0.1"), "vpn") << "nothing higher";
  EXPECT_EQ(prove(channel(kPublic, {}), channel(kPublic, {}), false, "127.0.0.1"), "refused");
  EXPECT_EQ(prove(channel(kVpn, {"::1/128"}), channel(kVpn, {"::1/128"}), true, "::1"), "vpn");
}

TEST_F(ChannelProofTest, AnAttestedVpnIsShownAsAttested) {
  const Channel peer = channel(kVpn, {"10.1.0.0/16"});
  Channel own = channel(kVpn, {"10.1.0.0/16"}, "eth0");
  own.attested = "Wang Example, gateway of 2026-11-01";
  EXPECT_EQ(prove(own, peer, false, "10.1.2.3"), "vpn, attested");
  EXPECT_EQ(prove(own, channel(kPublic, {}), false, "10.1.2.3"), "public") << "one end alone";
  own.interface = "wg0";
  EXPECT_EQ(prove(own, peer, false, "10.1.2.3"), "vpn") << "proved is better than attested";
  own.interface = "";
  EXPECT_EQ(prove(own, peer, false, "10.1.2.3"), "public") << "of what would it be said?";
  own = channel(kDedicated, {"10.1.0.0/16"});
  own.attested = "Wang Example";
  EXPECT_EQ(prove(own, channel(kDedicated, {"10.1.0.0/16"}), false, "10.1.2.3"), "public");
}

TEST_F(ChannelProofTest, TheInterfaceIsLookedAtAtEveryConnect) {
  const Channel own = channel(kVpn, {"10.1.0.0/16"}, "wg7");
  const auto proof = ChannelProof::make(own, channel(kVpn, {"10.1.0.0/16"}), false, sysfs);
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->prove("10.1.2.3")->klass, kPublic);
  add_interface("wg7", "DEVTYPE=wireguard\nINTERFACE=wg7\n");
  EXPECT_EQ(proof->prove("10.1.2.3")->klass, kVpn);
  std::filesystem::remove_all(sysfs + "/wg7");
  EXPECT_EQ(proof->prove("10.1.2.3")->klass, kPublic);
}

TEST_F(ChannelProofTest, AVpnNeedsAWireGuardInterface) {
  const Channel peer = channel(kVpn, {"10.1.0.0/16"});
  EXPECT_EQ(prove(channel(kVpn, {"10.1.0.0/16"}, "wg0"), peer, false, "10.1.2.3"), "vpn");
  EXPECT_EQ(prove(channel(kVpn, {"10.1.0.0/16"}, "eth0"), peer, false, "10.1.2.3"), "public");
  EXPECT_EQ(prove(channel(kVpn, {"10.1.0.0/16"}, "wg9"), peer, false, "10.1.2.3"), "public");
  EXPECT_EQ(prove(channel(kVpn, {"10.1.0.0/16"}), peer, false, "10.1.2.3"), "public");
  EXPECT_EQ(prove(channel(kVpn, {"10.1.0.0/16"}), peer, true, "10.1.2.3"), "public")
      << "a rehearsal helps loopback only";
  EXPECT_EQ(prove(channel(kVpn, {"10.1.0.0/16"}, "../wg0"), peer, false, "10.1.2.3"), "refused");
}

TEST_F(ChannelProofTest, ADedicatedLineNeedsAnInterface) {
  const Channel peer = channel(kDedicated, {"10.1.0.0/16"});
  EXPECT_EQ(prove(channel(kDedicated, {"10.1.0.0/16"}, "eth0"), peer, false, "10.1.2.3"),
            "dedicated");
  EXPECT_EQ(prove(channel(kDedicated, {"10.1.0.0/16"}), peer, false, "10.1.2.3"), "public");
}

TEST_F(ChannelProofTest, TheLowerClassWins) {
  const Channel dedicated = channel(kDedicated, {"10.1.0.0/16"}, "eth0");
  EXPECT_EQ(prove(dedicated, channel(kPublic, {"10.1.0.0/16"}), false, "10.1.2.3"), "public");
  EXPECT_EQ(prove(dedicated, channel(kVpn, {"10.1.0.0/16"}), false, "10.1.2.3"), "public")
      << "eth0 is no WireGuard interface";
  EXPECT_EQ(prove(channel(ChannelClass::kMedia, {"10.1.0.0/16"}), dedicated, false, "10.1.2.3"),
            "refused");
}

TEST_F(ChannelProofTest, TheAddressLiesInThePeersNetworks) {
  const Channel own = channel(kVpn, {"10.1.0.0/16"}, "wg0");
  const Channel peer = channel(kVpn, {"10.2.0.0/15", "fd00:1::/32"});
  EXPECT_EQ(prove(own, peer, false, "10.3.255.255"), "vpn");
  EXPECT_EQ(prove(own, peer, false, "::ffff:10.2.0.1"), "vpn");
  EXPECT_EQ(prove(own, peer, false, "fd00:1:2::3"), "vpn");
  EXPECT_EQ(prove(own, peer, false, "10.1.0.1"), "refused");
  EXPECT_EQ(prove(own, peer, false, "10.4.0.0"), "refused");
  EXPECT_EQ(prove(own, peer, false, "fd00:2::1"), "refused");
  EXPECT_EQ(prove(own, peer, false, ""), "refused");
  EXPECT_EQ(prove(own, peer, false, "peer.example"), "refused");
  EXPECT_EQ(prove(own, channel(kVpn, {}), false, "10.2.0.1"), "refused") << "no network named";
  EXPECT_EQ(prove(own, channel(kPublic, {}), false, "203.0.113.9"), "public");
}

TEST(IpNetworkTest, RefusesWhatProvesNothing) {
  for (const char* good : {"10.0.0.0/8", "10.1.2.3/32", "192.168.4.0/22", "fd00::/32", "::1/128"})
    EXPECT_TRUE(IpNetwork::parse(good)) << good;
  for (const char* bad : {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/8x", "10.0.0.0/33",
                          "10.0.0.0/-8", "0.0.0.0/0", "10.0.0.0/7", "fd00::/31", "fd00::/129",
                          "10.0.0.1/8", "10.1/16", "::ffff:10.0.0.0/104", "host/8"})
    EXPECT_FALSE(IpNetwork::parse(bad)) << bad;
}

}  // namespace
}  // namespace xianjie::adapters
