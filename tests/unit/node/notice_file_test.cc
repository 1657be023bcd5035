#include "node/office/notice_file.h"

#include <gmock/gmock.h>

#include "node/office/notice_split.h"
#include "notice_fixture.h"

namespace xianjie::node {
namespace {

using testing::ElementsAre;

constexpr std::string_view kUtf8 =
    "姓名,呈报单位,身份证号,户籍地代码,remarks\r\n"
    "甲一,红石监狱,11010118000101004x,110101,\"有,逗号 \"\"引号\"\"\n换行\"\r\n"
    "\r\n"
    "乙二,prison:610000-03,１１０１０１０００１０１００１,１１０１０１,\r\n";

// The same in GB18030.
constexpr std::string_view kGb18030 =
    "\xd0\xd5\xc3\xfb,\xb3\xca\xb1\xa8\xb5\xa5\xce\xbb,\xc9\xed\xb7\xdd\xd6\xa4\xba\xc5,"
    "\xbb\xa7\xbc\xae\xb5\xd8\xb4\xfa\xc2\xeb,remarks\r\n"
    "\xbc\xd7\xd2\xbb,\xba\xec\xca\xaf\xbc\xe0\xd3\xfc,11010118000101004x,110101,"
    "\"\xd3\xd0,\xb6\xba\xba\xc5 \"\"\xd2\xfd\xba\xc5\"\"\n\xbb\xbb\xd0\xd0\"\r\n"
    "\r\n"
    "\xd2\xd2\xb6\xfe,prison:610000-03,"
    "\xa3\xb1\xa3\xb1\xa3\xb0\xa3\xb1\xa3\xb0\xa3\xb1"
    "\xa3\xb0\xa3\xb0\xa3\xb0\xa3\xb1\xa3\xb0\xa3\xb1"
    "\xa3\xb0\xa3\xb0\xa3\xb1,\xa3\xb1\xa3\xb1\xa3\xb0\xa3\xb1\xa3\xb0\xa3\xb1,\r\n";

NoticeBatch check_bytes(std::string_view bytes) {
  auto rows = read_notice_bytes(as_bytes(bytes));
  if (!rows) return {.rows_read = 0, .rows = {}, .refusals = {rows.error()}, .warnings = {}};
  return check_notices(test_context(), std::move(*rows));
}

std::vector<std::string> verdicts(std::string_view bytes) {
  std::vector<std::string> out;
  for (const NoticeRefusal& refusal : check_bytes(bytes).refusals)
    out.push_back(verdict_of(refusal));
  return out;
}

TEST(NoticeFile, BothEncodingsSayTheSame) {
  for (const std::string& bytes :
       {std::string(kUtf8), "\xef\xbb\xbf" + std::string(kUtf8), std::string(kGb18030)}) {
    const NoticeBatch batch = check_bytes(bytes);
    ASSERT_EQ(batch.rows.size(), 2U) << verdict_of(batch.refusals.at(0));
    EXPECT_EQ(batch.rows[0].payload.name, "甲一");
    EXPECT_EQ(batch.rows[0].payload.id_number, "11010118000101004X");
    EXPECT_EQ(batch.rows[0].payload.remarks, "有,逗号 \"引号\"\n换行");
    EXPECT_EQ(batch.rows[1].row, 2U);
    EXPECT_EQ(batch.rows[1].payload.name, "乙二");
    EXPECT_EQ(batch.rows[1].payload.id_number, "110101190001010014");
    EXPECT_EQ(batch.rows[1].payload.registration_code, "110101");
  }
}

TEST(NoticeFile, JsonLinesInTheSamePlace) {
  EXPECT_EQ(check_bytes(R"({"origin":"红石监狱","name":"甲","id_number":"110101180001010015"})")
                .rows.size(),
            1U);
}

TEST(NoticeFile, WrongEncodingRefusesTheFile) {
  EXPECT_THAT(verdicts(std::string(kUtf8) + std::string(kGb18030) + "\xff"),
              ElementsAre("0 file encoding"));
  EXPECT_THAT(verdicts("\xff\xfe\x59\x00\x0a\x00"), ElementsAre("0 file encoding"));
}

TEST(NoticeFile, EmptyFiles) {
  for (const auto* bytes : {"", "\xef\xbb\xbf", "\r\n\r\n", "origin,name,id_number\r\n"})
    EXPECT_THAT(verdicts(bytes), ElementsAre("0 file empty")) << bytes;
}

TEST(NoticeFile, ABrokenLineCostsItself) {
  const std::string file =
      "origin,name,id_number\n"
      "红石监狱,甲,110101180001010015\n"
      "红石监狱,\"乙,11010118000101004X\n"
      "红石监狱,\"丙\"丁,11010118000101004X\n"
      "红石监狱,戊,33011318000101002X,多\n"
      "红石监狱,己\n"
      "红石监狱,庚,469001180001010034\n";
  EXPECT_THAT(verdicts(file), ElementsAre("2 row broken_line", "3 row broken_line",
                                          "4 row broken_line", "5 row broken_line"));
  EXPECT_EQ(check_bytes(file).rows.size(), 2U);
}

TEST(NoticeFile, NumbersOfFlowsPassWithTheirPlaces) {
  std::string file = "origin,name,id_number\n";
  for (const auto* number : {"110101180001010015", "11010118000101004X", "33011318000101002X",
                             "469001180001010034", "659001180001010048", "441900180001010079",
                             "110103180001010050", "512323180001010061", "370284180001010087"})
    file += "红石监狱,某人," + std::string(number) + "\n";
  const NoticeBatch batch = check_bytes(file);
  EXPECT_TRUE(batch.refusals.empty());
  EXPECT_TRUE(batch.warnings.empty());
  std::vector<std::uint32_t> codes;
  for (const NoticeRow& row : batch.rows) codes.push_back(row.payload.resolved_code);
  EXPECT_THAT(codes,
              ElementsAre(110101, 110101, 330113, 469001, 659001, 441900, 110101, 500119, 370211));
}

TEST(NoticeFile, PartsOfASplitAreFilesAgain) {
  auto rows = read_notice_bytes(as_bytes(kGb18030));
  ASSERT_TRUE(rows);
  const NoticeSplit split = split_notices(std::move(*rows), find_test_office);
  ASSERT_EQ(split.parts.size(), 1U);
  const NoticeBatch whole = check_bytes(kUtf8), part = check_bytes(split.parts[0].csv);
  ASSERT_EQ(part.rows.size(), whole.rows.size());
  for (std::size_t i = 0; i < part.rows.size(); ++i)
    EXPECT_EQ(part.rows[i].payload, whole.rows[i].payload);
}

TEST(NoticeFile, DamagedBytesAreRefusedAndNeverFatal) {
  for (std::size_t at = 0; at < kUtf8.size(); ++at)
    for (const char byte : {'\0', '"', ',', '\n', '\xff', '\x80'}) {
      std::string damaged(kUtf8);
      damaged[at] = byte;
      const NoticeBatch batch = check_bytes(damaged);
      if (batch.rows_read != 0)
        EXPECT_EQ(batch.rows.size() + batch.refusals.size(), batch.rows_read) << at;
      else
        EXPECT_EQ(batch.refusals.size(), 1U) << at;
    }
}

}  // namespace
}  // namespace xianjie::node
