// Links between real transports on loopback: frames both ways, restarts, floods, directory changes.
#include "adapters/zmq_transport.h"

#include <gtest/gtest.h>

#include "schemas/limits.h"
#include "zmq_support.h"

namespace xianjie::adapters::testing {
namespace {

class ZmqTransportTest : public ::testing::Test {
 protected:
  ZmqTransportOptions child_options(const std::string& endpoint) {
    return dialling(kChild, child_key, {called(kParent, parent_key, endpoint)});
  }
  TestKey parent_key = make_key(), child_key = make_key(), other_key = make_key();
};

TEST_F(ZmqTransportTest, FramesGoBothWays) {
  Side parent(listening(kParent, parent_key, {caller(kChild, child_key)}));
  Side child(child_options(parent->bound_endpoint()));
  Loop loop({&parent, &child});
  ASSERT_TRUE(loop.until([&] { return child.is_up(kParent); }));
  EXPECT_FALSE(parent->send(kChild, frame_of(1, 1))) << "nobody has spoken yet";

  const Bytes up = frame_of(kFrameBytesMax, 7), down = frame_of(kFrameBytesMax, 9);
  ASSERT_TRUE(child->send(kParent, up));
  ASSERT_TRUE(loop.until([&] { return parent.frames(kChild).size() == 1; }));
  ASSERT_TRUE(parent->send(kChild, down));
  ASSERT_TRUE(loop.until([&] { return child.frames(kParent).size() == 1; }));
  EXPECT_EQ(parent.frames(kChild)[0], up);
  EXPECT_EQ(child.frames(kParent)[0], down);
  EXPECT_EQ(parent.log(kChild), (std::vector<std::string>{"up vpn", "frame"}));
  EXPECT_EQ(child.log(kParent), (std::vector<std::string>{"up vpn", "frame"}));
  EXPECT_TRUE(parent->notes().take().empty()) << "the probe at start leaves no note";
}

TEST_F(ZmqTransportTest, OversizeAndEmptyFramesAreNotSent) {
  Side parent(listening(kParent, parent_key, {caller(kChild, child_key)}));
  Side child(child_options(parent->bound_endpoint()));
  Loop loop({&parent, &child});
  ASSERT_TRUE(loop.until([&] { return child.is_up(kParent); }));
  EXPECT_FALSE(child->send(kParent, frame_of(kFrameBytesMax + 1, 1)));
  EXPECT_FALSE(child->send(kParent, {}));
  EXPECT_FALSE(child->send(kOther, frame_of(1, 1))) << "no neighbour";
}

TEST_F(ZmqTransportTest, DiallerComesBackAfterTheListenerRestarts) {
  auto parent = std::make_unique<Side>(listening(kParent, parent_key, {caller(kChild, child_key)}));
  const std::string endpoint = (*parent)->bound_endpoint();
  Side child(child_options(endpoint));
  {
    Loop loop({parent.get(), &child});
    ASSERT_TRUE(loop.until([&] { return child.is_up(kParent); }));
  }
  parent.reset();
  {
    Loop loop({&child});
    ASSERT_TRUE(loop.until([&] { return !child.is_up(kParent); }));
    EXPECT_FALSE(child->send(kParent, frame_of(8, 1))) << "not into the memory of a dead link";
  }
  parent =
      std::make_unique<Side>(listening(kParent, parent_key, {caller(kChild, child_key)}, endpoint));
  Loop loop({parent.get(), &child});
  ASSERT_TRUE(loop.until([&] { return child.is_up(kParent); }));
  ASSERT_TRUE(child->send(kParent, frame_of(8, 2)));
  ASSERT_TRUE(loop.until([&] { return parent->frames(kChild).size() == 1; }));
  EXPECT_EQ(parent->frames(kChild)[0], frame_of(8, 2));
}

TEST_F(ZmqTransportTest, ListenerSeesADiallerGoAndComeBack) {
  Side parent(listening(kParent, parent_key, {caller(kChild, child_key)}));
  for (std::size_t round = 1; round <= 3; ++round) {
    auto child = std::make_unique<Side>(child_options(parent->bound_endpoint()));
    Loop both({&parent, child.get()});
    ASSERT_TRUE(both.until([&] { return child->is_up(kParent); }));
    ASSERT_TRUE((*child)->send(kParent, frame_of(8, 1)));
    ASSERT_TRUE(both.until([&] { return parent.frames(kChild).size() == round; }));
    ASSERT_TRUE(parent->send(kChild, frame_of(8, 2)));
    ASSERT_TRUE(both.until([&] { return child->frames(kParent).size() == 1; }));
    child.reset();
    Loop alone({&parent});
    ASSERT_TRUE(alone.until([&] { return !parent.is_up(kChild); }));
    EXPECT_FALSE(parent->send(kChild, frame_of(8, 3)));
  }
  EXPECT_EQ(parent.count(kChild, "up vpn"), 3U);
  EXPECT_EQ(parent.count(kChild, "down"), 3U);
}

TEST_F(ZmqTransportTest, OfTwoConnectionsTheEarlierStaysUntilTheOtherIsPreferred) {
  Side parent(listening(kParent, parent_key, {caller(kChild, child_key)}));
  Side first(child_options(parent->bound_endpoint()));
  auto second = std::make_unique<Side>(child_options(parent->bound_endpoint()));
  Loop loop({&parent, &first, second.get()});
  ASSERT_TRUE(loop.until([&] { return first.is_up(kParent) && second->is_up(kParent); }));
  ASSERT_TRUE(first->send(kParent, frame_of(4, 1)));
  ASSERT_TRUE(loop.until([&] { return parent.frames(kChild).size() == 1; }));
  ASSERT_TRUE((*second)->send(kParent, frame_of(4, 2)));
  ASSERT_TRUE(loop.until([&] { return parent.frames(kChild).size() == 2; }));
  EXPECT_EQ(parent.log(kChild), (std::vector<std::string>{"up vpn", "frame", "frame"}));
  EXPECT_EQ(parent.connections(kChild).at(0), 0U);
  const std::uint64_t beside = parent.connections(kChild).at(1);
  ASSERT_NE(beside, 0U);

  ASSERT_TRUE(parent->send(kChild, frame_of(4, 3)));  // to the link, and to the other by its number
  ASSERT_TRUE(parent->send(kChild, frame_of(4, 4), beside));
  EXPECT_FALSE(parent->send(kChild, frame_of(4, 5), beside + 7));
  ASSERT_TRUE(loop.until(
      [&] { return first.frames(kParent).size() == 1 && second->frames(kParent).size() == 1; }));
  EXPECT_EQ(first.frames(kParent)[0], frame_of(4, 3));
  EXPECT_EQ(second->frames(kParent)[0], frame_of(4, 4));

  parent->prefer(kChild, beside);
  ASSERT_TRUE(first->send(kParent, frame_of(4, 6)));
  ASSERT_TRUE(loop.until([&] { return parent.frames(kChild).size() == 3; }));
  EXPECT_EQ(parent.log(kChild),
            (std::vector<std::string>{"up vpn", "frame", "frame", "down", "up vpn", "frame"}));
  EXPECT_NE(parent.connections(kChild).at(2), 0U) << "now the first is the other one";

  second.reset();  // what is left is the link at once
  Loop rest({&parent, &first});
  ASSERT_TRUE(rest.until([&] { return parent.log(kChild).size() == 8; }));
  EXPECT_TRUE(parent.is_up(kChild));
  ASSERT_TRUE(parent->send(kChild, frame_of(4, 7)));
  ASSERT_TRUE(rest.until([&] { return first.frames(kParent).size() == 2; }));
}

TEST_F(ZmqTransportTest, AFloodIsRefusedWhereItHasNoRoomAndNothingTakenIsLost) {
  Side parent(listening(kParent, parent_key, {caller(kChild, child_key)}));
  Side child(child_options(parent->bound_endpoint()));
  Loop loop({&parent, &child});
  ASSERT_TRUE(loop.until([&] { return child.is_up(kParent); }));
  ASSERT_TRUE(child->send(kParent, frame_of(8, 1)));
  ASSERT_TRUE(loop.until([&] { return parent.is_up(kChild); }));

  const auto flood = [](ZmqTransport& from, OfficeId to) {
    std::size_t taken = 0;
    while (taken < 5000 && from.send(to, frame_of(256 * 1024, 3))) ++taken;
    return taken;
  };
  const std::size_t up = flood(*child, kParent), down = flood(*parent, kChild);
  EXPECT_GT(up, 8U);
  EXPECT_LT(up, 5000U) << "a stalled peer must be felt";
  EXPECT_GT(down, 8U);
  EXPECT_LT(down, 5000U);
  ASSERT_TRUE(loop.until([&] {
    return parent.frames(kChild).size() == up + 1 && child.frames(kParent).size() == down;
  }));
  EXPECT_TRUE(child->send(kParent, frame_of(8, 4))) << "room again";
  EXPECT_TRUE(parent->send(kChild, frame_of(8, 4)));
}

TEST_F(ZmqTransportTest, ASilentLinkIsDialledAnew) {
  Side parent(listening(kParent, parent_key, {caller(kChild, child_key)}));
  auto options = child_options(parent->bound_endpoint());
  options.timings.silence_max = milliseconds(200);
  Side child(options);
  Loop loop({&parent, &child});
  ASSERT_TRUE(loop.until([&] { return child.count(kParent, "up vpn") >= 3; }));
  EXPECT_GE(child->notes().total("silent"), 2U);
}

TEST_F(ZmqTransportTest, ARevokedKeyCutsItsLiveLink) {
  Side parent(
      listening(kParent, parent_key, {caller(kChild, child_key), caller(kOther, other_key)}));
  Side child(child_options(parent->bound_endpoint()));
  Side other(dialling(kOther, other_key, {called(kParent, parent_key, parent->bound_endpoint())}));
  Loop loop({&parent, &child, &other});
  ASSERT_TRUE(loop.until([&] { return child.is_up(kParent) && other.is_up(kParent); }));
  ASSERT_TRUE(child->send(kParent, frame_of(4, 1)));
  ASSERT_TRUE(other->send(kParent, frame_of(4, 1)));
  ASSERT_TRUE(loop.until([&] { return parent.is_up(kChild) && parent.is_up(kOther); }));

  PeerOptions revoked = caller(kChild, make_key());
  revoked.revoked_keys = {child_key.public_key};
  ASSERT_TRUE(parent->set_peers(loopback_channel(), {revoked, caller(kOther, other_key)}, true));
  ASSERT_TRUE(loop.until([&] { return !parent.is_up(kChild); }));
  EXPECT_FALSE(parent->send(kChild, frame_of(4, 2)));
  ASSERT_TRUE(child->send(kParent, frame_of(4, 3))) << "its connection still stands";
  ASSERT_TRUE(loop.until([&] { return parent->notes().total("frame_unknown_key") == 1; }));
  EXPECT_EQ(parent.frames(kChild).size(), 1U);
  EXPECT_EQ(parent.count(kOther, "down"), 0U) << "others are left alone";
}

TEST_F(ZmqTransportTest, ADirectoryChangeMovesADialledLink) {
  Side old_parent(listening(kParent, parent_key, {caller(kChild, child_key)}));
  Side new_parent(listening(kParent, other_key, {caller(kChild, child_key)}));
  Side child(child_options(old_parent->bound_endpoint()));
  Loop loop({&old_parent, &new_parent, &child});
  ASSERT_TRUE(loop.until([&] { return child.is_up(kParent); }));
  ASSERT_TRUE(child->set_peers(loopback_channel(),
                               {called(kParent, parent_key, old_parent->bound_endpoint())}, true));
  EXPECT_EQ(child.count(kParent, "down"), 0U) << "nothing changed";

  // The old key is still listed as valid beside the new one: both are tried.
  PeerOptions moved = called(kParent, other_key, new_parent->bound_endpoint());
  moved.link_keys.push_back(parent_key.public_key);
  ASSERT_TRUE(child->set_peers(loopback_channel(), {moved}, true));
  ASSERT_TRUE(loop.until([&] { return child.count(kParent, "up vpn") == 2; }));
  ASSERT_TRUE(child->send(kParent, frame_of(4, 1)));
  ASSERT_TRUE(loop.until([&] { return new_parent.frames(kChild).size() == 1; }));
  EXPECT_EQ(child.count(kParent, "down"), 1U);
}

TEST_F(ZmqTransportTest, AnIdleTransportSleeps) {
  Side parent(listening(kParent, parent_key, {caller(kChild, child_key)}));
  Side child(child_options(parent->bound_endpoint()));
  Loop loop({&parent, &child});
  ASSERT_TRUE(loop.until([&] { return child.is_up(kParent); }));
  Poller poller;
  poller.add(parent);
  poller.add(child);
  int wakes = 0;
  for (const Instant end = steady_now() + milliseconds(500); steady_now() < end; ++wakes) {
    poller.wait(end - steady_now());
    parent.pump();
    child.pump();
  }
  EXPECT_LE(wakes, 5);
}

}  // namespace
}  // namespace xianjie::adapters::testing
