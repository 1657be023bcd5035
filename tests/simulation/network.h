// The links between neighbours, one or more lines a pair, as a machine room would have them: frames
// are lost, doubled and delayed past each other, links are cut, a peer's death is noticed late.
// What a connection carried dies with it; over one connection frames keep their order unless a
// fault says otherwise.
#pragma once

#include <map>
#include <set>

#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/vocabulary.h"
#include "tests/simulation/options.h"
#include "tests/simulation/timeline.h"

namespace xianjie::simulation {

class Network {
 public:
  // One office's end of all its links.
  class Host {
   public:
    virtual ~Host() = default;
    virtual void link_up(OfficeId neighbour, ChannelClass channel, ChannelClass worth) = 0;
    virtual void link_down(OfficeId neighbour, ChannelClass channel) = 0;
    virtual void frame(OfficeId from, ChannelClass channel, const Bytes& bytes) = 0;
    // As it knows the directory; the second: or was, until a change in force.
    [[nodiscard]] virtual bool is_neighbour(OfficeId other) const = 0;
    [[nodiscard]] virtual bool may_link(OfficeId other) const = 0;
  };
  using Pair = std::pair<OfficeId, OfficeId>;  // lower first
  static Pair pair_of(OfficeId a, OfficeId b) { return a < b ? Pair{a, b} : Pair{b, a}; }
  // One channel between two offices, cut and proved on its own.
  struct Line {
    Pair pair;
    ChannelClass channel = ChannelClass::kVpn;
    friend auto operator<=>(const Line&, const Line&) = default;
  };

  Network(Timeline& timeline, Faults faults, std::uint64_t seed)
      : timeline_(timeline), faults_(faults), random_(seed) {}

  void add_link(OfficeId a, OfficeId b, ChannelClass channel) {
    links_[{pair_of(a, b), channel}].klass = channel;
  }
  void started(OfficeId office, Host& host);  // the process runs: its links connect
  void died(OfficeId office);
  void directory_moved(OfficeId office);  // its links come and go with its neighbours
  void cut(const Line& line, Duration length);
  // From its next connection on, and at once a new connection.
  void set_class(const Line& line, ChannelClass channel_class);
  void send(OfficeId from, OfficeId to, ChannelClass channel, Bytes bytes);
  void reconnect(const Line& line);
  void heal();  // every cut ends, nothing goes wrong any more

  [[nodiscard]] std::vector<Line> lines() const;
  [[nodiscard]] std::vector<Line> connected(OfficeId office) const;
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  struct Direction {
    WallTime last_arrival;
  };
  struct Link {
    int cuts = 0;  // that have not ended
    bool connected = false;
    std::uint64_t connection = 0;  // number of the newest
    ChannelClass klass = ChannelClass::kVpn;
    std::map<OfficeId, Direction> towards;
  };
  void connect(const Line& line, Duration wait);
  void disconnect(const Line& line);
  void deliver(const Line& line, std::uint64_t connection, OfficeId from, OfficeId to, Bytes bytes,
               Duration wait);
  void tell_down(OfficeId office, OfficeId about, ChannelClass channel, std::uint64_t connection);

  Timeline& timeline_;
  Faults faults_;
  tests::SeededRandom random_;
  std::map<Line, Link> links_;
  std::map<OfficeId, Host*> running_;
  std::uint64_t frames_ = 0;
};

}  // namespace xianjie::simulation
