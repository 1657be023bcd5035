// What the parts of one simulated run share.
#pragma once

#include <map>
#include <memory>

#include "tests/simulation/network.h"
#include "tests/simulation/options.h"
#include "tests/simulation/timeline.h"
#include "tests/support/nation_fixture.h"

namespace xianjie::simulation {

class Clone;
class Courier;
class HoldersRoom;
class KeyChanges;
class SimOffice;
class Watcher;

// A notice that an origin's application hands in.
struct Notice {
  std::uint32_t number = 0;  // from 1, over the whole country
  OfficeId origin, destination;
  Kind kind = Kind::kNone;
  bool unlinked = false;    // what the township of `truth` will find
  bool duplicate = false;   // the same person as the row before it: to be refused
  OfficeId truth;           // the township where the person belongs; not set: nowhere
  bool code_known = false;  // whoever returns the person knows that township's code
};

// Something that one office asks of another.
struct Request {
  std::uint32_t number = 0;  // from 1, over the whole country
  Kind kind = Kind::kNone;
  OfficeId from, to;
  OfficeId handler;  // `to`, or whom it passes the request on to
  WallTime when;
  bool answered = true;  // else nobody there ever does
  bool answered_twice = false;
};

struct World {
  World(const SimOptions& chosen, tests::Snapshot directory, Faults drawn, WallTime start)
      : options(chosen),
        snapshot(std::move(directory)),
        faults(drawn),
        timeline(start),
        network(timeline, drawn, chosen.seed ^ 0x6e6574) {}

  SimOptions options;
  tests::Snapshot snapshot;
  Faults faults;
  bool faulty = true;  // until the healing
  Timeline timeline;
  Network network;
  std::map<std::uint32_t, Notice> notices;
  std::map<std::uint32_t, Request> requests;
  std::map<OfficeId, std::unique_ptr<SimOffice>> offices;
  std::map<OfficeId, Clone*> clones;  // that run now
  Watcher* watcher = nullptr;
  Courier* courier = nullptr;
  HoldersRoom* holders = nullptr;
  KeyChanges* keys = nullptr;
  std::uint64_t digest = 0;  // of every turn and everything sent: equal for equal seeds
  std::uint64_t turns = 0;
  std::uint64_t clones_refused = 0;  // once a neighbour that refused one
};

[[noreturn]] void violated(const World& world, OfficeId office, const std::string& what);

// For what may not fail here: the value, or a violation with the error's text.
template <class T>
T must(const World& world, OfficeId office, Result<T> result) {
  if (!result) violated(world, office, result.error().text);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace xianjie::simulation
