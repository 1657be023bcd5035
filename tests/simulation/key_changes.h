// Offices change their keys in the middle of the month, published ahead; and keys are stolen: their
// thief hands mail in, dated back or not, until everybody has heard, each office at its own time.
#pragma once

#include <set>
#include <vector>

#include "broker/tables.h"
#include "tests/simulation/world.h"

namespace xianjie::simulation {

class KeyChanges {
 public:
  KeyChanges(World& world, std::uint64_t seed);

  void publish_ahead(DirectoryContents& contents) const;  // what everybody knows from the start
  void plan(WallTime healing);                            // thefts, and when the holders hear

  [[nodiscard]] crypto::KeyRing ring_of(OfficeId office) const;
  [[nodiscard]] bool any_stolen() const { return !thefts_.empty(); }
  [[nodiscard]] bool is_stolen(const broker::EnvelopeKey& key) const {
    return forged_.contains(key);
  }
  // Once everybody knows, what a thief handed in is nowhere, or held for that reason.
  void check(SimOffice& office);

 private:
  struct Theft {
    OfficeId office;
    WallTime at;
  };
  struct Change {
    OfficeId office;
    WallTime from, until;
  };
  void hand_in(const Theft& theft, WallTime waits_until);

  World& world_;
  tests::SeededRandom random_;
  std::vector<Change> changes_;
  std::vector<OfficeId> changed_;  // have a second key set
  std::vector<Theft> thefts_;
  std::set<broker::EnvelopeKey> forged_;
  std::uint64_t frames_ = 0;
};

}  // namespace xianjie::simulation
