#include "tests/support/memory_store.h"

namespace xianjie::tests {

using broker::ReadTxn;
using broker::Row;
using broker::Table;
using broker::Visit;
using broker::WriteTxn;

namespace {

constexpr std::size_t kKeyBytesMax = 511;

std::size_t slot(Table table) {
  XJ_CHECK(table < Table::kCount);
  return static_cast<std::size_t>(table);
}
std::unexpected<Error> gone() {
  return fail(ErrorCode::kIo, "the transaction did not survive the crash");
}
std::unexpected<Error> latched() {
  return fail(ErrorCode::kIo, "the store failed at a commit; restart and reconcile by id");
}

}  // namespace

// A snapshot: shares the maps; whoever writes later copies first.
class MemoryStore::Reader final : public ReadTxn {
 public:
  Reader(MemoryStore& store, Tables tables, Corrupt corrupt)
      : store_(store),
        life_(store.life_),
        tables_(std::move(tables)),
        corrupt_(std::move(corrupt)) {}

  Result<std::optional<ByteView>> get(Table table, ByteView key) override {
    if (life_ != store_.life_) return gone();
    return get_from(tables_, corrupt_, table, key);
  }
  Result<void> scan(Table table, ByteView from, ByteView prefix, const Visit& visit) override {
    if (life_ != store_.life_) return gone();
    return scan_in(tables_, corrupt_, table, from, prefix, visit);
  }
  Result<std::uint64_t> count(Table table) override {
    if (life_ != store_.life_) return gone();
    return tables_[slot(table)]->size();
  }

 private:
  MemoryStore& store_;
  std::uint64_t life_;
  Tables tables_;
  Corrupt corrupt_;
};

class MemoryStore::Writer final : public WriteTxn {
 public:
  explicit Writer(MemoryStore& store) : store_(store) { store_.writer_ = this; }
  ~Writer() override {
    if (live()) store_.roll_back();
  }

  Result<std::optional<ByteView>> get(Table table, ByteView key) override {
    if (!live()) return gone();
    auto found = get_from(store_.tables_, store_.corrupt_, table, key);
    if (!found || !*found) return found;
    return lend(**found);
  }
  Result<void> scan(Table table, ByteView from, ByteView prefix, const Visit& visit) override {
    if (!live()) return gone();
    ++scanning_;
    const auto done =
        scan_in(store_.tables_, store_.corrupt_, table, from, prefix, [&](const Row& row) {
          return visit(Row{lend(row.key), lend(row.value)});
        });
    --scanning_;
    return done;
  }
  Result<std::uint64_t> count(Table table) override {
    if (!live()) return gone();
    return store_.tables_[slot(table)]->size();
  }

  Result<void> put(Table table, ByteView key, ByteView value) override {
    XJ_TRY_VOID(may_write(key));
    const auto& rows = *store_.tables_[slot(table)];
    const auto old = rows.find(key);
    const std::size_t freed = old == rows.end() ? 0 : old->second.size();
    const std::size_t added = value.size() + (old == rows.end() ? key.size() : 0);
    if (store_.limit_bytes_ != 0 && store_.used_bytes_ - freed + added > store_.limit_bytes_) {
      full_ = true;
      return fail(ErrorCode::kFull, "the store is full");
    }
    Bytes copy = to_bytes(value);  // before lent views die: the value may be one of them
    Bytes key_copy = to_bytes(key);
    lent_.clear();
    Map& map = store_.writable(table);
    const bool was_corrupt = store_.heal(table, key_copy);
    auto [at, inserted] = map.try_emplace(key_copy);
    store_.undo_.push_back({table, std::move(key_copy),
                            inserted ? std::nullopt : std::optional(std::move(at->second)),
                            was_corrupt});
    at->second = std::move(copy);
    store_.used_bytes_ = store_.used_bytes_ - freed + added;
    return {};
  }
  Result<bool> erase(Table table, ByteView key) override {
    XJ_TRY_VOID(may_write(key));
    Bytes key_copy = to_bytes(key);
    lent_.clear();
    if (!store_.tables_[slot(table)]->contains(key_copy)) return false;
    Map& map = store_.writable(table);
    const auto at = map.find(key_copy);
    store_.used_bytes_ -= at->first.size() + at->second.size();
    const bool was_corrupt = store_.heal(table, key_copy);
    store_.undo_.push_back({table, std::move(key_copy), std::move(at->second), was_corrupt});
    map.erase(at);
    return true;
  }
  Result<void> set_aside(Table table, ByteView key) override {
    XJ_TRY_VOID(may_write(key));
    const auto& rows = *store_.tables_[slot(table)];
    const auto old = rows.find(key);
    if (old == rows.end()) return {};
    const Bytes own_key = to_bytes(key), value = old->second;
    const Bytes aside =
        Encoder().u8(0xFF).u8(static_cast<std::uint8_t>(table)).raw(own_key).bytes();
    XJ_TRY_VOID(put(Table::kQuarantine, aside, value));
    XJ_TRY(const bool erased, erase(table, own_key));
    XJ_CHECK(erased);
    return {};
  }
  Result<void> commit() override {
    if (!live()) return gone();
    lent_.clear();
    if (full_) {
      store_.roll_back();
      return fail(ErrorCode::kFull, "the store is full");
    }
    const auto failure = std::exchange(store_.fail_commit_applied_, std::nullopt);
    if (failure) {
      store_.failed_ = true;
      if (!*failure) {
        store_.roll_back();
        return latched();
      }
    }
    store_.undo_.clear();
    store_.writer_ = nullptr;
    if (failure) return latched();
    ++store_.commits_;
    return {};
  }

 private:
  [[nodiscard]] bool live() const { return store_.writer_ == this; }
  [[nodiscard]] Result<void> may_write(ByteView key) const {
    XJ_CHECK(scanning_ == 0);
    if (!live()) return gone();
    if (full_) return fail(ErrorCode::kFull, "the store is full");
    if (key.empty() || key.size() > kKeyBytesMax)
      return refused("a key has 1 to 511 bytes, not " + std::to_string(key.size()));
    return {};
  }
  ByteView lend(ByteView bytes) { return lent_.emplace_back(bytes.begin(), bytes.end()); }

  MemoryStore& store_;
  std::vector<Bytes> lent_;  // what views point to until the next write
  int scanning_ = 0;
  bool full_ = false;
};

MemoryStore::MemoryStore() {
  for (auto& table : tables_) table = std::make_shared<Map>();
}

MemoryStore::MemoryStore(const MemoryStore& other)
    : tables_(other.tables_),
      corrupt_(other.corrupt_),
      used_bytes_(other.used_bytes_),
      limit_bytes_(other.limit_bytes_) {
  undo_ = other.undo_;
  if (!undo_.empty()) roll_back();
}

Result<std::unique_ptr<ReadTxn>> MemoryStore::read() {
  if (failed_) return latched();
  if (undo_.empty()) return std::make_unique<Reader>(*this, tables_, corrupt_);
  const MemoryStore committed(*this);
  return std::make_unique<Reader>(*this, committed.tables_, committed.corrupt_);
}

Result<std::unique_ptr<WriteTxn>> MemoryStore::write() {
  if (failed_) return latched();
  XJ_CHECK(writer_ == nullptr);
  return std::make_unique<Writer>(*this);
}

void MemoryStore::crash() {
  roll_back();
  ++life_;
  failed_ = false;
  fail_commit_applied_.reset();
}

void MemoryStore::lose_disk() {
  crash();
  for (auto& table : tables_) table = std::make_shared<Map>();
  corrupt_.clear();
  used_bytes_ = 0;
}

void MemoryStore::put_back(const MemoryStore& copy) {
  crash();
  for (std::size_t i = 0; i < tables_.size(); ++i)
    tables_[i] = std::make_shared<Map>(*copy.tables_[i]);
  corrupt_ = copy.corrupt_;
  used_bytes_ = copy.used_bytes_;
}

void MemoryStore::fail_next_commit(bool applied) {
  fail_commit_applied_ = applied;
}

void MemoryStore::corrupt_row(Table table, ByteView key) {
  XJ_CHECK(tables_[slot(table)]->contains(key));
  corrupt_.emplace(table, to_bytes(key));
}

MemoryStore::Map& MemoryStore::writable(Table table) {
  auto& map = tables_[slot(table)];
  if (map.use_count() > 1) map = std::make_shared<Map>(*map);
  return *map;
}

bool MemoryStore::heal(Table table, const Bytes& key) {
  return !corrupt_.empty() && corrupt_.erase({table, key}) != 0;
}

void MemoryStore::roll_back() {
  for (; !undo_.empty(); undo_.pop_back()) {
    Undo& step = undo_.back();
    Map& map = writable(step.table);
    const auto at = map.find(step.key);
    if (at != map.end()) {
      used_bytes_ -= at->first.size() + at->second.size();
      map.erase(at);
    }
    if (step.was_corrupt) corrupt_.emplace(step.table, step.key);
    if (!step.before) continue;
    used_bytes_ += step.key.size() + step.before->size();
    map.emplace(std::move(step.key), std::move(*step.before));
  }
  writer_ = nullptr;
}

Result<std::optional<ByteView>> MemoryStore::get_from(const Tables& tables, const Corrupt& corrupt,
                                                      Table table, ByteView key) {
  const Map& map = *tables[slot(table)];
  const auto at = map.find(key);
  if (at == map.end()) return std::nullopt;
  if (!corrupt.empty() && corrupt.contains({table, at->first}))
    return fail(ErrorCode::kCorrupt, to_hex(key));
  return ByteView(at->second);
}

Result<void> MemoryStore::scan_in(const Tables& tables, const Corrupt& corrupt, Table table,
                                  ByteView from, ByteView prefix, const Visit& visit) {
  const Map& map = *tables[slot(table)];
  const ByteView start = compare(from, prefix) < 0 ? prefix : from;
  for (auto at = map.lower_bound(start); at != map.end() && starts_with(at->first, prefix); ++at) {
    if (!corrupt.empty() && corrupt.contains({table, at->first}))
      return fail(ErrorCode::kCorrupt, to_hex(at->first));
    if (!visit(Row{at->first, at->second})) return {};
  }
  return {};
}

}  // namespace xianjie::tests
