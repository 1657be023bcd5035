#include "node/daemon/handed_in.h"

#include <gmock/gmock.h>

#include "notice_fixture.h"
#include "tests/support/sheet_samples.h"

namespace xianjie::node {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string text_cell(std::string_view text) {
  return "<c t=\"inlineStr\"><is><t>" + std::string(text) + "</t></is></c>";
}
std::string row_of(std::initializer_list<std::string_view> cells, std::string_view number = "") {
  std::string out = "<row" + (number.empty() ? "" : " r=\"" + std::string(number) + "\"") + ">";
  for (const std::string_view cell : cells) out += text_cell(cell);
  return out + "</row>";
}

NoticeBatch check_sheet(const std::string& rows) {
  auto raw = read_handed_in(tests::xlsx_of(rows));
  if (!raw) return {.rows_read = 0, .rows = {}, .refusals = {raw.error()}, .warnings = {}};
  return check_notices(test_context(), std::move(*raw));
}

const std::string kHeader = row_of({"呈报单位", "姓名", "身份证号", "户籍地代码", "备注"});

TEST(HandedIn, RowsAreCountedAsInACsv) {
  const NoticeBatch batch = check_sheet(
      kHeader + row_of({"红石监狱", "甲一", "110101180001010015", "110101"}) +
      row_of({" ", "", "\xe3\x80\x80"}) + row_of({"红石监狱", "乙二", "1", "110101"}, "7") +
      row_of({"红石监狱", "丙三", "11010118000101004x", "110101", "", "多出的"}));
  ASSERT_EQ(batch.rows.size(), 1U);
  EXPECT_EQ(batch.rows[0].payload.name, "甲一");
  ASSERT_EQ(batch.refusals.size(), 2U);
  EXPECT_EQ(verdict_of(batch.refusals[0]), "2 id_number malformed");
  EXPECT_EQ(verdict_of(batch.refusals[1]), "3 row broken_line");
  EXPECT_THAT(batch.refusals[1].reason, HasSubstr("line 8 has 6 fields, the header 5"));
}

TEST(HandedIn, ANumberForAnIdNumberIsToldAsSuch) {
  const auto batch = check_sheet(kHeader + "<row>" + text_cell("红石监狱") + text_cell("甲一") +
                                 "<c><v>1.1010118000101E+17</v></c><c><v>110101</v></c></row>" +
                                 "<row>" + text_cell("红石监狱") + text_cell("乙二") +
                                 "<c><v>110101000101001</v></c><c><v>110101</v></c></row>");
  ASSERT_EQ(batch.refusals.size(), 1U);
  EXPECT_EQ(verdict_of(batch.refusals[0]), "1 id_number excel_number");
  ASSERT_EQ(batch.rows.size(), 1U) << "15 digits are whole";
}

TEST(HandedIn, WholeFilesAreRefusedInOneShape) {
  const auto refusal = [](ByteView bytes) { return verdict_of(read_handed_in(bytes).error()); };
  EXPECT_EQ(refusal(as_bytes(std::string_view("PK\3\4 and no more", 16))), "0 file malformed");
  EXPECT_EQ(refusal(tests::xlsx_of("")), "0 file empty");
  EXPECT_EQ(refusal(as_bytes("\xef\xbb\xbf\n<html><table>")), "0 file malformed");
  EXPECT_EQ(verdict_of(check_sheet(kHeader).refusals.at(0)), "0 file empty");
  EXPECT_EQ(verdict_of(check_sheet(row_of({"甲一"})).refusals.at(0)), "0 header unknown_header");
}

}  // namespace
}  // namespace xianjie::node
