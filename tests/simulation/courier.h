// Disks and ferries: between some offices no wire ever comes up, between others it helps out. The
// clerk at each end asks the broker for a consignment at regular times (broker/consign.cc); the
// courier takes it, loses it, brings it twice, late or behind a later one. Frames travel as they
// are: manifests of disks and the files on them are the adapters'. Read next: people.h.
#pragma once

#include <map>

#include "schemas/consignment.h"
#include "tests/simulation/people.h"

namespace xianjie::simulation {

class Courier {
 public:
  Courier(World& world, std::uint64_t seed) : world_(world), random_(seed) {}

  // `wired`: there are lines too, and disks go only now and then.
  void add_route(OfficeId a, OfficeId b, ChannelClass channel, bool wired);
  struct Route {
    ChannelClass channel = ChannelClass::kMedia;
    bool wired = false;
    [[nodiscard]] Duration every() const;
    [[nodiscard]] Duration way() const;      // at most, where nothing goes wrong
    [[nodiscard]] Duration expires() const;  // overdue after it
  };
  [[nodiscard]] std::map<OfficeId, Route> routes_of(OfficeId office) const;
  [[nodiscard]] bool only_by_hand(OfficeId a, OfficeId b) const;
  [[nodiscard]] std::uint64_t carried() const { return carried_; }

  struct Disk {
    Consignment manifest;
    SignedConsignment signed_one;
    std::vector<Bytes> frames;
  };
  void take(const Disk& disk);
  void bring(const Disk& disk);  // to where it is for, now

 private:
  World& world_;
  tests::SeededRandom random_;
  std::map<Network::Pair, Route> routes_;
  std::uint64_t carried_ = 0;
};

// The clerk with the disks at one office.
class MediaClerk {
 public:
  explicit MediaClerk(People& people) : people_(people) {}
  void started();
  // What came on a disk, into the daemon, as far as its manifest is good; once more after a crash
  // in the middle.
  void import(const Courier::Disk& disk);

 private:
  void plan_export(OfficeId to, Courier::Route route);
  void write(const broker::Export& asked, const broker::Consigned& consigned);

  People& people_;
};

}  // namespace xianjie::simulation
