#include "zmq_support.h"

#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <utility>

namespace xianjie::adapters::testing {
namespace {

using What = broker::Arrival::What;

constexpr Duration kPatience = seconds(20);

template <class T>
T must(Result<T> result) {
  if (!result) ADD_FAILURE() << result.error().text;
  return std::move(*result);
}

}  // namespace

TestKey make_key() {
  std::array<char, 41> public_text{}, secret_text{};
  EXPECT_EQ(zmq_curve_keypair(public_text.data(), secret_text.data()), 0);
  TestKey key;
  zmq_z85_decode(key.public_key.data(), public_text.data());
  zmq_z85_decode(key.secret.data(), secret_text.data());
  return key;
}

OfficeId office(std::string_view text) {
  return OfficeId::parse(text).value();
}

Channel loopback_channel() {
  Channel channel;
  channel.klass = ChannelClass::kVpn;
  channel.networks = {"127.0.0.0/8"};
  return channel;
}

LinkTimings quick_timings() {
  LinkTimings timings;
  timings.reconnect_min = milliseconds(20);
  timings.reconnect_max = milliseconds(100);
  timings.handshake = milliseconds(1000);
  return timings;
}

Bytes frame_of(std::size_t size, std::uint8_t fill) {
  return Bytes(size, fill);
}

PeerOptions caller(OfficeId id, const TestKey& key) {
  return called(id, key, "");
}

PeerOptions called(OfficeId id, const TestKey& key, const std::string& endpoint) {
  return {.office = id,
          .link_keys = {key.public_key},
          .revoked_keys = {},
          .endpoint = endpoint,
          .channel = loopback_channel()};
}

ZmqTransportOptions listening(OfficeId self, const TestKey& key, std::vector<PeerOptions> peers,
                              const std::string& endpoint) {
  ZmqTransportOptions options;
  options.self = self;
  options.link_public = key.public_key;
  options.link_secret = key.secret;
  options.bind_endpoint = endpoint;
  options.channel = loopback_channel();
  options.peers = std::move(peers);
  options.rehearsal = true;
  options.timings = quick_timings();
  return options;
}

ZmqTransportOptions dialling(OfficeId self, const TestKey& key, std::vector<PeerOptions> peers) {
  return listening(self, key, std::move(peers), "");
}

Side::Side(const ZmqTransportOptions& options) : transport_(must(ZmqTransport::open(options))) {}

void Side::pump() {
  for (auto& arrival : transport_->poll(64)) arrivals_.push_back(std::move(arrival));
}

void Side::add_poll_items(std::vector<PollItem>& items) const {
  transport_->add_poll_items(items);
}
Duration Side::due_in() const {
  return transport_->due_in();
}

std::vector<std::string> Side::log(OfficeId neighbour) const {
  std::vector<std::string> out;
  for (const auto& arrival : arrivals_) {
    if (arrival.neighbour != neighbour) continue;
    if (arrival.what == What::kUp)
      out.push_back("up " + std::string(to_word(arrival.channel_class)));
    else
      out.push_back(arrival.what == What::kDown ? "down" : "frame");
  }
  return out;
}

std::size_t Side::count(OfficeId neighbour, std::string_view entry) const {
  const auto entries = log(neighbour);
  return static_cast<std::size_t>(std::ranges::count(entries, entry));
}

std::vector<Bytes> Side::frames(OfficeId neighbour) const {
  std::vector<Bytes> out;
  for (const auto& arrival : arrivals_)
    if (arrival.neighbour == neighbour && arrival.what == What::kFrame)
      out.push_back(arrival.frame);
  return out;
}

std::vector<std::uint64_t> Side::connections(OfficeId neighbour) const {
  std::vector<std::uint64_t> out;
  for (const auto& arrival : arrivals_)
    if (arrival.neighbour == neighbour && arrival.what == What::kFrame)
      out.push_back(arrival.connection);
  return out;
}

bool Side::is_up(OfficeId neighbour) const {
  bool up = false;
  for (const auto& arrival : arrivals_)
    if (arrival.neighbour == neighbour && arrival.what != What::kFrame)
      up = arrival.what == What::kUp;
  return up;
}

RawPeer::RawPeer(const TestKey& key, const PublicKey& server_key, const std::string& endpoint,
                 std::string_view own_routing_id)
    : context_(must(ZmqContext::make())) {
  LinkIdentity identity;
  identity.public_key = key.public_key;
  std::ranges::copy(key.secret, identity.secret.span().begin());
  dealer_.emplace(must(ZmqSocket::make(context_, ZmqSocket::Type::kDealer)));
  EXPECT_TRUE(dealer_->set({ZMQ_HANDSHAKE_IVL, 1000, "HANDSHAKE_IVL"}));
  EXPECT_TRUE(guard_dialling_socket(*dealer_, identity, server_key));
  if (!own_routing_id.empty()) {
    EXPECT_TRUE(dealer_->set_bytes(ZMQ_ROUTING_ID, as_bytes(own_routing_id), "ROUTING_ID"));
  }
  monitor_.emplace(must(ZmqMonitor::watch(context_, *dealer_)));
  EXPECT_TRUE(dealer_->connect(endpoint));
}

void RawPeer::pump() {
  while (const auto report = monitor_->next()) {
    if (report->event == LinkEvent::kHandshakeDone) shaken = true;
    if (report->event == LinkEvent::kEnded) ended = true;
    if (report->event == LinkEvent::kAuthFailed) auth_status = report->value;
  }
  while (auto part = dealer_->receive()) received.push_back(std::move(part->data));
}

void RawPeer::add_poll_items(std::vector<PollItem>& items) const {
  items.push_back({dealer_->handle(), -1});
  items.push_back({monitor_->handle(), -1});
}

bool RawPeer::send(const std::vector<Bytes>& parts) {
  for (std::size_t at = 0; at < parts.size(); ++at)
    if (dealer_->send(parts[at], at + 1 < parts.size()) != ZmqSocket::Sent::kYes) return false;
  return true;
}

Loop::Loop(std::vector<Member*> members) : members_(std::move(members)) {
  for (const Member* member : members_) poller_.add(*member);
}

bool Loop::until(const std::function<bool()>& condition) {
  const Instant deadline = steady_now() + kPatience;
  while (true) {
    for (Member* member : members_) member->pump();
    if (condition()) return true;
    const Instant now = steady_now();
    if (now >= deadline) return false;
    poller_.wait(deadline - now);
  }
}

}  // namespace xianjie::adapters::testing
