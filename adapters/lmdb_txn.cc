#include <lmdb.h>
#include <unistd.h>

#include <cerrno>

#include "adapters/lmdb_env.h"

namespace xianjie::adapters {

using broker::ReadTxn;
using broker::Row;
using broker::Table;
using broker::Visit;
using broker::WriteTxn;

namespace {

ByteView view(const MDB_val& val) {
  return {static_cast<const std::uint8_t*>(val.mv_data), val.mv_size};
}
MDB_val val(ByteView bytes) {  // LMDB takes keys by a pointer to non-const and leaves them alone
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
std::size_t slot(Table table) {
  XJ_CHECK(table < Table::kCount);
  return static_cast<std::size_t>(table);
}

Result<void> possible_key(ByteView key) {
  if (!key.empty() && key.size() <= kStoreKeyBytesMax) return {};
  return refused("a key has 1 to 511 bytes, not " + std::to_string(key.size()));
}

struct CursorCloser {
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using Cursor = std::unique_ptr<MDB_cursor, CursorCloser>;

Result<std::optional<ByteView>> get_row(LmdbEnv& env, MDB_txn* txn, Table table, ByteView key) {
  if (key.empty() || key.size() > kStoreKeyBytesMax) return std::nullopt;
  MDB_val at = val(key), found{};
  const int rc = mdb_get(txn, env.tables[slot(table)], &at, &found);
  if (rc == MDB_NOTFOUND) return std::nullopt;
  if (rc != 0) return env.failure("reading", rc);
  const auto value = checked_value(env.names[slot(table)], key, view(found));
  if (!value) return corrupt(to_hex(key));
  return value;
}

Result<void> scan_rows(LmdbEnv& env, MDB_txn* txn, Table table, ByteView from, ByteView prefix,
                       const Visit& visit) {
  MDB_cursor* raw = nullptr;
  if (const int rc = mdb_cursor_open(txn, env.tables[slot(table)], &raw); rc != 0)
    return env.failure("scanning", rc);
  const Cursor cursor(raw);
  const ByteView start = compare(from, prefix) < 0 ? prefix : from;
  const bool too_long = start.size() > kStoreKeyBytesMax;  // stands just behind its own beginning
  MDB_val key = val(too_long ? start.first(kStoreKeyBytesMax) : start), stored{};
  int rc = mdb_cursor_get(raw, &key, &stored, start.empty() ? MDB_FIRST : MDB_SET_RANGE);
  for (; rc == 0; rc = mdb_cursor_get(raw, &key, &stored, MDB_NEXT)) {
    if (too_long && compare(view(key), start) < 0) continue;
    if (!starts_with(view(key), prefix)) return {};
    const auto value = checked_value(env.names[slot(table)], view(key), view(stored));
    if (!value) return corrupt(to_hex(view(key)));
    if (!visit(broker::Row{view(key), *value})) return {};
  }
  if (rc != MDB_NOTFOUND) return env.failure("scanning", rc);
  return {};
}

Result<std::uint64_t> count_rows(LmdbEnv& env, MDB_txn* txn, Table table) {
  MDB_stat stat{};
  if (const int rc = mdb_stat(txn, env.tables[slot(table)], &stat); rc != 0)
    return env.failure("counting", rc);
  return stat.ms_entries;
}

class LmdbReader final : public ReadTxn {
 public:
  LmdbReader(LmdbEnv& env, MDB_txn* txn) : env_(env), txn_(txn) {}
  LmdbReader(const LmdbReader&) = delete;
  LmdbReader& operator=(const LmdbReader&) = delete;
  ~LmdbReader() override {
    mdb_txn_reset(txn_);
    const std::lock_guard lock(env_.idle_mutex);
    env_.idle_readers.push_back(txn_);
  }
  Result<std::optional<ByteView>> get(Table table, ByteView key) override {
    XJ_TRY_VOID(env_.usable());
    return get_row(env_, txn_, table, key);
  }
  Result<void> scan(Table table, ByteView from, ByteView prefix, const Visit& visit) override {
    XJ_TRY_VOID(env_.usable());
    return scan_rows(env_, txn_, table, from, prefix, visit);
  }
  Result<std::uint64_t> count(Table table) override {
    XJ_TRY_VOID(env_.usable());
    return count_rows(env_, txn_, table);
  }

 private:
  LmdbEnv& env_;
  MDB_txn* txn_;
};

class LmdbWriter final : public WriteTxn {
 public:
  LmdbWriter(LmdbEnv& env, MDB_txn* txn) : env_(env), txn_(txn) {}
  LmdbWriter(const LmdbWriter&) = delete;
  LmdbWriter& operator=(const LmdbWriter&) = delete;
  ~LmdbWriter() override { end(); }

  Result<std::optional<ByteView>> get(Table table, ByteView key) override {
    XJ_TRY_VOID(open_for_use());
    return get_row(env_, txn_, table, key);
  }
  Result<void> scan(Table table, ByteView from, ByteView prefix, const Visit& visit) override {
    XJ_TRY_VOID(open_for_use());
    ++scanning_;
    auto done = scan_rows(env_, txn_, table, from, prefix, visit);
    --scanning_;
    return done;
  }
  Result<std::uint64_t> count(Table table) override {
    XJ_TRY_VOID(open_for_use());
    return count_rows(env_, txn_, table);
  }

  Result<void> put(Table table, ByteView key, ByteView value) override {
    XJ_CHECK(scanning_ == 0);
    XJ_TRY_VOID(open_for_use());
    XJ_TRY_VOID(possible_key(key));
    // A copy, because key and value may be views that this very write moves.
    const auto checksum = row_checksum(env_.names[slot(table)], key, value);
    row_.assign(key.begin(), key.end());
    row_.insert(row_.end(), value.begin(), value.end());
    row_.insert(row_.end(), checksum.begin(), checksum.end());
    const ByteView own_key = ByteView(row_).first(key.size());
    const int rc = put_row(slot(table), own_key, ByteView(row_).subspan(own_key.size()));
    if (rc == 0) return {};
    return write_failure("writing", rc);
  }

  Result<bool> erase(Table table, ByteView key) override {
    XJ_CHECK(scanning_ == 0);
    XJ_TRY_VOID(open_for_use());
    XJ_TRY_VOID(possible_key(key));
    row_.assign(key.begin(), key.end());
    MDB_val at = val(row_);
    const int rc = mdb_del(txn_, env_.tables[slot(table)], &at, nullptr);
    if (rc == MDB_NOTFOUND) return false;
    if (rc != 0) return write_failure("deleting", rc);
    return true;
  }

  Result<void> set_aside(Table table, ByteView key) override {
    XJ_CHECK(scanning_ == 0);
    XJ_TRY_VOID(open_for_use());
    XJ_TRY_VOID(possible_key(key));
    const Bytes own_key = to_bytes(key);
    MDB_val at = val(own_key), found{};
    const int rc = mdb_get(txn_, env_.tables[slot(table)], &at, &found);
    if (rc == MDB_NOTFOUND) return {};
    if (rc != 0) return env_.failure("reading", rc);
    Bytes aside{0xFF, static_cast<std::uint8_t>(table)};
    aside.insert(aside.end(), own_key.begin(), own_key.end());
    aside.resize(std::min(aside.size(), kStoreKeyBytesMax));
    const Bytes stored = to_bytes(view(found));
    XJ_TRY_VOID(put(Table::kQuarantine, aside, stored));
    XJ_TRY(const bool erased, erase(table, own_key));
    (void)erased;
    return {};
  }

  Result<void> commit() override {
    XJ_TRY_VOID(open_for_use());
    const int rc = mdb_txn_commit(std::exchange(txn_, nullptr));
    end();
    if (rc == 0) return {};
    // LMDB asks for pages only before its first write to the file: nothing was written.
    if (rc == MDB_MAP_FULL || rc == MDB_TXN_FULL) return env_.failure("committing", rc);
    env_.latched = true;
    return fail(ErrorCode::kIo, "the store " + env_.path.string() + " failed at a commit (" +
                                    mdb_strerror(rc) + "): outcome unknown, restart");
  }

 private:
  // With MDB_APPEND, pages that only ever grow at their end stay full instead of being split in
  // half.
  int put_row(std::size_t table, ByteView key, ByteView stored) {
    MDB_val at = val(key), value = val(stored);
    if (greatest(table) && compare(key, *greatest_[table]) > 0) {
      const int rc = mdb_put(txn_, env_.tables[table], &at, &value, MDB_APPEND);
      if (rc == 0) greatest_[table]->assign(key.begin(), key.end());
      return rc;
    }
    return mdb_put(txn_, env_.tables[table], &at, &value, 0);
  }

  // No key of the table is greater than greatest_[table]; after a delete it may be too great.
  bool greatest(std::size_t table) {
    if (greatest_[table]) return true;
    MDB_cursor* raw = nullptr;
    if (mdb_cursor_open(txn_, env_.tables[table], &raw) != 0) return false;
    const Cursor cursor(raw);
    MDB_val key{}, stored{};
    const int rc = mdb_cursor_get(raw, &key, &stored, MDB_LAST);
    if (rc == 0) greatest_[table] = to_bytes(view(key));
    if (rc == MDB_NOTFOUND) greatest_[table] = Bytes();
    return greatest_[table].has_value();
  }

  Result<void> open_for_use() {
    XJ_TRY_VOID(env_.usable());
    if (txn_ == nullptr) return fail(ErrorCode::kIo, "the transaction is over");
    if (full_) {
      end();
      return env_.failure("writing", MDB_MAP_FULL);
    }
    return {};
  }
  std::unexpected<Error> write_failure(std::string_view doing, int rc) {
    full_ = rc == MDB_MAP_FULL || rc == MDB_TXN_FULL;
    return env_.failure(doing, rc);
  }
  void end() {
    if (txn_ != nullptr) mdb_txn_abort(std::exchange(txn_, nullptr));
    if (!std::exchange(over_, true)) env_.writing = false;
  }

  LmdbEnv& env_;
  MDB_txn* txn_;
  Bytes row_;
  std::array<std::optional<Bytes>, kTableCount> greatest_;
  int scanning_ = 0;
  bool full_ = false;
  bool over_ = false;
};

}  // namespace

LmdbEnv::~LmdbEnv() {
  XJ_CHECK(!writing);
  if (env == nullptr || process != ::getpid()) return;  // a forked child must not touch its locks
  for (MDB_txn* txn : idle_readers) mdb_txn_abort(txn);
  mdb_env_close(env);
}

Result<void> LmdbEnv::usable() const {
  if (latched)
    return fail(ErrorCode::kIo,
                "the store " + path.string() + " failed earlier: restart the process");
  if (process != ::getpid())
    return fail(ErrorCode::kIo,
                "the store " + path.string() + " cannot be used in a forked process");
  return {};
}

std::unexpected<Error> LmdbEnv::failure(std::string_view doing, int rc) {
  const std::string where = std::string(doing) + " in the store " + path.string();
  if (rc == MDB_MAP_FULL || rc == MDB_TXN_FULL)
    return fail(ErrorCode::kFull, where + ": full, its limit is " +
                                      std::to_string(map_bytes >> 20) +
                                      " MiB; let queues drain or raise the limit and restart");
  if (rc == MDB_READERS_FULL || rc == ENOMEM || rc == EAGAIN)
    return fail(ErrorCode::kRetry, where + ": " + mdb_strerror(rc));
  latched = true;
  return fail(ErrorCode::kIo,
              where + ": " + mdb_strerror(rc) + "; restart, the start checks the store");
}

Result<std::unique_ptr<ReadTxn>> begin_read(LmdbEnv& env) {
  XJ_TRY_VOID(env.usable());
  MDB_txn* txn = nullptr;
  {
    const std::lock_guard lock(env.idle_mutex);
    if (!env.idle_readers.empty()) {
      txn = env.idle_readers.back();
      env.idle_readers.pop_back();
    }
  }
  const bool renewed = txn != nullptr;
  const int rc = renewed ? mdb_txn_renew(txn) : mdb_txn_begin(env.env, nullptr, MDB_RDONLY, &txn);
  if (rc != 0) {
    if (renewed) mdb_txn_abort(txn);
    return env.failure("reading", rc);
  }
  return std::make_unique<LmdbReader>(env, txn);
}

Result<std::unique_ptr<WriteTxn>> begin_write(LmdbEnv& env) {
  XJ_TRY_VOID(env.usable());
  XJ_CHECK(!env.writing.exchange(true));
  MDB_txn* txn = nullptr;
  if (const int rc = mdb_txn_begin(env.env, nullptr, 0, &txn); rc != 0) {
    env.writing = false;
    return env.failure("writing", rc);
  }
  return std::make_unique<LmdbWriter>(env, txn);
}

Result<std::uint64_t> bytes_in_use(LmdbEnv& env) {
  constexpr MDB_dbi kFree = 0, kMain = 1;
  XJ_TRY_VOID(env.usable());
  MDB_txn* txn = nullptr;
  if (const int rc = mdb_txn_begin(env.env, nullptr, MDB_RDONLY, &txn); rc != 0)
    return env.failure("measuring", rc);
  const std::unique_ptr<MDB_txn, void (*)(MDB_txn*)> ends(txn, mdb_txn_abort);
  std::uint64_t pages = 2, page_bytes = 0;
  std::vector<MDB_dbi> trees(env.tables.begin(), env.tables.end());
  trees.insert(trees.end(), {kFree, kMain});
  for (const MDB_dbi tree : trees) {
    MDB_stat stat{};
    if (const int rc = mdb_stat(txn, tree, &stat); rc != 0) return env.failure("measuring", rc);
    pages += stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages;
    page_bytes = stat.ms_psize;
  }
  return pages * page_bytes;
}

}  // namespace xianjie::adapters
