// The links between neighbours, as a machine room would have them: frames are lost, doubled and
// delayed past each other, links are cut, a peer's death is noticed late. What a connection carried
// dies with it; over one connection frames keep their order unless a fault says otherwise.
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
    virtual void link_up(OfficeId neighbour, ChannelClass channel_class) = 0;
    virtual void link_down(OfficeId neighbour) = 0;
    virtual void frame(OfficeId from, const Bytes& bytes) = 0;
  };
  using Pair = std::pair<OfficeId, OfficeId>;  // lower first
  static Pair pair_of(OfficeId a, OfficeId b) { return a < b ? Pair{a, b} : Pair{b, a}; }

  Network(Timeline& timeline, Faults faults, std::uint64_t seed)
      : timeline_(timeline), faults_(faults), random_(seed) {}

  void add_link(OfficeId a, OfficeId b) { links_[pair_of(a, b)]; }
  void started(OfficeId office, Host& host);  // the process runs: its links connect
  void died(OfficeId office);
  void cut(const Pair& pair, Duration length);
  // From its next connection on, and at once a new connection.
  void set_class(const Pair& pair, ChannelClass channel_class);
  void send(OfficeId from, OfficeId to, Bytes bytes);
  void heal();  // every cut ends, nothing goes wrong any more

  [[nodiscard]] ChannelClass channel_class(OfficeId a, OfficeId b) const {
    return links_.at(pair_of(a, b)).klass;
  }
  [[nodiscard]] std::vector<Pair> pairs() const;
  [[nodiscard]] std::uint64_t frames() const { return frames_; }

 private:
  struct Direction {
    WallTime last_arrival;
  };
  struct Link {
    int cuts = 0;                  // that have not ended
    bool connected = false;
    std::uint64_t connection = 0;  // number of the newest
    ChannelClass klass = ChannelClass::kVpn;
    std::map<OfficeId, Direction> towards;
  };
  void connect(const Pair& pair, Duration wait);
  void disconnect(const Pair& pair);
  void deliver(const Pair& pair, std::uint64_t connection, OfficeId from, OfficeId to, Bytes bytes,
               Duration wait);
  void tell_down(OfficeId office, OfficeId about, std::uint64_t connection);

  Timeline& timeline_;
  Faults faults_;
  tests::SeededRandom random_;
  std::map<Pair, Link> links_;
  std::map<OfficeId, Host*> running_;
  std::uint64_t frames_ = 0;
};

}  // namespace xianjie::simulation
