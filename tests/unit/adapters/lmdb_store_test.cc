// What LMDB does not do by itself (PITFALLS, "LMDB"): refuse, notice rot, stay usable when full.
#include "adapters/lmdb_store.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "adapters/file_system.h"
#include "adapters/files.h"
#include "tests/support/temp_directory.h"

namespace xianjie::adapters {
namespace {

using broker::Row;
using broker::Table;
using testing::HasSubstr;

constexpr std::uint64_t kMap = 4 << 20;

class LmdbStoreTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "store"; }
  [[nodiscard]] std::filesystem::path data() const { return path() / "data.mdb"; }
  std::unique_ptr<LmdbStore> open(bool preallocate = true) {
    auto opened = LmdbStore::open({path(), kMap, preallocate});
    EXPECT_TRUE(opened) << opened.error().text;
    return opened ? std::move(*opened) : nullptr;
  }
  static void put(LmdbStore& store, std::string_view key, std::string_view value,
                  Table table = Table::kEnvelopes) {
    auto txn = store.write().value();
    ASSERT_TRUE(txn->put(table, as_bytes(key), as_bytes(value)));
    ASSERT_TRUE(txn->commit());
  }
  // Flips one bit in each place where `bytes` stand in the data file.
  void flip(std::string_view bytes) const {
    Bytes file = read_file(data(), 1 << 30).value();
    std::size_t found = 0;
    for (auto at = file.begin();; ++found) {
      at = std::search(at, file.end(), bytes.begin(), bytes.end());
      if (at == file.end()) break;
      *at = static_cast<std::uint8_t>(*at ^ 4);
    }
    ASSERT_GT(found, 0U);
    std::fstream out(data(), std::ios::in | std::ios::out | std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.data()),
              static_cast<std::streamsize>(file.size()));
  }
  tests::TempDirectory directory_;
};

TEST_F(LmdbStoreTest, FilesAreForTheirOwnerOnlyAndAllocated) {
  const auto store = open();
  struct stat info {};
  ASSERT_EQ(::stat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path())) {
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4);
  ASSERT_EQ(::stat(data().c_str(), &info), 0);
  EXPECT_EQ(static_cast<std::uint64_t>(info.st_size), kMap);
  EXPECT_GE(static_cast<std::uint64_t>(info.st_blocks) * 512, kMap);
  EXPECT_EQ(store->map_bytes(), kMap);
  EXPECT_LT(store->used_bytes().value(), 200'000U);
}

TEST_F(LmdbStoreTest, AnOpenDirectoryIsClosedToOthers) {
  std::filesystem::create_directory(path());
  std::filesystem::permissions(path(), std::filesystem::perms::all);
  ASSERT_TRUE(open());
  EXPECT_EQ(std::filesystem::status(path()).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(LmdbStoreTest, ASecondOpenIsRefusedHereAndElsewhere) {
  auto store = open();
  const auto second = LmdbStore::open({path(), kMap, false});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kRefused);
  EXPECT_THAT(second.error().text, HasSubstr("in use by process " + std::to_string(::getpid())));
  const pid_t child = ::fork();
  if (child == 0) {
    const auto third = LmdbStore::open({path(), kMap, false});
    ::_exit(!third && third.error().code == ErrorCode::kRefused ? 7 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  store.reset();
  EXPECT_TRUE(open());
}

TEST_F(LmdbStoreTest, AForkedChildCannotUseIt) {
  auto store = open();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(store->read() || store->write() ? 1 : 7);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(LmdbStoreTest, AMissingParentIsSaid) {
  const auto store = LmdbStore::open({directory_.path() / "no" / "store", kMap, false});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kNotFound);
}

TEST_F(LmdbStoreTest, ADiskTooSmallIsSaidWithSizes) {
  const auto store = LmdbStore::open({path(), 1ULL << 50, true});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kFull);
  EXPECT_THAT(store.error().text, HasSubstr("1073741824 MiB more disk"));
}

TEST_F(LmdbStoreTest, RefusesNetworkAndCopyOnWriteFileSystems) {
  for (const std::uint64_t magic :
       {0x6969ULL, 0xFF534D42ULL, 0xFE534D42ULL, 0x65735546ULL, 0x9123683EULL, 0x2FC12FC1ULL})
    EXPECT_NE(refused_file_system(magic), "") << std::hex << magic;
  for (const std::uint64_t magic : {0xEF53ULL, 0x58465342ULL, 0x01021994ULL, 0x794C7630ULL})
    EXPECT_EQ(refused_file_system(magic), "") << std::hex << magic;
  EXPECT_EQ(check_file_system("/proc/no-such-directory").error().code, ErrorCode::kNotFound);
}

TEST_F(LmdbStoreTest, AFlippedBitIsReportedNeverReturned) {
  auto store = open();
  put(*store, "key-1", "first value of three");
  put(*store, "key-2", "second value of three");
  put(*store, "key-3", "third value of three");
  store.reset();
  flip("second value of three");
  store = open();
  EXPECT_EQ(store->check().rows, 3U);
  EXPECT_EQ(store->check().corrupt_count, 1U);
  ASSERT_EQ(store->check().corrupt.size(), 1U);
  EXPECT_EQ(store->check().corrupt[0].table, "envelopes");
  EXPECT_EQ(as_text(store->check().corrupt[0].key), "key-2");
  auto txn = store->read().value();
  const auto found = txn->get(Table::kEnvelopes, as_bytes("key-2"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(found.error().text, to_hex(as_bytes("key-2")));
  int seen = 0;
  const auto scanned = txn->scan(Table::kEnvelopes, {}, {}, [&](const Row&) { return ++seen > 0; });
  EXPECT_EQ(seen, 1);
  ASSERT_FALSE(scanned);
  EXPECT_EQ(scanned.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(scanned.error().text, to_hex(as_bytes("key-2")));
  EXPECT_TRUE(txn->get(Table::kEnvelopes, as_bytes("key-3")).value());
  txn.reset();
  put(*store, "key-2", "written again");
  EXPECT_TRUE(store->read().value()->get(Table::kEnvelopes, as_bytes("key-2")).value());
}

TEST_F(LmdbStoreTest, AFlippedKeyIsNoticed) {
  auto store = open();
  put(*store, "distinct-key", "value");
  store.reset();
  flip("distinct-key");
  EXPECT_EQ(open()->check().corrupt_count, 1U);
}

TEST_F(LmdbStoreTest, ATruncatedFileIsReportedAndLeftAlone) {
  auto store = open(false);
  for (int i = 0; i < 300; ++i) put(*store, "key-" + std::to_string(i), std::string(1000, 'v'));
  store.reset();
  const auto size = std::filesystem::file_size(data());
  for (const std::uintmax_t cut : {size / 2, std::uintmax_t{5000}, std::uintmax_t{100}}) {
    std::filesystem::resize_file(data(), cut);
    const auto check = check_store(path());
    ASSERT_FALSE(check) << cut;
    EXPECT_EQ(check.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(check.error().text, HasSubstr("damaged"));
    EXPECT_EQ(LmdbStore::open({path(), kMap, false}).error().code, ErrorCode::kCorrupt);
    EXPECT_EQ(std::filesystem::file_size(data()), cut);
  }
}

TEST_F(LmdbStoreTest, LostDataAreNotTakenForANewStore) {
  auto store = open();
  store.reset();
  std::filesystem::remove(data());
  EXPECT_EQ(LmdbStore::open({path(), kMap, false}).error().code, ErrorCode::kCorrupt);
  std::filesystem::remove_all(path());
  EXPECT_TRUE(open());
}

// Garbage over one page after another: whatever the child meets, this process lives and hears of
// it.
TEST_F(LmdbStoreTest, AnyOverwrittenPageIsNoticedWithoutACrash) {
  auto store = open(false);
  for (int i = 0; i < 60; ++i)
    put(*store, "key-" + std::to_string(i * 7919 % 1000), std::string(1500, 'v'));
  store.reset();
  const Bytes whole = read_file(data(), 1 << 30).value();
  int noticed = 0;
  for (std::size_t page = 2; page < whole.size() / 4096; page += 9) {
    Bytes broken = whole;
    for (std::size_t i = 0; i < 4096; ++i)
      broken[page * 4096 + i] = static_cast<std::uint8_t>(i * 37 + page);
    std::ofstream(data(), std::ios::binary)
        .write(reinterpret_cast<const char*>(broken.data()),
               static_cast<std::streamsize>(broken.size()));
    const auto check = check_store(path());
    noticed += !check || check->corrupt_count > 0 ? 1 : 0;
  }
  EXPECT_GT(noticed, 0);
}

TEST_F(LmdbStoreTest, AFullStoreDrainsInSmallDeletes) {
  auto store = open();
  int next = 0;
  for (;;) {
    auto txn = store->write().value();
    Result<void> done;
    for (int i = 0; i < 32 && done; ++i)
      done = txn->put(Table::kQueue, as_bytes("key-" + std::to_string(1'000'000 + next + i)),
                      as_bytes(std::string(900, 'v')));
    const bool put_failed = !done;
    if (put_failed) {
      EXPECT_EQ(txn->put(Table::kMeta, as_bytes("k"), {}).error().code, ErrorCode::kFull);
    }
    if (done) done = txn->commit();
    if (!done) {
      EXPECT_EQ(done.error().code, ErrorCode::kFull) << done.error().text;
      EXPECT_THAT(done.error().text, HasSubstr("4 MiB"));
      break;
    }
    next += 32;
    ASSERT_LT(next, 10'000);
  }
  EXPECT_GT(next, 2'000);
  EXPECT_EQ(store->read().value()->count(Table::kQueue).value(), static_cast<std::uint64_t>(next));
  EXPECT_GT(store->used_bytes().value(), kMap * 9 / 10);
  for (int at = 0; at < next; at += 8) {
    auto txn = store->write().value();
    for (int i = at; i < at + 8; ++i) {
      const auto erased =
          txn->erase(Table::kQueue, as_bytes("key-" + std::to_string(1'000'000 + i)));
      ASSERT_TRUE(erased) << erased.error().text << " at " << at;
      EXPECT_TRUE(*erased);
    }
    const auto done = txn->commit();
    ASSERT_TRUE(done) << done.error().text << " at " << at;
  }
  EXPECT_EQ(store->read().value()->count(Table::kQueue).value(), 0U);
  put(*store, "room", "again");
  store.reset();
  EXPECT_EQ(open()->check().corrupt_count, 0U);
}

// The data file may not grow past the limit, so the commit's write fails as on a broken disk.
TEST_F(LmdbStoreTest, AFailedCommitLatches) {
  auto store = open(false);
  const pid_t child = ::fork();
  if (child == 0) {
    // The parent's store cannot be used here; a store of its own can.
    const auto own_path = directory_.path() / "own";
    auto own = LmdbStore::open({own_path, kMap, false});
    if (!own) ::_exit(1);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{300'000, 300'000};
    ::setrlimit(RLIMIT_FSIZE, &small);
    auto txn = (*own)->write().value();
    for (int i = 0; i < 400; ++i)
      if (!txn->put(Table::kQueue, as_bytes(std::to_string(i)), as_bytes(std::string(1000, 'v'))))
        ::_exit(2);
    const auto done = txn->commit();
    if (done || done.error().code != ErrorCode::kIo) ::_exit(3);
    if ((*own)->write() || (*own)->read() || (*own)->used_bytes()) ::_exit(4);
    txn.reset();
    own->reset();
    auto again = LmdbStore::open({own_path, kMap, false});
    ::_exit(again && (*again)->read().value()->count(Table::kQueue).value() == 0 ? 7 : 5);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace xianjie::adapters
