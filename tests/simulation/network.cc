#include "tests/simulation/network.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kConnectMax = seconds(20);      // a dialler's back-off
constexpr Duration kNoticeDeathMax = seconds(15);  // heartbeats
constexpr Duration kTravelMax = milliseconds(40);

}  // namespace

std::vector<Network::Line> Network::lines() const {
  std::vector<Line> out;
  for (const auto& [line, link] : links_) out.push_back(line);
  return out;
}

std::vector<Network::Line> Network::connected(OfficeId office) const {
  std::vector<Line> out;
  for (const auto& [line, link] : links_)
    if (link.connected && (line.pair.first == office || line.pair.second == office))
      out.push_back(line);
  return out;
}

void Network::reconnect(const Line& line) {
  disconnect(line);
  connect(line, up_to(random_, kConnectMax));
}

void Network::started(OfficeId office, Host& host) {
  running_[office] = &host;
  for (const auto& [line, link] : links_)
    if (line.pair.first == office || line.pair.second == office)
      connect(line, up_to(random_, kConnectMax));
}

void Network::died(OfficeId office) {
  running_.erase(office);
  for (const auto& [line, link] : links_)
    if (line.pair.first == office || line.pair.second == office) disconnect(line);
}

void Network::directory_moved(OfficeId office) {
  const Host& host = *running_.at(office);
  for (const auto& [line, link] : links_) {
    if (line.pair.first != office && line.pair.second != office) continue;
    const OfficeId other = line.pair.first == office ? line.pair.second : line.pair.first;
    if (!host.is_neighbour(other)) disconnect(line);
    if (!link.connected) connect(line, up_to(random_, kConnectMax));
  }
}

void Network::connect(const Line& line, Duration wait) {
  timeline_.in(wait, [this, line] {
    Link& link = links_.at(line);
    const auto a = running_.find(line.pair.first), b = running_.find(line.pair.second);
    if (link.connected || link.cuts > 0 || a == running_.end() || b == running_.end()) return;
    if (!a->second->may_link(line.pair.second) || !b->second->may_link(line.pair.first)) return;
    link.connected = true;
    ++link.connection;
    link.towards.clear();
    a->second->link_up(line.pair.second, line.channel, link.klass);
    b->second->link_up(line.pair.first, line.channel, link.klass);
  });
}

void Network::disconnect(const Line& line) {
  Link& link = links_.at(line);
  if (!link.connected) return;
  link.connected = false;
  tell_down(line.pair.first, line.pair.second, line.channel, link.connection);
  tell_down(line.pair.second, line.pair.first, line.channel, link.connection);
}

// Late, and not at all where a newer connection has come up meanwhile.
void Network::tell_down(OfficeId office, OfficeId about, ChannelClass channel,
                        std::uint64_t connection) {
  timeline_.in(up_to(random_, kNoticeDeathMax), [this, office, about, channel, connection] {
    const auto host = running_.find(office);
    if (host == running_.end() ||
        links_.at({pair_of(office, about), channel}).connection != connection)
      return;
    host->second->link_down(about, channel);
  });
}

void Network::cut(const Line& line, Duration length) {
  ++links_.at(line).cuts;
  disconnect(line);
  timeline_.in(length, [this, line] {
    Link& link = links_.at(line);
    if (link.cuts > 0 && --link.cuts == 0) connect(line, up_to(random_, kConnectMax));
  });
}

void Network::set_class(const Line& line, ChannelClass channel_class) {
  Link& link = links_.at(line);
  if (link.klass == channel_class) return;
  link.klass = channel_class;
  reconnect(line);
}

void Network::heal() {
  faults_ = Faults{};
  for (auto& [line, link] : links_) {
    link.cuts = 0;
    set_class(line, line.channel);
    connect(line, up_to(random_, kConnectMax));
  }
}

void Network::send(OfficeId from, OfficeId to, ChannelClass channel, Bytes bytes) {
  ++frames_;
  const Line line{pair_of(from, to), channel};
  Link& link = links_.at(line);
  if (!link.connected || chance(random_, faults_.loss)) return;
  Direction& direction = link.towards[to];
  const auto ordered = [&] {
    const WallTime arrival =
        std::max(direction.last_arrival, timeline_.now() + up_to(random_, kTravelMax));
    direction.last_arrival = arrival;
    return arrival - timeline_.now();
  };
  if (chance(random_, faults_.duplicate))
    deliver(line, link.connection, from, to, bytes, up_to(random_, faults_.delay_max));
  const bool late = chance(random_, faults_.delay);
  deliver(line, link.connection, from, to, std::move(bytes),
          late ? up_to(random_, faults_.delay_max) : ordered());
}

void Network::deliver(const Line& line, std::uint64_t connection, OfficeId from, OfficeId to,
                      Bytes bytes, Duration wait) {
  timeline_.in(wait, [this, line, connection, from, to, frame = std::move(bytes)] {
    const Link& link = links_.at(line);
    const auto host = running_.find(to);
    if (!link.connected || link.connection != connection || host == running_.end()) return;
    host->second->frame(from, line.channel, frame);
  });
}

}  // namespace xianjie::simulation
