#include "tests/simulation/network.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kConnectMax = seconds(20);     // a dialler's back-off
constexpr Duration kNoticeDeathMax = seconds(15);  // heartbeats
constexpr Duration kTravelMax = milliseconds(40);

}  // namespace

std::vector<Network::Pair> Network::pairs() const {
  std::vector<Pair> out;
  for (const auto& [pair, link] : links_) out.push_back(pair);
  return out;
}

void Network::started(OfficeId office, Host& host) {
  running_[office] = &host;
  for (const auto& [pair, link] : links_)
    if (pair.first == office || pair.second == office) connect(pair, up_to(random_, kConnectMax));
}

void Network::died(OfficeId office) {
  running_.erase(office);
  for (const auto& [pair, link] : links_)
    if (pair.first == office || pair.second == office) disconnect(pair);
}

void Network::connect(const Pair& pair, Duration wait) {
  timeline_.in(wait, [this, pair] {
    Link& link = links_.at(pair);
    const auto a = running_.find(pair.first), b = running_.find(pair.second);
    if (link.connected || link.cuts > 0 || a == running_.end() || b == running_.end()) return;
    link.connected = true;
    ++link.connection;
    link.towards.clear();
    a->second->link_up(pair.second, link.klass);
    b->second->link_up(pair.first, link.klass);
  });
}

void Network::disconnect(const Pair& pair) {
  Link& link = links_.at(pair);
  if (!link.connected) return;
  link.connected = false;
  tell_down(pair.first, pair.second, link.connection);
  tell_down(pair.second, pair.first, link.connection);
}

// Late, and not at all where a newer connection has come up meanwhile.
void Network::tell_down(OfficeId office, OfficeId about, std::uint64_t connection) {
  timeline_.in(up_to(random_, kNoticeDeathMax), [this, office, about, connection] {
    const auto host = running_.find(office);
    if (host == running_.end() || links_.at(pair_of(office, about)).connection != connection)
      return;
    host->second->link_down(about);
  });
}

void Network::cut(const Pair& pair, Duration length) {
  ++links_.at(pair).cuts;
  disconnect(pair);
  timeline_.in(length, [this, pair] {
    Link& link = links_.at(pair);
    if (link.cuts > 0 && --link.cuts == 0) connect(pair, up_to(random_, kConnectMax));
  });
}

void Network::set_class(const Pair& pair, ChannelClass channel_class) {
  Link& link = links_.at(pair);
  if (link.klass == channel_class) return;
  link.klass = channel_class;
  disconnect(pair);
  connect(pair, up_to(random_, kConnectMax));
}

void Network::heal() {
  faults_ = Faults{};
  for (auto& [pair, link] : links_) {
    link.cuts = 0;
    set_class(pair, ChannelClass::kVpn);
    connect(pair, up_to(random_, kConnectMax));
  }
}

void Network::send(OfficeId from, OfficeId to, Bytes bytes) {
  ++frames_;
  const Pair pair = pair_of(from, to);
  Link& link = links_.at(pair);
  if (!link.connected || chance(random_, faults_.loss)) return;
  Direction& direction = link.towards[to];
  const auto ordered = [&] {
    const WallTime arrival =
        std::max(direction.last_arrival, timeline_.now() + up_to(random_, kTravelMax));
    direction.last_arrival = arrival;
    return arrival - timeline_.now();
  };
  if (chance(random_, faults_.duplicate))
    deliver(pair, link.connection, from, to, bytes, up_to(random_, faults_.delay_max));
  const bool late = chance(random_, faults_.delay);
  deliver(pair, link.connection, from, to, std::move(bytes),
          late ? up_to(random_, faults_.delay_max) : ordered());
}

void Network::deliver(const Pair& pair, std::uint64_t connection, OfficeId from, OfficeId to,
                      Bytes bytes, Duration wait) {
  timeline_.in(wait, [this, pair, connection, from, to, frame = std::move(bytes)] {
    const Link& link = links_.at(pair);
    const auto host = running_.find(to);
    if (!link.connected || link.connection != connection || host == running_.end()) return;
    host->second->frame(from, frame);
  });
}

}  // namespace xianjie::simulation
