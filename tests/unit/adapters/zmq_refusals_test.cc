// What must not get through a link: strangers, revoked keys, wrong offices, misshapen messages,
// crowds.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "adapters/zap.h"
#include "schemas/limits.h"
#include "zmq_support.h"

namespace xianjie::adapters::testing {
namespace {

class ZmqRefusalsTest : public ::testing::Test {
 protected:
  ZmqTransportOptions parent_options() {
    return listening(kParent, parent_key, {caller(kChild, child_key), caller(kOther, other_key)});
  }
  ZmqTransportOptions child_options(Side& parent) {
    return dialling(kChild, child_key, {called(kParent, parent_key, parent->bound_endpoint())});
  }
  // That the right neighbour still gets through after whatever happened.
  void expect_serves_child(Side& parent) {
    const std::size_t before = parent.frames(kChild).size();
    Side child(child_options(parent));
    Loop loop({&parent, &child});
    ASSERT_TRUE(loop.until([&] { return child.is_up(kParent); }));
    ASSERT_TRUE(child->send(kParent, frame_of(8, 1)));
    ASSERT_TRUE(loop.until([&] { return parent.frames(kChild).size() == before + 1; }));
    ASSERT_TRUE(parent->send(kChild, frame_of(8, 2)));
    ASSERT_TRUE(loop.until([&] { return child.frames(kParent).size() == 1; }));
  }
  TestKey parent_key = make_key(), child_key = make_key(), other_key = make_key();
};

TEST_F(ZmqRefusalsTest, AStrangersKeyIsRefusedAndMayTryAgain) {
  Side parent(parent_options());
  RawPeer stranger(make_key(), parent_key.public_key, parent->bound_endpoint());
  Loop loop({&parent, &stranger});
  ASSERT_TRUE(loop.until([&] { return parent->notes().total("zap_unknown_key") >= 2; }))
      << "300: the library tries again by itself";
  EXPECT_FALSE(stranger.shaken);
  EXPECT_GE(parent->notes().total("handshake_auth"), 1U) << "the monitor's 0x4000";
  const auto notes = parent->notes().take();
  EXPECT_TRUE(std::ranges::any_of(notes, [](const LinkNote& note) {
    return note.what == "zap_unknown_key" && note.subject == "127.0.0.1" && note.count >= 2;
  }));
  expect_serves_child(parent);
}

TEST_F(ZmqRefusalsTest, ARevokedKeyIsToldSo) {
  ZmqTransportOptions options = parent_options();
  const TestKey old_key = make_key();
  options.peers[0].revoked_keys = {old_key.public_key};
  Side parent(options);
  RawPeer revoked(old_key, parent_key.public_key, parent->bound_endpoint());
  Loop loop({&parent, &revoked});
  ASSERT_TRUE(loop.until([&] { return revoked.auth_status == 400; }));
  EXPECT_FALSE(revoked.shaken);
  expect_serves_child(parent);
}

TEST_F(ZmqRefusalsTest, AnOfficeThatWeDialMayNotDialUs) {
  Side parent(
      listening(kParent, parent_key,
                {caller(kChild, child_key), called(kOther, other_key, "tcp://127.0.0.1:9")}));
  RawPeer wrong_way(other_key, parent_key.public_key, parent->bound_endpoint());
  Loop loop({&parent, &wrong_way});
  ASSERT_TRUE(loop.until([&] { return parent->notes().total("zap_unknown_key") >= 1; }));
  EXPECT_FALSE(wrong_way.shaken);
}

TEST_F(ZmqRefusalsTest, AListenerWithAnotherKeyIsNotBelieved) {
  Side impostor(listening(kParent, other_key, {caller(kChild, child_key)}));
  Side child(child_options(impostor));
  Loop loop({&impostor, &child});
  ASSERT_TRUE(loop.until([&] { return impostor->notes().total("handshake_protocol") >= 2; }));
  EXPECT_TRUE(child.log(kParent).empty());
}

TEST_F(ZmqRefusalsTest, AnImpostorSpeaksOnlyAsTheOfficeOfItsKey) {
  Side parent(parent_options());
  Side child(child_options(parent));
  RawPeer other(other_key, parent_key.public_key, parent->bound_endpoint());
  Loop loop({&parent, &child, &other});
  ASSERT_TRUE(loop.until([&] { return child.is_up(kParent) && other.shaken; }));
  ASSERT_TRUE(child->send(kParent, frame_of(8, 1)));
  ASSERT_TRUE(loop.until([&] { return parent.frames(kChild).size() == 1; }));
  ASSERT_TRUE(other.send({frame_of(8, 2)}));
  ASSERT_TRUE(loop.until([&] { return parent.frames(kOther).size() == 1; }));
  EXPECT_EQ(parent.frames(kChild).size(), 1U);
  EXPECT_EQ(parent.count(kChild, "down"), 0U);
  ASSERT_TRUE(parent->send(kChild, frame_of(8, 3)));
  ASSERT_TRUE(loop.until([&] { return child.frames(kParent).size() == 1; }));
  EXPECT_TRUE(other.received.empty());
}

TEST_F(ZmqRefusalsTest, ARoutingIdOfOnesOwnIsRefused) {
  Side parent(parent_options());
  RawPeer peer(child_key, parent_key.public_key, parent->bound_endpoint(), "here I am");
  Loop loop({&parent, &peer});
  ASSERT_TRUE(loop.until([&] { return peer.shaken && peer.send({frame_of(8, 1)}); }));
  ASSERT_TRUE(loop.until([&] { return parent->notes().total("own_routing_id") == 1; }));
  EXPECT_TRUE(parent.log(kChild).empty());
  expect_serves_child(parent);
}

TEST_F(ZmqRefusalsTest, MessagesOfSeveralPartsOrNoneAreDropped) {
  Side parent(parent_options());
  RawPeer peer(child_key, parent_key.public_key, parent->bound_endpoint());
  Loop loop({&parent, &peer});
  ASSERT_TRUE(loop.until([&] { return peer.shaken; }));
  ASSERT_TRUE(peer.send({frame_of(8, 1), frame_of(8, 2)}));
  ASSERT_TRUE(peer.send(std::vector<Bytes>(300, frame_of(1, 3))));
  ASSERT_TRUE(peer.send({Bytes{}}));
  ASSERT_TRUE(peer.send({frame_of(8, 4)}));
  ASSERT_TRUE(loop.until([&] { return parent.frames(kChild).size() == 1; }));
  EXPECT_EQ(parent.frames(kChild)[0], frame_of(8, 4));
  EXPECT_EQ(parent->notes().total("several_parts"), 2U);
  EXPECT_EQ(parent->notes().total("frame_size"), 1U);
}

TEST_F(ZmqRefusalsTest, AnOversizeFrameIsDropped) {
  Side parent(parent_options());
  RawPeer peer(child_key, parent_key.public_key, parent->bound_endpoint());
  Loop loop({&parent, &peer});
  ASSERT_TRUE(loop.until([&] { return peer.shaken; }));
  // Within the library's limit, which must leave room for CURVE's overhead: counted here.
  ASSERT_TRUE(peer.send({frame_of(kFrameBytesMax + 1, 1)}));
  ASSERT_TRUE(loop.until([&] { return parent->notes().total("frame_size") == 1; }));
  // Above it: the library ends the connection before it takes the memory.
  ASSERT_TRUE(peer.send({frame_of(8 * kFrameBytesMax, 1)}));
  ASSERT_TRUE(loop.until([&] { return peer.ended; }));
  EXPECT_TRUE(parent.frames(kChild).empty());
  expect_serves_child(parent);
}

TEST_F(ZmqRefusalsTest, APeerOutsideItsNetworksIsNotHeard) {
  ZmqTransportOptions options = parent_options();
  options.peers[0].channel.networks = {"10.1.0.0/16"};
  Side parent(options);
  RawPeer peer(child_key, parent_key.public_key, parent->bound_endpoint());
  Loop loop({&parent, &peer});
  ASSERT_TRUE(loop.until([&] { return peer.shaken && peer.send({frame_of(8, 1)}); }));
  ASSERT_TRUE(loop.until([&] { return parent->notes().total("peer_address") == 1; }));
  EXPECT_TRUE(parent.log(kChild).empty());
  EXPECT_FALSE(parent->send(kChild, frame_of(8, 2)));
}

TEST_F(ZmqRefusalsTest, AListenerOutsideItsNetworksIsLeft) {
  Side parent(parent_options());
  PeerOptions moved = called(kParent, parent_key, parent->bound_endpoint());
  moved.channel.networks = {"10.1.0.0/16"};
  Side child(dialling(kChild, child_key, {moved}));
  Loop loop({&parent, &child});
  ASSERT_TRUE(loop.until([&] { return child->notes().total("peer_address") >= 2; }));
  EXPECT_TRUE(child.log(kParent).empty());
}

int silent_connection(const std::string& endpoint) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
  EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return fd;
}

TEST_F(ZmqRefusalsTest, ACrowdOfSilentConnectionsIsThinnedOut) {
  ZmqTransportOptions options = parent_options();
  options.timings.handshake = seconds(60);  // longer than the test: only the cap can end them
  Side parent(options);
  std::vector<int> crowd;
  for (int n = 0; n < 150; ++n) crowd.push_back(silent_connection(parent->bound_endpoint()));
  Loop loop({&parent});
  const auto ended = [&] {
    std::vector<pollfd> items;
    for (const int fd : crowd) items.push_back({fd, POLLRDHUP, 0});
    return ::poll(items.data(), items.size(), 0);
  };
  EXPECT_TRUE(loop.until([&] { return ended() >= 80; }));
  EXPECT_LE(ended(), 100) << "those below the cap keep their time for a handshake";
  EXPECT_GE(parent->notes().total("too_many_connections"), 80U);
  for (const int fd : crowd) ::close(fd);
  expect_serves_child(parent);
}

TEST_F(ZmqRefusalsTest, AWrongSetUpIsRefusedWithItsReason) {
  const auto text_of = [](const ZmqTransportOptions& options) {
    const auto opened = ZmqTransport::open(options);
    return opened ? std::string("opened") : opened.error().text;
  };
  ZmqTransportOptions options = parent_options();
  EXPECT_EQ(text_of(options), "opened");

  options.peers[1].channel.networks = {"0.0.0.0/0"};
  EXPECT_NE(text_of(options).find("township:610802002"), std::string::npos);
  EXPECT_NE(text_of(options).find("too wide"), std::string::npos);

  options = parent_options();
  options.peers[1].link_keys = options.peers[0].link_keys;
  EXPECT_NE(text_of(options).find("another office's"), std::string::npos);

  options = parent_options();
  options.peers[0].endpoint = "ipc:///tmp/x";
  EXPECT_NE(text_of(options).find("tcp://"), std::string::npos);

  options = parent_options();
  options.link_secret = options.link_secret.first(31);
  EXPECT_NE(text_of(options).find("link key"), std::string::npos);

  Side taken(parent_options());
  options = parent_options();
  options.bind_endpoint = taken->bound_endpoint();
  EXPECT_NE(text_of(options).find("Address already in use"), std::string::npos);

  options = parent_options();
  options.channel.interface = "no-such-device";
  EXPECT_NE(text_of(options).find("cannot listen"), std::string::npos);
}

TEST_F(ZmqRefusalsTest, OneZapHandlerAContext) {
  auto context = ZmqContext::make();
  ASSERT_TRUE(context);
  LinkNotes notes;
  const auto table = std::make_shared<const ZapTable>();
  const auto first = ZapHandler::start(*context, table, notes);
  ASSERT_TRUE(first);
  EXPECT_FALSE(ZapHandler::start(*context, table, notes));
}

// Without a ZAP handler a socket with option 93 refuses everybody, and the proof at start, which
// wants to see a refusal by ZAP, says so instead of listening.
TEST_F(ZmqRefusalsTest, NoProofWithoutAZapHandler) {
  auto context = ZmqContext::make();
  ASSERT_TRUE(context);
  LinkIdentity identity;
  identity.public_key = parent_key.public_key;
  std::ranges::copy(parent_key.secret, identity.secret.span().begin());
  LinkTimings timings = quick_timings();
  timings.handshake = milliseconds(300);
  const auto proof = prove_refusal(*context, identity, timings);
  ASSERT_FALSE(proof);
  EXPECT_NE(proof.error().text.find("could not prove"), std::string::npos)
      << "nobody may be let in: " << proof.error().text;
  LinkNotes notes;
  const auto zap = ZapHandler::start(*context, std::make_shared<const ZapTable>(), notes);
  ASSERT_TRUE(zap);
  EXPECT_TRUE(prove_refusal(*context, identity, timings));
}

}  // namespace
}  // namespace xianjie::adapters::testing
