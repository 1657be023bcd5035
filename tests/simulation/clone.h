// A second machine with an office's keys and a copy of its store, somewhere beside the first: it
// reaches a neighbour where the first one does, and says hello. It is refused, and nothing but
// hellos is ever exchanged with it. Where the first is silent for so long that the second would be
// taken in its place, somebody stops it.
#pragma once

#include "broker/broker.h"
#include "tests/simulation/world.h"
#include "tests/support/memory_store.h"

namespace xianjie::simulation {

class Clone {
 public:
  // Runs at once, until then.
  Clone(World& world, SimOffice& first, std::uint64_t seed, WallTime until);

  // What a neighbour of the first one says to this one.
  void answered(OfficeId neighbour, ChannelClass channel, const Bytes& bytes);
  // A neighbour would go on with this one.
  void stop() { stopped_ = true; }

 private:
  void say_hello();
  void step(std::vector<broker::Event> events);

  World& world_;
  SimOffice& first_;
  WallTime until_;
  std::uint64_t connection_;  // by which neighbours tell it from the first one
  tests::MemoryStore store_;
  tests::Snapshot snapshot_;
  broker::StatementCache cache_;
  std::unique_ptr<broker::Broker> broker_;
  bool stopped_ = false;
};

}  // namespace xianjie::simulation
