// The fakes' ways to fail, on which the simulation's crashes stand.
#include "tests/support/memory_store.h"

#include <gtest/gtest.h>

#include "tests/support/memory_archive.h"

namespace xianjie::tests {
namespace {

using broker::Table;

const Bytes kKey{1};

class MemoryStoreTest : public testing::Test {
 protected:
  Result<void> put(std::string_view value) {
    auto txn = store_.write();
    if (!txn) return std::unexpected(txn.error());
    XJ_TRY_VOID((*txn)->put(Table::kMeta, kKey, as_bytes(value)));
    return (*txn)->commit();
  }
  std::string value() {
    auto txn = store_.read().value();
    const auto found = txn->get(Table::kMeta, kKey).value();
    return found ? std::string(as_text(*found)) : "";
  }
  MemoryStore store_;
};

TEST_F(MemoryStoreTest, ACrashDropsWhatWasNotCommitted) {
  ASSERT_TRUE(put("old"));
  auto txn = store_.write().value();
  auto reader = store_.read().value();
  ASSERT_TRUE(txn->put(Table::kMeta, kKey, as_bytes("new")));
  store_.crash();
  EXPECT_EQ(txn->commit().error().code, ErrorCode::kIo);
  EXPECT_EQ(reader->get(Table::kMeta, kKey).error().code, ErrorCode::kIo);
  EXPECT_EQ(value(), "old");
  EXPECT_TRUE(put("next"));
  EXPECT_EQ(value(), "next");
}

TEST_F(MemoryStoreTest, AFailedCommitLatchesAppliedOrNot) {
  for (const bool applied : {false, true}) {
    ASSERT_TRUE(put("old"));
    store_.fail_next_commit(applied);
    EXPECT_EQ(put("new").error().code, ErrorCode::kIo);
    EXPECT_EQ(store_.read().error().code, ErrorCode::kIo);
    EXPECT_EQ(store_.write().error().code, ErrorCode::kIo);
    store_.crash();
    EXPECT_EQ(value(), applied ? "new" : "old");
  }
}

TEST_F(MemoryStoreTest, FullSpoilsTheTransactionOnly) {
  store_.set_limit_bytes(10);
  ASSERT_TRUE(put("12345678"));
  EXPECT_EQ(put("1234567890").error().code, ErrorCode::kFull);
  EXPECT_EQ(value(), "12345678");
  EXPECT_EQ(store_.used_bytes(), 9U);
  EXPECT_TRUE(put("123456789"));
}

TEST_F(MemoryStoreTest, ACorruptRowHealsByWritingNotByDropping) {
  ASSERT_TRUE(put("v"));
  store_.corrupt_row(Table::kMeta, kKey);
  { ASSERT_TRUE(store_.write().value()->put(Table::kMeta, kKey, as_bytes("dropped"))); }
  const auto found = store_.read().value()->get(Table::kMeta, kKey);
  EXPECT_EQ(found.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(found.error().text, "01");
  ASSERT_TRUE(put("v2"));
  EXPECT_EQ(value(), "v2");
}

TEST_F(MemoryStoreTest, CopiesAndLostDisksAreApart) {
  ASSERT_TRUE(put("v"));
  MemoryStore copy(store_);
  ASSERT_TRUE(put("w"));
  store_.lose_disk();
  EXPECT_EQ(value(), "");
  EXPECT_EQ(store_.used_bytes(), 0U);
  const auto found = copy.read().value()->get(Table::kMeta, kKey).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(as_text(*found), "v");
}

TEST(MemoryArchiveTest, AFailedAppendKeepsAPrefixThatMayBeRepeated) {
  MemoryArchive archive;
  const std::vector<broker::ArchiveRecord> three{{1, {1}}, {2, {2}}, {3, {3}}};
  archive.fail_next_append(2);
  EXPECT_EQ(archive.append(three).error().code, ErrorCode::kIo);
  EXPECT_EQ(archive.last_number(), 2U);
  EXPECT_TRUE(archive.append(three));
  EXPECT_EQ(archive.last_number(), 3U);
  EXPECT_EQ(archive.append({{5, {}}}).error().code, ErrorCode::kRefused);
  EXPECT_EQ(archive.append({{2, {9}}}).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace xianjie::tests
