// A store that was damaged while its daemon was down, or whose disk is full. What cannot be vouched
// for is set aside and the daemon goes on, or it leaves with one line; nothing is deleted.
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "adapters/lmdb_store.h"
#include "tests/functional/hostile_neighbour.h"
#include "tests/functional/hostile_office.h"

namespace xianjie::tests {
namespace {

using broker::Table;
using nlohmann::json;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;

const WallTime kStoreNoon = wall("2026-12-09T12:00:00+08:00");
constexpr std::uint64_t kMapBytes = 67108864;

struct StoredRow {
  Table table;
  std::string key, bytes;  // bytes: key, value and checksum, as they lie in the file
};

class HostileStore : public testing::Test {
 protected:
  explicit HostileStore(OfficeId self = kCounty) : office_(self) {}
  ~HostileStore() override { office_.expect_nothing_personal(); }

  [[nodiscard]] std::filesystem::path data() const { return office_.at("store/data.mdb"); }

  [[nodiscard]] std::string whole() const { return read_text(office_.at("kept-store/data.mdb")); }

  // Stores and logs as they are now are what reset() goes back to.
  void keep() const {
    for (const char* part : {"store", "store.epoch", "audit"})
      std::filesystem::copy(office_.at(part), office_.at(std::string("kept-") + part),
                            std::filesystem::copy_options::recursive);
  }
  void reset() const {
    for (const char* part : {"store", "store.epoch", "audit"}) {
      std::filesystem::remove_all(office_.at(part));
      std::filesystem::copy(office_.at(std::string("kept-") + part), office_.at(part),
                            std::filesystem::copy_options::recursive);
    }
    std::filesystem::remove(office_.at("log"));
  }
  [[nodiscard]] std::vector<StoredRow> rows() const {
    std::vector<StoredRow> out;
    const auto store = must(adapters::LmdbStore::open({office_.at("store"), kMapBytes, false}));
    const auto txn = must(store->read());
    for (int i = 0; i < static_cast<int>(Table::kCount); ++i) {
      const auto table = static_cast<Table>(i);
      EXPECT_TRUE(txn->scan(table, {}, {}, [&](const broker::Row& row) {
        const std::string key(as_text(row.key));
        out.push_back({table, key, key + std::string(as_text(row.value))});
        return true;
      }));
    }
    return out;
  }
  void flip(const StoredRow& row) const {
    std::string file = read_text(data());
    std::size_t found = 0;
    for (std::size_t at = file.find(row.bytes); at != std::string::npos;
         at = file.find(row.bytes, at + 1), ++found) {
      char& byte = file[at + (row.key.size() + row.bytes.size()) / 2];
      byte = static_cast<char>(byte ^ 16);
    }
    EXPECT_GT(found, 0U) << broker::table_name(row.table);
    write_text(data(), file);
  }

  // One bit of the kept store: the daemon serves as before, or refuses in one line and changes
  // nothing. True: it started.
  bool flip_and_start(std::size_t at, int mask) {
    reset();
    std::string file = whole();
    file[at] = static_cast<char>(file[at] ^ mask);
    write_text(data(), file);
    SCOPED_TRACE("byte " + std::to_string(at));
    DaemonProcess daemon = office_.start();
    if (daemon.ready()) {
      expect_served();
      EXPECT_EQ(daemon.stop(), 0) << office_.log_text();
      return true;
    }
    EXPECT_EQ(daemon.process().wait(), 1) << office_.log_text();
    EXPECT_EQ(std::ranges::count(office_.log_text(), '\n'), 1) << office_.log_text();
    EXPECT_THAT(office_.log_text(), HasSubstr("store"));
    EXPECT_EQ(read_text(data()), file) << "what is damaged stays as it is";
    return false;
  }
  virtual void expect_served() {}

  // Each row damaged in turn; `still_serves` looks at a daemon that did start.
  void damage_each_row(const std::function<void(const StoredRow&)>& still_serves) {
    keep();
    for (const StoredRow& row : rows()) {
      SCOPED_TRACE(std::string(broker::table_name(row.table)) + " " + row.key);
      reset();
      flip(row);
      DaemonProcess daemon = office_.start();
      if (row.table == Table::kMeta && row.key == broker::kMetaCounters) {
        EXPECT_FALSE(daemon.ready());
        EXPECT_EQ(daemon.process().wait(), 1);
        EXPECT_EQ(std::ranges::count(office_.log_text(), '\n'), 1) << office_.log_text();
        EXPECT_THAT(office_.log_text(), HasSubstr("counters row is damaged"));
        continue;
      }
      ASSERT_TRUE(daemon.ready()) << office_.log_text();
      still_serves(row);
      EXPECT_EQ(daemon.stop(), 0) << office_.log_text();
      // Bytes of an envelope are set aside when somebody wants them.
      static const std::set<Table> kLater{Table::kEnvelopes, Table::kProofs, Table::kQuarantine};
      const std::string said = "damaged: a row failed its checksum and was set aside: " +
                               std::string(broker::table_name(row.table));
      const bool told = office_.log_text().find(said) != std::string::npos;
      EXPECT_TRUE(told || kLater.contains(row.table)) << office_.log_text();
    }
  }

  HostileOffice office_;
};

class HostileCountyStore : public HostileStore {
 protected:
  // Something in every table that a relay and destination has.
  void fill() {
    DaemonProcess daemon = office_.start();
    ASSERT_TRUE(daemon.ready()) << office_.log_text();
    HostileNeighbour prison(kPrison, office_.endpoint());
    prison.greet();
    const Header twice = prison_.header(kCounty, Kind::kAdHocReport, kStoreNoon);
    Header nowhere = prison_.header(kTownship, Kind::kAdHocReport, kStoreNoon);
    nowhere.destination = kSecondTownship;
    prison.give({prison_.seal(twice), prison_.seal(nowhere),
                 prison_.write(kTownship, Kind::kAdHocReport, kStoreNoon),
                 prison_.write(kTownship, Kind::kPreReleaseNotice, kStoreNoon, kDecember)});
    prison.give({prison_.seal(twice, "other bytes")});
    prison.settle();
    daemon.process().signal(SIGKILL);  // audit lines wait in the store
    daemon.process().wait();
  }
  void expect_served() override {
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"status"},
                                               {"links"},
                                               {"inbox", "list", "--all"},
                                               {"queue", "list"},
                                               {"month", "status"}})
      EXPECT_TRUE(office_.ask(command).is_object());
    HostileNeighbour prison(kPrison, office_.endpoint());
    prison.greet();
    const Envelope good = prison_.write(kCounty, Kind::kAdHocReport, kStoreNoon);
    EXPECT_THAT(prison.give(100, {good}).outcomes, Each(AckOutcome::kTaken));
  }

  Writer prison_{kPrison, office_.nation().snapshot()};
};

TEST_F(HostileCountyStore, AFlippedBitInAnyRow) {
  fill();
  std::set<Table> seen;
  std::size_t inbox_rows = 0;
  damage_each_row([&](const StoredRow& row) {
    seen.insert(row.table);
    expect_served();
    inbox_rows = office_.items({"inbox", "list", "--with-copies"}).size();
    // The one that was damaged is missing, and nothing else: two copies, one of its own, one new.
    EXPECT_EQ(inbox_rows, row.table == Table::kInbox ? 4U : 5U);
  });
  EXPECT_THAT(seen,
              testing::IsSupersetOf({Table::kEnvelopes, Table::kProofs, Table::kSeen, Table::kQueue,
                                     Table::kBatches, Table::kInbox, Table::kMeta, Table::kRecords,
                                     Table::kHeld, Table::kAudit, Table::kQuarantine}));
}

TEST_F(HostileCountyStore, AnyBitOfTheFile) {
  fill();
  keep();
  std::mt19937 random(20261209);
  int started = 0;
  for (int i = 0; i < 24; ++i)
    started += flip_and_start(random() % whole().size(), 1 << (random() % 8)) ? 1 : 0;
  EXPECT_GT(started, 0);
}

// Where a page says its rows lie: reading never looks there, the first write does.
TEST_F(HostileCountyStore, TheRoomThatAnyPageGivesItsRows) {
  constexpr std::size_t kPageBytes = 4096, kLower = 12, kUpper = 14;
  fill();
  keep();
  int refused = 0;
  for (std::size_t page = 2; page < whole().size() / kPageBytes; ++page)
    for (const std::size_t field : {kLower, kUpper})
      refused += flip_and_start(page * kPageBytes + field + page % 2, 0x10) ? 0 : 1;
  EXPECT_GT(refused, 0);
}

TEST_F(HostileCountyStore, AFileCutShortOrOverwritten) {
  fill();
  keep();
  const std::string all = whole();
  std::vector<std::string> damaged{std::string(), std::string(100'000, 'x'),
                                   std::string(all.size(), '\0'),
                                   all.substr(0, 8192) + std::string(all.size() - 8192, '\xff')};
  for (const std::size_t size : {std::size_t{1}, std::size_t{4096}, all.size() / 2})
    damaged.push_back(all.substr(0, size));
  for (const std::string& file : damaged) {
    SCOPED_TRACE(file.size());
    reset();
    write_text(data(), file);
    DaemonProcess daemon = office_.start();
    ASSERT_FALSE(daemon.ready());
    EXPECT_EQ(daemon.process().wait(), 1);
    EXPECT_EQ(std::ranges::count(office_.log_text(), '\n'), 1) << office_.log_text();
    EXPECT_THAT(office_.log_text(), HasSubstr(office_.at("store").string()));
    EXPECT_EQ(read_text(data()), file);
  }
  reset();
  write_text(office_.at("store/store.format"), "something else");
  DaemonProcess daemon = office_.start();
  ASSERT_FALSE(daemon.ready());
  EXPECT_THAT(office_.log_text(), HasSubstr("store.format is not of this version"));
}

class HostilePrisonStore : public HostileStore {
 protected:
  HostilePrisonStore() : HostileStore(kPrison) {}
  [[nodiscard]] Ended submit(const std::string& person) const {
    return cli({"submit", "ad_hoc_report", "-", "--config", office_.config().string()},
               "origin,name,id_number,registration_code\n" + to_text(kPrison) + "," + kHostileName +
                   "," + person + ",610802001\n");
  }
};

TEST_F(HostilePrisonStore, AFlippedBitInAnyRowOfAnOrigin) {
  {
    DaemonProcess daemon = office_.start();
    ASSERT_TRUE(daemon.ready()) << office_.log_text();
    EXPECT_EQ(submit(kHostileNumber).status, 0);
    EXPECT_EQ(daemon.stop(), 0);
  }
  std::set<Table> seen;
  damage_each_row([&](const StoredRow& row) {
    seen.insert(row.table);
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"status"}, {"queue", "list"}, {"month", "status"}})
      EXPECT_TRUE(office_.ask(command).is_object());
    EXPECT_EQ(submit("110101180001010031").status, 0);
  });
  EXPECT_THAT(seen, testing::IsSupersetOf({Table::kPersons, Table::kLedger, Table::kTimers,
                                           Table::kSubmissions, Table::kQueue, Table::kSeen}));
}

// A disk that fills up under a running store: what was acknowledged is there when there is room.
TEST_F(HostileCountyStore, AFullDisk) {
  const std::string disk = office_.at("store").string();
  std::filesystem::create_directory(disk);
  // In a mount namespace of its own, which ends with the test and its daemon.
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "only root can mount a small disk";
  struct Unmount {
    std::string path;
    ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
  } const unmount{disk};
  int taken = 0;
  {
    DaemonProcess daemon = office_.start();
    ASSERT_TRUE(daemon.ready()) << office_.log_text();
    HostileNeighbour prison(kPrison, office_.endpoint());
    prison.greet();
    const auto gone = [&] {
      siginfo_t info{};
      return ::waitid(P_PID, static_cast<id_t>(daemon.process().pid()), &info,
                      WEXITED | WNOHANG | WNOWAIT) == 0 &&
             info.si_pid != 0;
    };
    while (taken < 10'000) {
      std::vector<Envelope> more;
      for (int i = 0; i < 20; ++i)
        more.push_back(prison_.write(kCounty, Kind::kAdHocReport, kStoreNoon));
      if (!prison.try_give(more, gone)) break;
      taken += 20;
    }
    EXPECT_EQ(daemon.process().wait(), 1) << office_.log_text();
    EXPECT_THAT(office_.log_text(), AllOf(HasSubstr("stopped"), HasSubstr(disk)));
  }
  EXPECT_GT(taken, 0);
  ASSERT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=16m"), 0);
  DaemonProcess daemon = office_.start();
  ASSERT_TRUE(daemon.ready()) << office_.log_text();
  EXPECT_GE(office_.items({"inbox", "list"}).size(), static_cast<std::size_t>(taken));
  expect_served();
  EXPECT_EQ(daemon.stop(), 0);
}

}  // namespace
}  // namespace xianjie::tests
