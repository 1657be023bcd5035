// The archive on disk: chain, rolling, what a crash may leave and what it may not.
#include "adapters/archive_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "adapters/archive_segment.h"
#include "tests/support/memory_archive.h"
#include "tests/support/temp_directory.h"

namespace xianjie::adapters {
namespace {

using broker::ArchiveRecord;
using testing::HasSubstr;

class ArchiveFilesTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "archive"; }
  [[nodiscard]] std::filesystem::path segment(int first = 1) const {
    const std::string digits = std::to_string(first);
    return path() / ("audit-" + std::string(20 - digits.size(), '0') + digits + ".seg");
  }
  [[nodiscard]] Result<std::unique_ptr<ArchiveFiles>> try_open(std::uint64_t segment_bytes) const {
    return ArchiveFiles::open({path(), "audit", segment_bytes});
  }
  [[nodiscard]] std::unique_ptr<ArchiveFiles> open(std::uint64_t segment_bytes = 1 << 20) const {
    auto opened = try_open(segment_bytes);
    EXPECT_TRUE(opened) << opened.error().text;
    return opened ? std::move(*opened) : nullptr;
  }
  static ArchiveRecord record(std::uint64_t number) {
    return {number, to_bytes(as_bytes("line " + std::to_string(number)))};
  }
  static std::vector<ArchiveRecord> records(std::uint64_t from, std::uint64_t to) {
    std::vector<ArchiveRecord> out;
    for (; from <= to; ++from) out.push_back(record(from));
    return out;
  }
  static std::vector<std::uint64_t> numbers(ArchiveFiles& archive, std::uint64_t from) {
    std::vector<std::uint64_t> seen;
    EXPECT_TRUE(archive.scan(from, [&](const ArchiveRecord& there) {
      EXPECT_EQ(there.bytes, record(there.number).bytes);
      seen.push_back(there.number);
      return true;
    }));
    return seen;
  }
  [[nodiscard]] Bytes contents(int first = 1) const {
    return read_file(segment(first), 1 << 20).value();
  }
  void replace(const Bytes& bytes, int first = 1) const {
    std::ofstream(segment(first), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  tests::TempDirectory directory_;
};

TEST_F(ArchiveFilesTest, TheExampleOfTheHeader) {
  ASSERT_TRUE(open()->append({{1, to_bytes(as_bytes("ab"))}}));
  const Hash zeros{};
  const Hash hash = crypto::hash({zeros, Encoder().u64(1).bytes(), crypto::hash(as_bytes("ab"))});
  EXPECT_EQ(to_hex(contents()),
            "584a41524348320a"
            "0000000000000001" +
                to_hex(zeros) +
                "00000002"
                "0000000000000001" +
                to_hex(hash) + "6162");
}

TEST_F(ArchiveFilesTest, AppendsAcrossReopensLikeTheFake) {
  tests::MemoryArchive fake;
  for (std::uint64_t at = 1; at < 40; at += 3) {
    auto archive = open(300);
    ASSERT_TRUE(archive->append(records(at, at + 2)));
    ASSERT_TRUE(fake.append(records(at, at + 2)));
    EXPECT_EQ(archive->last_number(), fake.last_number());
    EXPECT_EQ(archive->head(), fake.head());
  }
  auto archive = open(300);
  EXPECT_EQ(archive->head(), fake.head());
  EXPECT_EQ(numbers(*archive, 0).size(), 39U);
  EXPECT_THAT(numbers(*archive, 37), testing::ElementsAre(37, 38, 39));
  EXPECT_TRUE(numbers(*archive, 40).empty());
  const auto files = std::distance(std::filesystem::directory_iterator(path()), {});
  EXPECT_GT(files, 5);
  for (const auto& entry : std::filesystem::directory_iterator(path()))
    EXPECT_LE(entry.file_size(), 300U);
}

TEST_F(ArchiveFilesTest, AViewIsAsOldAsItWasTakenAndAnyThreadMayReadIt) {
  auto archive = open(300);
  ASSERT_TRUE(archive->append(records(1, 20)));
  const ArchiveView before = archive->view();
  std::atomic<bool> over = false;
  std::jthread reader([&] {
    std::uint64_t newest = 0;
    while (!over) {
      const ArchiveView view = archive->view();
      std::uint64_t last = 0;
      EXPECT_TRUE(view.scan(1, [&](const ArchiveRecord& there) {
        EXPECT_EQ(there.bytes, record(there.number).bytes);
        EXPECT_EQ(there.number, last + 1);
        last = there.number;
        return true;
      }));
      EXPECT_EQ(last, view.last_number());
      EXPECT_GE(last, newest);
      newest = last;
    }
  });
  for (std::uint64_t at = 21; at < 200; at += 2) ASSERT_TRUE(archive->append(records(at, at + 1)));
  over = true;
  reader.join();
  std::uint64_t last = 0;
  EXPECT_TRUE(before.scan(15, [&](const ArchiveRecord& there) {
    last = there.number;
    return true;
  }));
  EXPECT_EQ(last, 20U);
}

TEST_F(ArchiveFilesTest, WhatIsGivenIsVerifiedWhatIsPassedOverIsNot) {
  ASSERT_TRUE(open()->append(records(1, 9)));
  Bytes bytes = contents();
  bytes[bytes.size() - 8 * (44 + 6) - 1] ^= 1;  // the end of record 1
  auto archive = open();                        // the end is whole
  replace(bytes);
  EXPECT_THAT(numbers(*archive, 2), testing::ElementsAre(2, 3, 4, 5, 6, 7, 8, 9));
  const auto none = [](const ArchiveRecord&) { return true; };
  EXPECT_EQ(archive->scan(1, none).error().code, ErrorCode::kCorrupt);
  bytes = contents();
  bytes[bytes.size() - 3 * (44 + 6) - 1] ^= 1;  // of record 6
  replace(bytes);
  EXPECT_EQ(archive->scan(5, none).error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(numbers(*archive, 7), testing::ElementsAre(7, 8, 9));
}

TEST_F(ArchiveFilesTest, RepeatsAreHarmlessGapsAndOtherBytesAreNot) {
  auto archive = open(200);
  ASSERT_TRUE(archive->append(records(1, 10)));
  const Hash head = archive->head();
  EXPECT_TRUE(archive->append(records(4, 10)));
  EXPECT_EQ(archive->head(), head);
  EXPECT_TRUE(archive->append(records(9, 12)));
  EXPECT_EQ(numbers(*archive, 1).size(), 12U);
  EXPECT_EQ(archive->append(records(14, 14)).error().code, ErrorCode::kRefused);
  EXPECT_EQ(archive->append({record(13), record(15)}).error().code, ErrorCode::kRefused);
  EXPECT_EQ(archive->append({{0, {}}}).error().code, ErrorCode::kRefused);
  EXPECT_EQ(archive->append({{12, to_bytes(as_bytes("other"))}}).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(archive->append({{13, Bytes(kArchiveRecordBytesMax + 1)}}).error().code,
            ErrorCode::kRefused);
  EXPECT_TRUE(archive->append(records(13, 13)));
}

TEST_F(ArchiveFilesTest, EveryTornTailIsCutToWholeRecords) {
  ASSERT_TRUE(open()->append(records(1, 3)));
  const Bytes whole = contents();
  const std::size_t record_bytes = kRecordHeadBytes + 6;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    replace(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    auto archive = open();
    ASSERT_TRUE(archive) << size;
    const std::size_t left =
        size < kSegmentHeadBytes ? 0 : (size - kSegmentHeadBytes) / record_bytes;
    ASSERT_EQ(archive->last_number(), left) << size;
    const std::size_t kept = size < kSegmentHeadBytes ? 0 : kSegmentHeadBytes + left * record_bytes;
    EXPECT_EQ(archive->cut_bytes(), size - kept);
    ASSERT_TRUE(archive->append(records(left + 1, 3)));
    EXPECT_EQ(contents(), whole);
  }
}

TEST_F(ArchiveFilesTest, EveryFlippedBitIsFoundAndLeftAlone) {
  ASSERT_TRUE(open()->append(records(1, 3)));
  const Bytes whole = contents();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int bit : {0, 5, 7}) {
      Bytes flipped = whole;
      flipped[at] = static_cast<std::uint8_t>(flipped[at] ^ (1 << bit));
      replace(flipped);
      const auto archive = try_open(1 << 20);
      ASSERT_FALSE(archive) << "byte " << at << " bit " << bit;
      EXPECT_EQ(archive.error().code, ErrorCode::kCorrupt);
      EXPECT_THAT(archive.error().text, HasSubstr("does not verify"));
      ASSERT_EQ(contents(), flipped);
    }
  }
}

TEST_F(ArchiveFilesTest, AForgedRecordBreaksTheChain) {
  ASSERT_TRUE(open()->append(records(1, 2)));
  const Bytes whole = contents();
  Bytes forged(whole.begin(), whole.begin() + kSegmentHeadBytes);
  const Bytes bytes = to_bytes(as_bytes("line X"));
  const Hash hash = chain(Hash{}, 1, bytes);
  const Bytes first = Encoder().u32(6).u64(1).raw(hash).raw(bytes).bytes();
  forged.insert(forged.end(), first.begin(), first.end());
  forged.insert(forged.end(), whole.begin() + static_cast<std::ptrdiff_t>(forged.size()),
                whole.end());
  replace(forged);
  EXPECT_EQ(try_open(1 << 20).error().code, ErrorCode::kCorrupt);
}

TEST_F(ArchiveFilesTest, DamageInAnOlderSegmentShowsInAScan) {
  auto archive = open(200);
  ASSERT_TRUE(archive->append(records(1, 12)));
  archive.reset();
  Bytes older = contents(4);
  older.back() ^= 1;
  replace(older, 4);
  archive = open(200);
  const auto all = [](const ArchiveRecord&) { return true; };
  EXPECT_EQ(archive->scan(1, all).error().code, ErrorCode::kCorrupt);
  EXPECT_TRUE(archive->scan(7, all));
  std::filesystem::remove(segment(4));
  archive.reset();
  archive = open(200);
  const auto scanned = archive->scan(1, all);
  ASSERT_FALSE(scanned);
  EXPECT_THAT(scanned.error().text, HasSubstr("between records 3 and 7"));
}

TEST_F(ArchiveFilesTest, OneOpenerAtATime) {
  const auto archive = open();
  EXPECT_EQ(try_open(1 << 20).error().code, ErrorCode::kRefused);
}

}  // namespace
}  // namespace xianjie::adapters
