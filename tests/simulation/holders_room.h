// The directory's life while a month is under way: the ministry's hourly timestamps (twice a day
// here), newer lists of offices, new roots; holders who say nothing for days, a list that exists
// twice and comes by disk, an old file that comes again.
#pragma once

#include "crypto/trust.h"
#include "tests/simulation/world.h"
#include "tests/support/holders.h"

namespace xianjie::simulation {

class HoldersRoom {
 public:
  // What every office begins with.
  HoldersRoom(World& world, std::uint64_t seed);

  [[nodiscard]] const DirectoryBundle& first() const { return first_; }
  [[nodiscard]] const Hash& anchor() const { return anchor_; }
  // Everything until `end`; nothing goes wrong any more from `healing` on.
  void plan(WallTime healing, WallTime end);
  // A key set of an office counts no more, its next one does: published at once.
  void revoke(OfficeId office, WallTime since, const OfficeKeySet& next);
  // Published when it is said, for everybody from `change.effective` on.
  void plan_change(WallTime when, const OfficeChange& change);
  // All offices believe the same, which is the newest.
  void check_finished() const;

 private:
  void sign_timestamp();
  void publish();    // the same offices once more, another version
  void new_root();   // which ends every fork
  void fork();       // somewhere, by disk
  void bring_old();  // the first list again, to anybody
  void carry();      // to and from offices that only disks or ferries reach
  OfficeId anybody();

  World& world_;
  tests::SeededRandom random_;
  tests::Holders holders_;
  DirectoryContents contents_;
  DirectoryBundle first_;
  std::vector<SignedDirectory> roots_;
  SignedDirectory newest_;
  Hash anchor_{};
  bool silent_ = false;  // no timestamps
};

}  // namespace xianjie::simulation
