// Honest in-memory fake of broker::Store, with a machine's ways to fail.
//
// Committed state is one ordered map a table. A write transaction changes it in place and keeps an
// undo log, so that a turn costs what it touches; crash() and dropping a transaction replay the log
// backwards. Readers and copies of the store share the maps until somebody writes (copy on write).
// As with LMDB: a view taken inside a write transaction is dead at the next write (it is freed, so
// that the address sanitizer sees the use), the visitor of a scan must not write, a commit that
// failed latches the store until crash(), and a transaction that ran out of room can only be
// dropped. Not thread-safe. Read next: memory_archive.h.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "broker/store.h"

namespace xianjie::tests {

class MemoryStore final : public broker::Store {
 public:
  MemoryStore();
  // A copy holds what is committed, not a running transaction, armed failure or latch.
  MemoryStore(const MemoryStore& other);
  MemoryStore& operator=(const MemoryStore&) = delete;
  // Transactions must not outlive the store.
  ~MemoryStore() override = default;

  Result<std::unique_ptr<broker::ReadTxn>> read() override;
  Result<std::unique_ptr<broker::WriteTxn>> write() override;

  // The process dies and starts again: what was not committed is gone, transactions still held by
  // somebody only return kIo, a latch is lifted.
  void crash();
  // As crash(), and the disk with everything on it is gone too.
  void lose_disk();
  // As crash(), and the disk holds what a copy taken earlier holds.
  void put_back(const MemoryStore& copy);
  // The next commit() returns kIo, its changes applied or not, and latches the store.
  void fail_next_commit(bool applied);
  // A put that would take the rows (keys and values) above this returns kFull. 0: no limit.
  void set_limit_bytes(std::size_t limit) { limit_bytes_ = limit; }
  // From now on this row fails its checksum, until it is written or erased.
  void corrupt_row(broker::Table table, ByteView key);

  [[nodiscard]] std::size_t used_bytes() const { return used_bytes_; }
  [[nodiscard]] std::uint64_t commits() const { return commits_; }

 private:
  struct Less {
    using is_transparent = void;
    bool operator()(ByteView a, ByteView b) const { return compare(a, b) < 0; }
  };
  using Map = std::map<Bytes, Bytes, Less>;
  using Tables = std::array<std::shared_ptr<Map>, static_cast<std::size_t>(broker::Table::kCount)>;
  using Corrupt = std::set<std::pair<broker::Table, Bytes>>;
  struct Undo {
    broker::Table table;
    Bytes key;
    std::optional<Bytes> before;  // empty: the row was not there
    bool was_corrupt;
  };
  class Reader;
  class Writer;

  Map& writable(broker::Table table);
  bool heal(broker::Table table, const Bytes& key);  // true: the row was marked corrupt
  void roll_back();
  static Result<std::optional<ByteView>> get_from(const Tables& tables, const Corrupt& corrupt,
                                                  broker::Table table, ByteView key);
  static Result<void> scan_in(const Tables& tables, const Corrupt& corrupt, broker::Table table,
                              ByteView from, ByteView prefix, const broker::Visit& visit);

  Tables tables_;
  Corrupt corrupt_;
  std::vector<Undo> undo_;
  Writer* writer_ = nullptr;
  std::uint64_t life_ = 0;  // rises with each crash: transactions of an earlier life are dead
  std::optional<bool> fail_commit_applied_;
  bool failed_ = false;
  std::size_t used_bytes_ = 0;
  std::size_t limit_bytes_ = 0;
  std::uint64_t commits_ = 0;
};

}  // namespace xianjie::tests
