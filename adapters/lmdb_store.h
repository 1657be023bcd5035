// broker::Store over LMDB: one directory, one environment, one process.
//
// Durability: commit() returns after fdatasync of data and meta page; the directory and its parent
// are synced before open() returns. A commit that fails for any reason but room has an unknown
// outcome and latches the store: every later call returns kIo, the process must restart.
// Room: the file has a fixed size, allocated ahead. A put or commit without room returns kFull, and
// nothing of that transaction is written; drop it. Deletes need a few pages too: delete in batches
// of 8 when full.
// Rot: each value carries a checksum (lmdb_rows.h), checked on every read; a row that fails is
// reported as kCorrupt with its key in hex, never returned, never deleted by itself. open() walks
// the whole store in a child process first (lmdb_check.h).
// Readers: a snapshot keeps pages from being reused, so live at most 100 ms and copy out.
// Threads: any number of readers; one writer, which commits on the thread that began it.
// Transactions must not outlive the store, nor be used in a forked child.
//
// Files, all 0600 in a directory 0700: data.mdb, lock.mdb (LMDB's), store.lock (ours, names the
// process), store.format ("xianjie-store 3", written once the store is initialised).
#pragma once

#include <filesystem>
#include <memory>

#include "adapters/lmdb_check.h"
#include "broker/store.h"
#include "schemas/limits.h"

namespace xianjie::adapters {

struct LmdbOptions {
  std::filesystem::path path;                    // the directory; its parent must be there
  std::uint64_t map_bytes = kStoreBytesDefault;  // fixed size of the file, from 1 MiB
  // Take the disk blocks at open; without, a full disk shows as a failed commit.
  bool preallocate = true;
};

struct LmdbEnv;

class LmdbStore final : public broker::Store {
 public:
  // kRefused: in use by another store or process, wrong file system or owner; kFull: not enough
  // disk, with the sizes; kCorrupt: damaged, with what to do; kNotFound: no parent directory; kIo.
  // Forks for the check, so call it before threads are started.
  static Result<std::unique_ptr<LmdbStore>> open(const LmdbOptions& options);
  ~LmdbStore() override;

  Result<std::unique_ptr<broker::ReadTxn>> read() override;
  Result<std::unique_ptr<broker::WriteTxn>> write() override;

  // What the check at start found; its corrupt rows are for the log and the quarantine.
  [[nodiscard]] const StoreCheck& check() const { return check_; }
  // Frees reader slots of dead processes. At start, and once a minute by the owner.
  void maintain();
  // Bytes of pages that hold something; map_bytes() is the most it can be.
  Result<std::uint64_t> used_bytes();
  [[nodiscard]] std::uint64_t map_bytes() const;

 private:
  LmdbStore(std::unique_ptr<LmdbEnv> env, StoreCheck check);
  std::unique_ptr<LmdbEnv> env_;
  StoreCheck check_;
};

}  // namespace xianjie::adapters
