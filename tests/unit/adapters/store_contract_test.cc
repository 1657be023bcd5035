// The contract of broker/store.h, held by the real store and by its fake alike.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

#include "adapters/lmdb_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/temp_directory.h"

namespace xianjie::tests {
namespace {

using broker::Row;
using broker::Table;

std::string text_of(ByteView view) {
  return std::string(as_text(view));
}

class StoreContract : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { open(); }
  // What a restart of the process does.
  void reopen() {
    if (memory_) {
      memory_->crash();
      return;
    }
    lmdb_.reset();
    open();
  }
  broker::Store& store() {
    if (memory_) return *memory_;
    return *lmdb_;
  }
  void put(Table table, std::string_view key, std::string_view value) {
    auto txn = store().write().value();
    ASSERT_TRUE(txn->put(table, as_bytes(key), as_bytes(value)));
    ASSERT_TRUE(txn->commit());
  }
  std::optional<std::string> get(Table table, std::string_view key) {
    auto txn = store().read().value();
    const auto found = txn->get(table, as_bytes(key)).value();
    if (!found) return std::nullopt;
    return text_of(*found);
  }
  std::string scan(broker::ReadTxn& txn, std::string_view from, std::string_view prefix) {
    std::string seen;
    EXPECT_TRUE(txn.scan(Table::kQueue, as_bytes(from), as_bytes(prefix), [&](const Row& row) {
      seen += text_of(row.key) + "=" + text_of(row.value) + " ";
      return true;
    }));
    return seen;
  }

 private:
  void open() {
    if (GetParam() == std::string("memory")) {
      memory_ = std::make_unique<MemoryStore>();
      return;
    }
    auto opened = adapters::LmdbStore::open({directory_.path() / "store", 4 << 20, false});
    ASSERT_TRUE(opened) << opened.error().text;
    lmdb_ = std::move(*opened);
  }
  TempDirectory directory_;
  std::unique_ptr<MemoryStore> memory_;
  std::unique_ptr<adapters::LmdbStore> lmdb_;
};

TEST_P(StoreContract, CommittedSurvivesAReopen) {
  put(Table::kMeta, "epoch", "7");
  reopen();
  EXPECT_EQ(get(Table::kMeta, "epoch"), "7");
  EXPECT_EQ(get(Table::kSeen, "epoch"), std::nullopt);
}

TEST_P(StoreContract, AnEmptyValueIsAValue) {
  put(Table::kQueue, "k", "");
  EXPECT_EQ(get(Table::kQueue, "k"), "");
}

TEST_P(StoreContract, DroppedTransactionIsUndone) {
  put(Table::kMeta, "a", "old");
  {
    auto txn = store().write().value();
    ASSERT_TRUE(txn->put(Table::kMeta, as_bytes("a"), as_bytes("new")));
    ASSERT_TRUE(txn->put(Table::kMeta, as_bytes("b"), as_bytes("new")));
    ASSERT_TRUE(txn->erase(Table::kMeta, as_bytes("a")).value());
  }
  EXPECT_EQ(get(Table::kMeta, "a"), "old");
  EXPECT_EQ(get(Table::kMeta, "b"), std::nullopt);
}

TEST_P(StoreContract, WriterSeesItsWritesReadersDoNot) {
  put(Table::kMeta, "a", "1");
  auto txn = store().write().value();
  ASSERT_TRUE(txn->put(Table::kMeta, as_bytes("a"), as_bytes("2")));
  EXPECT_EQ(text_of(*txn->get(Table::kMeta, as_bytes("a")).value()), "2");
  auto before = store().read().value();
  EXPECT_EQ(text_of(*before->get(Table::kMeta, as_bytes("a")).value()), "1");
  ASSERT_TRUE(txn->commit());
  EXPECT_EQ(text_of(*before->get(Table::kMeta, as_bytes("a")).value()), "1");
  EXPECT_EQ(get(Table::kMeta, "a"), "2");
}

TEST_P(StoreContract, CommitsOnce) {
  auto txn = store().write().value();
  ASSERT_TRUE(txn->commit());
  EXPECT_FALSE(txn->commit());
  EXPECT_FALSE(txn->put(Table::kMeta, as_bytes("a"), as_bytes("1")));
  EXPECT_FALSE(txn->get(Table::kMeta, as_bytes("a")));
  EXPECT_TRUE(store().write());
}

TEST_P(StoreContract, EraseSaysWhetherItWasThere) {
  put(Table::kMeta, "a", "1");
  auto txn = store().write().value();
  EXPECT_TRUE(txn->erase(Table::kMeta, as_bytes("a")).value());
  EXPECT_FALSE(txn->erase(Table::kMeta, as_bytes("a")).value());
  EXPECT_EQ(txn->count(Table::kMeta).value(), 0U);
}

TEST_P(StoreContract, ScansInOrderWithinAPrefix) {
  for (const char* key : {"b2", "a", "b10", "b", "c", "b\xff"}) put(Table::kQueue, key, "v");
  auto txn = store().read().value();
  EXPECT_EQ(scan(*txn, "", "b"), "b=v b10=v b2=v b\xff=v ");
  EXPECT_EQ(scan(*txn, "b2", "b"), "b2=v b\xff=v ");
  EXPECT_EQ(scan(*txn, "b11", ""), "b2=v b\xff=v c=v ");
  EXPECT_EQ(scan(*txn, "z", ""), "");
  EXPECT_EQ(scan(*txn, "", "x"), "");
  EXPECT_EQ(scan(*txn, std::string(600, 'b'), ""), "b\xff=v c=v ");
  EXPECT_EQ(txn->count(Table::kQueue).value(), 6U);
}

TEST_P(StoreContract, VisitorStopsTheScan) {
  for (const char* key : {"a", "b", "c"}) put(Table::kQueue, key, "v");
  auto txn = store().read().value();
  int seen = 0;
  ASSERT_TRUE(txn->scan(Table::kQueue, {}, {}, [&](const Row&) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
}

TEST_P(StoreContract, ImpossibleKeysAreRefusedAndHarmless) {
  auto txn = store().write().value();
  const std::string long_key(512, 'k');
  EXPECT_EQ(txn->put(Table::kMeta, {}, {}).error().code, ErrorCode::kRefused);
  EXPECT_EQ(txn->put(Table::kMeta, as_bytes(long_key), {}).error().code, ErrorCode::kRefused);
  EXPECT_EQ(txn->get(Table::kMeta, as_bytes(long_key)).value(), std::nullopt);
  EXPECT_TRUE(txn->put(Table::kMeta, as_bytes(long_key).first(511), as_bytes("v")));
  EXPECT_TRUE(txn->commit());
}

TEST_P(StoreContract, ARowCanBePutFromItsOwnView) {
  put(Table::kQueue, "from", std::string(1500, 'x'));
  auto txn = store().write().value();
  for (int i = 0; i < 20; ++i) {
    const auto view = txn->get(Table::kQueue, as_bytes("from")).value();
    ASSERT_TRUE(txn->put(Table::kQueue, as_bytes("to" + std::to_string(i)), *view));
  }
  ASSERT_TRUE(txn->commit());
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(get(Table::kQueue, "to" + std::to_string(i)), std::string(1500, 'x'));
}

// Random turns against a plain map: rising and random keys, small and overflowing values, drops.
TEST_P(StoreContract, AgreesWithAMap) {
  std::mt19937 random(20261209);
  std::map<std::string, std::string> model;
  for (int turn = 0; turn < 60; ++turn) {
    auto txn = store().write().value();
    auto next = model;
    for (int i = 0; i < 40; ++i) {
      const std::string key = random() % 2 ? "s" + std::to_string(100000 + turn * 40 + i)
                                           : "r" + std::to_string(random() % 200);
      if (random() % 3 == 0) {
        EXPECT_EQ(txn->erase(Table::kEnvelopes, as_bytes(key)).value(), next.erase(key) == 1);
      } else {
        const std::string value(random() % 20 ? random() % 300 : 2500,
                                static_cast<char>('a' + i % 26));
        ASSERT_TRUE(txn->put(Table::kEnvelopes, as_bytes(key), as_bytes(value)));
        next[key] = value;
      }
    }
    if (random() % 5 == 0) continue;
    ASSERT_TRUE(txn->commit());
    model = next;
  }
  reopen();
  std::map<std::string, std::string> found;
  ASSERT_TRUE(store().read().value()->scan(Table::kEnvelopes, {}, {}, [&](const Row& row) {
    return found.emplace(text_of(row.key), text_of(row.value)).second;
  }));
  EXPECT_EQ(found, model);
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::Values("lmdb", "memory"),
                         [](const auto& tested) { return std::string(tested.param); });

}  // namespace
}  // namespace xianjie::tests
