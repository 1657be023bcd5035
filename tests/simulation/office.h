// One office's daemon without its clock, its threads and its sockets: the broker, its store and
// archive, and the turns that the daemon would run.
#pragma once

#include "broker/broker.h"
#include "broker/directory_sync.h"
#include "node/office/obligations.h"
#include "tests/simulation/application.h"
#include "tests/simulation/world.h"
#include "tests/support/memory_archive.h"
#include "tests/support/memory_store.h"

namespace xianjie::simulation {

class SimOffice final : public Network::Host {
 public:
  SimOffice(OfficeId id, World& world, std::uint64_t seed);

  void start();               // a process begins; nothing where one runs
  void crash(Duration down);  // it dies and is started again after `down`
  void lose_disk(Duration down);
  // A copy of its disk, and that copy in the disk's place: the store alone, or all of it.
  void back_up();
  void put_back(bool whole, Duration down);
  void hand_out();  // its operator no longer waits for what origins say after that
  void set_trusted(bool trusted);
  void plan_standing();            // counted, and said where it differs or a day has passed
  void post(broker::Event event);  // for the next turn, which is soon
  void import(const DirectoryBundle& news);  // by hand; nothing where no process runs

  void link_up(OfficeId neighbour, ChannelClass channel, ChannelClass worth) override;
  void link_down(OfficeId neighbour, ChannelClass channel) override;
  void frame(OfficeId from, ChannelClass channel, const Bytes& bytes) override;
  // Over another connection than the neighbour's own: a second machine of it (clone.h).
  void beside(OfficeId from, ChannelClass channel, const Bytes& bytes, std::uint64_t connection);
  [[nodiscard]] bool is_neighbour(OfficeId other) const override {
    return sync_->snapshot()->directory.are_neighbours(id_, other);
  }
  [[nodiscard]] bool may_link(OfficeId other) const override;

  [[nodiscard]] Now now() const;
  [[nodiscard]] OfficeId id() const { return id_; }
  [[nodiscard]] const crypto::KeyRing& ring() const { return ring_; }
  [[nodiscard]] tests::MemoryStore& store() { return store_; }
  [[nodiscard]] const broker::Broker* running() const { return broker_.get(); }
  [[nodiscard]] const broker::DirectorySync& sync() const { return *sync_; }
  [[nodiscard]] Application& application() { return application_; }
  [[nodiscard]] std::uint64_t disk() const { return disk_; }  // how many were lost before this one
  // What is owed here and to this office; how it stands: as the daemon would say it now.
  [[nodiscard]] std::vector<node::Obligation> owed(broker::ReadTxn& txn, WallTime wall);
  [[nodiscard]] std::vector<StandingEntry> standing(WallTime wall);
  [[nodiscard]] std::uint64_t turns() const { return turns_; }

 private:
  void die();
  void open_directory();
  void apply(broker::SyncEffects effects);
  void plan_change();
  void turn();
  void schedule_turn(Duration wait);
  void carry_out(broker::Effects effects);
  void archive();
  void plan_wakeup();
  void count_turn(const Result<broker::Effects>& effects);

  OfficeId id_;
  World& world_;
  crypto::KeyRing ring_;
  tests::SeededRandom random_;
  tests::MemoryStore store_;
  tests::MemoryArchive archive_;
  broker::Witness outside_;  // beside the store
  struct Backup {
    tests::MemoryStore store;
    tests::MemoryArchive archive;
    broker::Witness outside;
    std::uint64_t disk = 0;
  };
  std::unique_ptr<Backup> backup_;
  Application application_;
  std::unique_ptr<broker::Broker> broker_;
  std::optional<broker::DirectorySync> sync_;
  DirectoryBundle kept_;                                   // the directory's file
  std::optional<Instant> directory_due_;                   // when it looks again
  WallTime change_due_;                                    // when what was planned comes into force
  std::uint64_t root_version_ = 0, snapshot_version_ = 0;  // ever believed
  broker::StatementCache cache_;
  std::vector<broker::Event> pending_;
  bool turn_planned_ = false;
  bool trusted_ = true;
  bool standing_planned_ = false;
  std::uint64_t life_ = 0, disk_ = 0, wakeup_ = 0, turns_ = 0;
  std::int64_t instant_offset_ = 0;  // instants mean nothing in another process
  WallTime busy_since_;
  int busy_turns_ = 0;
};

}  // namespace xianjie::simulation
