#include <gmock/gmock.h>
#include <xlsxwriter.h>

#include "adapters/files.h"
#include "adapters/sheet_rows.h"
#include "adapters/xlsx_book.h"
#include "tests/support/sheet_samples.h"
#include "tests/support/temp_directory.h"

namespace xianjie::adapters {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::xlsx_of;
using tests::xlsx_parts;
using tests::zip_of;

SheetTexts rows_of(const Bytes& bytes) {
  EXPECT_TRUE(is_spreadsheet(bytes));
  const auto rows = read_spreadsheet(bytes);
  EXPECT_TRUE(rows.has_value()) << rows.error().text;
  return rows.value_or(SheetTexts{});
}

// The first cell of a sheet with this one.
std::string cell(const std::string& xml, std::string_view strings = {},
                 std::string_view properties = {}) {
  const auto rows =
      rows_of(zip_of(xlsx_parts("<row r=\"1\">" + xml + "</row>", strings, properties)));
  return rows.size() == 1 && rows[0].size() == 1 ? rows[0][0] : "not one cell";
}

TEST(SpreadsheetXlsx, ReadsWhatLibxlsxwriterWrites) {
  const tests::TempDirectory folder;
  const std::string path = (folder.path() / "a.xlsx").string();
  lxw_workbook* book = workbook_new(path.c_str());
  workbook_add_worksheet(book, "空");
  lxw_worksheet* sheet = workbook_add_worksheet(book, "数据");
  lxw_format* date = workbook_add_format(book);
  format_set_num_format(date, "yyyy\"年\"m\"月\"d\"日\"");
  lxw_format* bold = workbook_add_format(book);
  format_set_bold(bold);
  worksheet_write_string(sheet, 0, 0, "姓名", bold);
  worksheet_write_string(sheet, 0, 1, "110101180001010015", nullptr);
  worksheet_write_number(sheet, 0, 2, 110101180001010015.0, nullptr);
  worksheet_write_number(sheet, 0, 3, 110101000101001.0, nullptr);
  lxw_datetime day{2027, 1, 15, 0, 0, 0};
  worksheet_write_datetime(sheet, 2, 0, &day, date);
  worksheet_write_boolean(sheet, 2, 1, 1, nullptr);
  worksheet_write_formula_str(sheet, 2, 2, "=A1&\"x\"", nullptr, "姓名x");
  worksheet_write_formula_num(sheet, 2, 3, "=1+2", nullptr, 3);
  worksheet_write_url(sheet, 2, 4, "http://192.0.2.1/a", nullptr);
  std::string first = "粗", second = "体 ";
  lxw_rich_string_tuple plain{nullptr, first.data()}, fat{bold, second.data()};
  lxw_rich_string_tuple* rich[] = {&plain, &fat, nullptr};
  worksheet_write_rich_string(sheet, 2, 5, rich, nullptr);
  worksheet_merge_range(sheet, 3, 0, 4, 1, "合并", nullptr);
  worksheet_write_blank(sheet, 8, 9, bold);
  lxw_row_col_options hidden{};
  hidden.hidden = 1;
  worksheet_set_row_opt(sheet, 2, LXW_DEF_ROW_HEIGHT, nullptr, &hidden);
  ASSERT_EQ(workbook_close(book), LXW_NO_ERROR);
  EXPECT_THAT(
      rows_of(*read_file(path, 1 << 20)),
      ElementsAre(
          ElementsAre("姓名", "110101180001010015", "1.10101180001010E+17", "110101000101001"),
          IsEmpty(), ElementsAre("2027-01-15", "是", "姓名x", "3", "http://192.0.2.1/a", "粗体 "),
          ElementsAre("合并")));
}

TEST(SpreadsheetXlsx, CellsOfEveryType) {
  EXPECT_EQ(cell("<c t=\"inlineStr\"><is><t>a</t><r><t>b</t></r><rPh><t>c</t></rPh></is></c>"),
            "ab");
  EXPECT_EQ(cell("<c t=\"s\"><v>1</v></c>",
                 "<si><t>x</t></si><si><t xml:space=\"preserve\"> y&lt;"
                 "&#x7532;</t></si>"),
            " y<甲");
  EXPECT_EQ(cell("<c t=\"str\"><f>A2</f><v>line_x000D_end_x005F_</v></c>"), "line\rend_");
  EXPECT_EQ(cell("<c t=\"b\"><v>0</v></c>"), "否");
  EXPECT_EQ(cell("<c t=\"e\"><v>#N/A</v></c>"), "#N/A");
  EXPECT_EQ(cell("<c t=\"d\"><v>2027-01-15T00:00:00</v></c>"), "2027-01-15");
  EXPECT_EQ(cell("<c t=\"d\"><v>2027-01-15T16:30:00</v></c>"), "2027-01-15 16:30");
  EXPECT_EQ(cell("<c><v>6.1080200100100003E+11</v></c>"), "610802001001");
  EXPECT_EQ(cell("<c><v>0.10000000000000001</v></c>"), "0.1");
  EXPECT_EQ(cell("<c><v>-0</v></c>"), "0");
  EXPECT_EQ(cell("<c s=\"1\"><v>46402</v></c>"), "2027-01-15");
  EXPECT_EQ(cell("<c s=\"2\"><v>46402.6875</v></c>"), "2027-01-15 16:30");
  EXPECT_EQ(cell("<c s=\"3\"><v>46402</v></c>"), "2027-01-15");
  EXPECT_EQ(cell("<c s=\"1\"><v>44940</v></c>", {}, "<workbookPr date1904=\"1\"/>"), "2027-01-15");
}

TEST(SpreadsheetXlsx, OtherPrefixesPlacesAndOrders) {
  auto parts = xlsx_parts("");
  std::string& sheet = parts["xl/worksheets/sheet1.xml"];
  sheet =
      "<x:worksheet xmlns:x=\"m\"><!-- <row> --><x:sheetData><x:row><x:c><x:v>1</x:v></x:c>"
      "<x:c r=\"C1\"><x:v>2</x:v></x:c></x:row><x:row/><x:row r='3'><x:c><x:v>3</x:v></x:c>"
      "</x:row></x:sheetData></x:worksheet>";
  EXPECT_THAT(rows_of(zip_of(parts)),
              ElementsAre(ElementsAre("1", "", "2"), IsEmpty(), ElementsAre("3")));
}

TEST(SpreadsheetXlsx, AHiddenSheetIsNotRead) {
  auto parts = xlsx_parts("<row><c><v>1</v></c></row>");
  std::string& book = parts["xl/workbook.xml"];
  book.insert(book.find("name="), "state=\"veryHidden\" ");
  EXPECT_EQ(read_spreadsheet(zip_of(parts)).error().text.substr(0, 6), "empty:");
}

TEST(SpreadsheetXlsx, NumberFormats) {
  using enum NumberFormat;
  for (const char* date : {"yyyy-mm-dd", "m/d/yy", "yyyy\"年\"m\"月\"d\"日\";@", "[$-804]e/m/d",
                           "dd\\.mm\\.yyyy", "m月d日", "[DBNum1][$-804]yyyy\"年\"m\"月\"", "mmm"})
    EXPECT_EQ(read_format(date), kDate) << date;
  for (const char* time : {"yyyy-mm-dd hh:mm", "m/d/yy h:mm", "yyyy\\ h\"时\""})
    EXPECT_EQ(read_format(time), kDateTime) << time;
  for (const char* plain : {"General", "0", "@", "#,##0.00_);[Red](#,##0.00)", "h:mm:ss", "[h]:mm",
                            "mm:ss", "\"year\" 0", "0\\d", "0.00E+00", "[Red]0", ""})
    EXPECT_EQ(read_format(plain), kPlain) << plain;
  EXPECT_EQ(builtin_format(14), kDate);
  EXPECT_EQ(builtin_format(31), kDate);
  EXPECT_EQ(builtin_format(22), kDateTime);
  EXPECT_EQ(builtin_format(20), kPlain);
}

TEST(SpreadsheetXlsx, DaysOfBothSystems) {
  const auto day = [](double value) {
    return number_text(value, NumberFormat::kDate, DateSystem::k1900);
  };
  EXPECT_EQ(day(1), "1900-01-01");
  EXPECT_EQ(day(59), "1900-02-28");
  EXPECT_EQ(day(60), "1900-02-29");
  EXPECT_EQ(day(61), "1900-03-01");
  EXPECT_EQ(day(0), "0");
  EXPECT_EQ(day(-1), "-1");
  EXPECT_EQ(day(2'958'465), "9999-12-31");
  EXPECT_EQ(day(1e9), "1000000000");
  EXPECT_EQ(number_text(0, NumberFormat::kDate, DateSystem::k1904), "1904-01-01");
  EXPECT_EQ(number_text(46402.999999, NumberFormat::kDateTime, DateSystem::k1900), "2027-01-16");
  EXPECT_EQ(number_text(46402.5, NumberFormat::kDate, DateSystem::k1900), "2027-01-15");
  for (const double large : {1e15, 110101180001010015.0, 4.5e17})
    EXPECT_NE(number_text(large, NumberFormat::kPlain, DateSystem::k1900).find("E+"),
              std::string::npos);
  EXPECT_EQ(number_text(999'999'999'999'999, NumberFormat::kPlain, DateSystem::k1900),
            "999999999999999");
}

TEST(SpreadsheetXlsx, PathsOfParts) {
  EXPECT_EQ(resolve_part("xl/workbook.xml", "worksheets/a.xml"), "xl/worksheets/a.xml");
  EXPECT_EQ(resolve_part("xl/workbook.xml", "/xl/./a.xml"), "xl/a.xml");
  EXPECT_EQ(resolve_part("xl/workbook.xml", "../a.xml"), "a.xml");
  EXPECT_EQ(resolve_part("xl/workbook.xml", "../../etc/passwd"), std::nullopt);
  EXPECT_EQ(resolve_part("", ""), std::nullopt);
}

}  // namespace
}  // namespace xianjie::adapters
