#include <gmock/gmock.h>

#include "adapters/files.h"
#include "adapters/spreadsheet.h"
#include "tests/support/sheet_samples.h"

namespace xianjie::adapters {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using tests::BiffWriter;
using tests::compound_file_of;
using tests::xls_of;

std::string why(ByteView bytes) {
  const auto rows = read_spreadsheet(bytes);
  if (rows) return "accepted";
  EXPECT_EQ(rows.error().text.find('\n'), std::string::npos);
  return rows.error().text;
}

SheetTexts rows_of(const Bytes& bytes) {
  EXPECT_TRUE(is_spreadsheet(bytes));
  const auto rows = read_spreadsheet(bytes);
  EXPECT_TRUE(rows.has_value()) << rows.error().text;
  return rows.value_or(SheetTexts{});
}

// Written by another program (xlwt), with its formulas' values put in by hand.
TEST(SpreadsheetXls, ReadsWhatAnotherProgramWrote) {
  const auto bytes = read_file(XIANJIE_XLS_FILE, 1 << 20);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_THAT(rows_of(*bytes),
              ElementsAre(ElementsAre("呈报单位", "姓名", "身份证号", "户籍地代码", "释放日期",
                                      "重点帮教", "备注"),
                          ElementsAre("prison:610000-03", "测试甲", "110101180001010015",
                                      "610802001", "2027-01-15", "是", "加粗的字"),
                          ElementsAre("prison:610000-03", "测试乙", "1.10101180001010E+17",
                                      "610802001001", "2027-01-08", "否", "3"),
                          IsEmpty(),
                          ElementsAre("prison:610000-03", "测试丙", "11010118000101004X",
                                      "610802001", "2027-01-20")));
}

Bytes every_cell() {
  BiffWriter cells;
  cells.begin(0x0203).place(0, 0, 1).f64(46402);
  cells.begin(0x027E).place(0, 1).u32(static_cast<std::uint32_t>(-7 << 2 | 2) & 0xFFFFFFFF);
  cells.begin(0x027E).place(0, 2).u32((123456U << 2) | 3);  // times 1/100
  cells.begin(0x00BD).u16(0).u16(3).u16(3).u32(46402U << 2 | 2).u16(0).u32(610802U << 2 | 2).u16(4);
  cells.begin(0x0204).place(0, 5).text(u"甲𠀀");
  cells.begin(0x0205).place(0, 6).u8(0).u8(0);
  cells.begin(0x0205).place(0, 7).u8(0x2A).u8(1);
  cells.begin(0x0006).place(1, 0).f64(3).u16(0).u32(0);
  cells.begin(0x0006).place(1, 1).u16(0).u32(0).u16(0xFFFF).u16(0).u32(0);
  cells.begin(0x0207).text(u"计算");
  cells.begin(0x0006).place(1, 2).u16(1).u32(1).u16(0xFFFF).u16(0).u32(0);
  cells.begin(0x0006).place(1, 3).u16(2).u32(7).u16(0xFFFF).u16(0).u32(0);
  cells.begin(0x0006).place(1, 4).u16(3).u32(0).u16(0xFFFF).u16(0).u32(0);
  cells.begin(0x00FD).place(1, 5).u32(1);
  cells.begin(0x00FD).place(1, 6).u32(0);
  return cells.bytes();
}

// Two texts: one rich, the other going on in the next record, where it becomes 8 bits wide.
Bytes strings() {
  BiffWriter out;
  out.begin(0x00FC).u32(2).u32(2);
  out.u16(2).u8(1 | 8).u16(1).u16(u'粗').u16(u'体').u32(0);
  out.u16(4).u8(1).u16(u'续').u16(u'行');
  out.begin(0x003C).u8(0).u8('a').u8('b');
  return out.bytes();
}

TEST(SpreadsheetXls, CellsOfEveryType) {
  EXPECT_THAT(rows_of(xls_of(strings(), every_cell())),
              ElementsAre(ElementsAre("2027-01-15", "-7", "1234.56", "2027-01-15", "610802", "甲𠀀",
                                      "否", "#N/A"),
                          ElementsAre("3", "计算", "是", "#DIV/0!", "", "续行ab", "粗体")));
}

TEST(SpreadsheetXls, OfTheOtherDateSystem) {
  BiffWriter head;
  head.begin(0x0022).u16(1);
  EXPECT_THAT(
      rows_of(xls_of(head.bytes(), BiffWriter().begin(0x0203).place(0, 0, 1).f64(44940).bytes())),
      ElementsAre(ElementsAre("2027-01-15")));
}

TEST(SpreadsheetXls, LongStreamsLieInLargeSectors) {
  BiffWriter cells;
  for (unsigned row = 0; row < 500; ++row) cells.begin(0x0203).place(row, 0).f64(row);
  EXPECT_EQ(rows_of(xls_of({}, cells.bytes())).size(), 500U);
}

TEST(SpreadsheetXls, ProtectedAndForeignFiles) {
  const Bytes locked = BiffWriter().begin(0x002F).u16(1).bytes();
  EXPECT_THAT(why(xls_of(locked, every_cell())), HasSubstr("password"));
  EXPECT_THAT(why(compound_file_of(Bytes(100), "EncryptedPackage")), HasSubstr("password"));
  EXPECT_THAT(why(compound_file_of(Bytes(100), "WordDocument")), HasSubstr("no Excel workbook"));
  const Bytes old = BiffWriter().begin(0x0809).u16(0x0500).u16(5).bytes();
  EXPECT_THAT(why(compound_file_of(old)), HasSubstr("Excel 97"));
  EXPECT_THAT(why(xls_of({}, {})), StartsWith("empty:"));
}

TEST(SpreadsheetXls, EveryTruncationAndEveryByteChanged) {
  const Bytes whole = xls_of(strings(), every_cell());
  for (std::size_t size = 0; size < whole.size(); ++size) (void)why(ByteView(whole).first(size));
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{0xFF}, std::uint8_t{3}}) {
      Bytes changed = whole;
      changed[at] = value;
      (void)why(changed);
    }
  EXPECT_THAT(why(ByteView(whole).first(600)), StartsWith("malformed:"));
}

TEST(SpreadsheetXls, ChainsInACircle) {
  BiffWriter cells;
  for (unsigned row = 0; row < 500; ++row) cells.begin(0x0203).place(row, 0).f64(row);
  Bytes bytes = xls_of({}, cells.bytes());
  bytes[512 + 5 * 4] = 3;  // sector 5 goes on in sector 3
  EXPECT_THAT(why(bytes), StartsWith("malformed:"));
}

}  // namespace
}  // namespace xianjie::adapters
