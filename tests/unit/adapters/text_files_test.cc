// Encodings, CSV, clocks and randomness: the small adapters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "adapters/clock.h"
#include "adapters/csv.h"
#include "adapters/encoding.h"
#include "adapters/system_random.h"

namespace xianjie::adapters {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

// "李,陕西" and a character beyond the two-byte plane (U+20BB7) in GB18030.
constexpr std::string_view kGb18030 = "\xC0\xEE,\xC9\xC2\xCE\xF7,\x95\x34\xB2\x35";
constexpr std::string_view kSameInUtf8 = "李,陕西,𠮷";

TEST(Encoding, Utf8WithAndWithoutMark) {
  for (const std::string text : {"姓名,a\n", "\xEF\xBB\xBF姓名,a\n"}) {
    const auto decoded = decode_text(as_bytes(text));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->text, "姓名,a\n");
    EXPECT_EQ(decoded->encoding, TextEncoding::kUtf8);
  }
  EXPECT_EQ(decode_text({})->text, "");
}

TEST(Encoding, Gb18030WhereItIsNotUtf8) {
  const auto decoded = decode_text(as_bytes(kGb18030));
  ASSERT_TRUE(decoded) << decoded.error().text;
  EXPECT_EQ(decoded->text, kSameInUtf8);
  EXPECT_EQ(decoded->encoding, TextEncoding::kGb18030);
}

TEST(Encoding, AnythingElseRefusesTheWholeFile) {
  const std::string utf16le("\xFF\xFE\x59\x00,\x00", 6);
  const std::string zeros("a\0b", 3);
  for (const std::string& bytes :
       {utf16le, zeros, std::string("ok\xFF"), std::string("\xC0\xEE cut \xC0"),
        std::string("mixed 姓 \x80\x80")}) {
    const auto decoded = decode_text(as_bytes(bytes));
    ASSERT_FALSE(decoded) << to_hex(as_bytes(bytes));
    EXPECT_EQ(decoded.error().code, ErrorCode::kRefused);
    EXPECT_THAT(decoded.error().text, StartsWith("encoding: "));
  }
}

std::vector<CsvRow> rows_of(std::string_view text) {
  std::vector<CsvRow> rows;
  CsvReader reader(text);
  while (auto row = reader.next()) rows.push_back(std::move(*row));
  return rows;
}

TEST(Csv, FieldsLinesAndLineNumbers) {
  const auto rows = rows_of("a,b\r\n\n\"x, \"\"y\"\"\n2nd\",,\"\"\r\nlast,\"q\"");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_THAT(rows[0].fields, ElementsAre("a", "b"));
  EXPECT_EQ(rows[0].line, 1U);
  EXPECT_THAT(rows[1].fields, ElementsAre("x, \"y\"\n2nd", "", ""));
  EXPECT_EQ(rows[1].line, 3U);
  EXPECT_THAT(rows[2].fields, ElementsAre("last", "q"));
  EXPECT_EQ(rows[2].line, 5U);
  for (const auto& row : rows) EXPECT_FALSE(row.broken);
}

TEST(Csv, TrailingCommaIsAnEmptyField) {
  EXPECT_THAT(rows_of("a,\n")[0].fields, ElementsAre("a", ""));
  EXPECT_THAT(rows_of("a,")[0].fields, ElementsAre("a", ""));
  EXPECT_TRUE(rows_of("\r\n\n").empty());
  EXPECT_THAT(rows_of("say \"hi\",b\n")[0].fields, ElementsAre("say \"hi\"", "b"));
}

TEST(Csv, ABrokenLineCostsOneRow) {
  for (const char* bad :
       {"1,\"open,2", "1,\"open,2\",\"x", "1,\"a\"junk,2", "\"a\"\"", "1,\"a\" ,2"}) {
    const auto rows =
        rows_of(std::string("h1,h2\nbefore,\"x\"\n") + bad + "\nafter,\"y\"\nend,z\n");
    ASSERT_EQ(rows.size(), 5U) << bad;
    EXPECT_TRUE(rows[2].broken) << bad;
    EXPECT_EQ(rows[2].line, 3U);
    EXPECT_NE(rows[2].problem, "");
    EXPECT_FALSE(rows[3].broken);
    EXPECT_THAT(rows[3].fields, ElementsAre("after", "y"));
    EXPECT_EQ(rows[3].line, 4U);
    EXPECT_THAT(rows[4].fields, ElementsAre("end", "z"));
  }
  const auto last = rows_of("a,b\nc,\"d");
  ASSERT_EQ(last.size(), 2U);
  EXPECT_TRUE(last[1].broken);
}

TEST(Csv, AFieldWithoutEndIsBrokenAndTheFileStaysLinear) {
  const std::string huge(kCsvFieldBytesMax + 1, 'x');
  EXPECT_FALSE(rows_of(huge + "\nb\n")[0].broken) << "its end is plain; its reader says too long";
  EXPECT_TRUE(rows_of("\"" + huge + "\"\nb\n")[0].broken);
  EXPECT_FALSE(rows_of("\"" + huge.substr(1) + "\"\nb\n")[0].broken);
  EXPECT_THAT(rows_of("\"" + huge + "\"\nb\n")[1].fields, ElementsAre("b"));
}

TEST(Csv, WritesWhatItReads) {
  const std::vector<std::string> fields{"plain", "a,b",    "say \"hi\"", "two\nlines",
                                        "",      " edge ", "中文"};
  EXPECT_EQ(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
  EXPECT_EQ(csv_field("plain"), "plain");
  const auto rows = rows_of(csv_line(fields) + csv_line({"x"}));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].fields, fields);
  EXPECT_EQ(rows[1].line, 3U);
}

TEST(Clocks, RehearsalTimeComesFromItsThreeNumbers) {
  const WallTime start = *parse_wall_time("2026-12-09T12:00:00+08:00");
  const RehearsalClock clock(start, {1'000'000}, 28'800);  // 3 s a day
  EXPECT_EQ(clock.wall_at({1'000'000}), start);
  EXPECT_EQ(clock.wall_at({1'003'000}), start + days(1));
  EXPECT_EQ(clock.wall_at({1'000'001}), start + milliseconds(28'800));
  EXPECT_TRUE(clock.now().wall_trusted);
}

TEST(Clocks, RehearsalTimeMayRunSlowlyInParts) {
  const WallTime start = *parse_wall_time("2026-12-13T09:00:00+08:00");
  const WallTime from = start + days(1), until = from + hours(3);
  const RehearsalClock clock(start, {1'000'000}, 86'400,  // a day a second, but 3 h take 6 s
                             {{from, until, 1'800}, {until + days(1), until + days(2), 43'200}});
  const std::pair<std::int64_t, WallTime> times[] = {{0, start},
                                                     {500, start + hours(12)},
                                                     {1'000, from},
                                                     {3'000, from + hours(1)},
                                                     {7'000, until},
                                                     {8'000, until + days(1)},
                                                     {9'000, until + days(1) + hours(12)},
                                                     {10'000, until + days(2)},
                                                     {11'000, until + days(3)}};
  for (const auto& [real_ms, wall] : times) {
    EXPECT_EQ(clock.wall_at({1'000'000 + real_ms}), wall) << real_ms;
    EXPECT_EQ(clock.real_between(start, wall), milliseconds(real_ms)) << real_ms;
  }
  EXPECT_EQ(clock.real_between(until, from), milliseconds(0));
  EXPECT_EQ(SystemClock(true).real_between(from, until), hours(3));
}

TEST(Clocks, InstantsRiseAndAreReal) {
  const RehearsalClock rehearsal({0}, real_wall_time(), 1e6);
  const SystemClock system(true);
  const Now first = rehearsal.now();
  const Now second = system.now();
  EXPECT_LE(first.instant, second.instant);
  EXPECT_LT((second.instant - first.instant).ms, 60'000);
  EXPECT_TRUE(second.wall_trusted);
  EXPECT_GT(second.wall, *parse_wall_time("2020-01-01T00:00:00Z"));
}

TEST(SystemRandomTest, DoesNotRepeat) {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.u64());
  EXPECT_EQ(seen.size(), 1000U);
  std::vector<std::uint8_t> many(100'000);
  random.fill(many);
  EXPECT_GT(std::count(many.begin(), many.end(), 0), 200);
  EXPECT_LT(std::count(many.begin(), many.end(), 0), 600);
}

}  // namespace
}  // namespace xianjie::adapters
