// Inside the LMDB adapter only: what the store and its transactions share.
#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "adapters/files.h"
#include "adapters/lmdb_rows.h"
#include "broker/store.h"

struct MDB_env;
struct MDB_txn;

namespace xianjie::adapters {

struct LmdbEnv {
  LmdbEnv() = default;
  LmdbEnv(const LmdbEnv&) = delete;
  LmdbEnv& operator=(const LmdbEnv&) = delete;
  ~LmdbEnv();

  // kIo once latched, or in a forked child.
  [[nodiscard]] Result<void> usable() const;
  // Maps an LMDB result to ours; whatever it cannot explain latches the store.
  std::unexpected<Error> failure(std::string_view doing, int rc);

  std::filesystem::path path;
  std::uint64_t map_bytes = 0;
  Fd lock;  // declared before env: released after it is closed
  MDB_env* env = nullptr;
  std::array<unsigned, kTableCount> tables{};
  std::array<std::string_view, kTableCount> names{};
  long process = 0;
  std::atomic<bool> latched = false;
  std::atomic<bool> writing = false;
  std::mutex idle_mutex;
  std::vector<MDB_txn*> idle_readers;  // reset, waiting to be renewed
};

Result<std::unique_ptr<broker::ReadTxn>> begin_read(LmdbEnv& env);
Result<std::unique_ptr<broker::WriteTxn>> begin_write(LmdbEnv& env);
// Pages that some tree uses, the two meta pages included, in bytes.
Result<std::uint64_t> bytes_in_use(LmdbEnv& env);

}  // namespace xianjie::adapters
