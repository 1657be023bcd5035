// What goes wrong in one run of the simulated nation, as one struct drawn from the seed. Some runs
// know no loss, others no crash: faults that mask each other are also met alone.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "schemas/limits.h"
#include "schemas/time.h"
#include "tests/support/seeded_random.h"

namespace xianjie::simulation {

struct Faults {
  double loss = 0, duplicate = 0;  // of frames
  double delay = 0;                // share of frames that come late and out of order
  Duration delay_max;              // such a frame's
  int cuts = 0;                    // links cut, each up to cut_max
  Duration cut_max;
  int crashes = 0;  // at any moment; down up to down_max
  Duration down_max;
  double crash_before_effects = 0;  // of turns: committed, but nobody hears of it
  double commit_fails = 0;          // of turns: applied or not, nobody knows
  int disks_lost = 0;               // relays and destinations, whole
  int public_links = 0;             // links that come up over a public network for a while
  int untrusted_clocks = 0;
  int restores = 0;        // an older copy of a store put back under its office
  int routes_by_hand = 0;  // pairs of offices between which disks or ferries go
  int moves = 0;           // counties that get another prefecture
  int clones = 0;          // second machines with an office's keys and store
  int merges = 0;          // townships that merge into a neighbour
  int rotations = 0;       // offices that change their keys
  int thefts = 0;          // keys that are stolen, used and revoked
  std::uint64_t store_bytes = kStoreBytesDefault;
};

struct SimOptions {
  std::uint64_t seed = 1;
  std::size_t offices = 0, notices = 0;  // 0: by the seed
  bool trace = false;                    // every turn, to stderr
};

// One country in three is of the full size.
SimOptions sized(SimOptions options);
Faults draw_faults(tests::SeededRandom& random);
std::string to_text(const Faults& faults);

// An invariant does not hold. The text names office, id and time.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline double fraction(tests::SeededRandom& random) {
  return static_cast<double>(random.below(1'000'000)) / 1'000'000.0;
}
inline bool chance(tests::SeededRandom& random, double probability) {
  return fraction(random) < probability;
}
// At least 1 ms, at most `most`.
inline Duration up_to(tests::SeededRandom& random, Duration most) {
  return milliseconds(1 +
                      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most.ms))));
}

}  // namespace xianjie::simulation
