// Spreadsheets that nobody made in earnest: refused in one line that says what to do.
#include <gmock/gmock.h>

#include "adapters/spreadsheet.h"
#include "tests/support/sheet_samples.h"

namespace xianjie::adapters {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using tests::Parts;
using tests::xlsx_of;
using tests::xlsx_parts;
using tests::zip_of;

std::string why(ByteView bytes, const SheetLimits& limits = {}) {
  const auto rows = read_spreadsheet(bytes, limits);
  if (rows) return "accepted";
  EXPECT_EQ(rows.error().code, ErrorCode::kRefused);
  EXPECT_EQ(rows.error().text.find('\n'), std::string::npos);
  return rows.error().text;
}
std::string why(const Parts& parts, const SheetLimits& limits = {}) {
  return why(zip_of(parts), limits);
}
Parts with(const std::string& part, const std::string& text) {
  Parts parts = xlsx_parts("<row><c><v>1</v></c></row>", "<si><t>a</t></si>");
  parts[part] = text;
  return parts;
}
constexpr const char* kSheet = "xl/worksheets/sheet1.xml";
constexpr const char* kRow = "<row><c><v>1</v></c></row>";

TEST(SpreadsheetHostile, WhatUnpacksToTooMuch) {
  const std::string zeros(4U << 20, ' ');
  SheetLimits limits;
  limits.unpacked_bytes = 3U << 20;
  const Bytes bomb = zip_of(with(kSheet, "<a>" + zeros + "</a>"));
  EXPECT_LT(bomb.size(), 8U << 10);
  EXPECT_THAT(why(bomb, limits), StartsWith("too_long:"));
  limits.unpacked_bytes = 256U << 20;
  limits.part_bytes = 1U << 20;
  EXPECT_THAT(why(with("xl/styles.xml", "<a>" + zeros + "</a>"), limits), StartsWith("too_long:"));
  EXPECT_THAT(why(with(kSheet, "<a><row>" + zeros + "</row></a>"), limits),
              StartsWith("too_long: one row"));
  Parts many = with("a", "b");
  for (int i = 0; i < 5'000; ++i) many["x" + std::to_string(i)] = "";
  EXPECT_THAT(why(many), HasSubstr("more parts"));
}

TEST(SpreadsheetHostile, TooManyRowsColumnsCells) {
  SheetLimits limits;
  limits.rows = 3;
  const std::string row = "<row><c t=\"str\"><v>x</v></c></row>";
  EXPECT_EQ(why(xlsx_of(row + "<row/>" + row + "<row/>" + row), limits), "accepted");
  EXPECT_THAT(why(xlsx_of(row + row + row + row), limits),
              StartsWith("too_many_rows: the sheet has more than 2 rows"));
  EXPECT_EQ(why(xlsx_of("<row><c r=\"IV1\"><v>1</v></c></row>")), "accepted");
  EXPECT_THAT(why(xlsx_of("<row><c r=\"IW1\"><v>1</v></c></row>")), HasSubstr("right of column"));
  EXPECT_THAT(why(xlsx_of("<row r=\"1048577\"><c><v>1</v></c></row>")), HasSubstr("below"));
  limits = {};
  limits.cells = 300;
  const std::string wide = "<row><c r=\"GR1\"><v>1</v></c></row>";  // column 200
  EXPECT_THAT(why(xlsx_of(wide + wide), limits), StartsWith("too_long:"));
  limits = {};
  limits.elements = 20;
  std::string empty;
  for (int i = 0; i < 30; ++i) empty += "<row/>";
  EXPECT_THAT(why(xlsx_of(empty), limits), StartsWith("too_long:"));
  limits = {};
  limits.text_bytes = 1000;  // one text, again and again
  std::string again;
  for (int i = 0; i < 200; ++i) again += "<row><c t=\"s\"><v>0</v></c></row>";
  EXPECT_THAT(why(xlsx_of(again, "<si><t>long text</t></si>"), limits), StartsWith("too_long:"));
}

TEST(SpreadsheetHostile, BrokenXml) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  for (const std::string& sheet :
       {std::string(), std::string("<worksheet>"), deep, "<worksheet><row>" + deep,
        std::string("<!DOCTYPE a [<!ENTITY b \"c\">]><worksheet>") + kRow + "</worksheet>",
        std::string("</worksheet>"), std::string("<row><c></row>"), std::string("<row <c></row>"),
        std::string("<a><row r=\"x\"></row></a>"), std::string("<a><row r=\"0\"></row></a>"),
        std::string("<a><row><c r=\"1A\"/></row></a>"),
        std::string("<a><row><c r=\"AAAA1\"/></row></a>"),
        std::string("<a><row><c t=\"s\"><v>1</v></c></row></a>"),
        std::string("<a><row><c t=\"s\"><v>-1</v></c></row></a>"),
        std::string("<a><row><c><v>1x</v></c></row></a>"),
        std::string("<a><row><c><v>nan</v></c></row></a>"),
        std::string("<a><row><c><v>1e999</v></c></row></a>"),
        std::string("<a><row><c t=\"q\"><v>1</v></c></row></a>"),
        std::string("<a><row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row></a>")})
    EXPECT_THAT(why(with(kSheet, sheet)), StartsWith("malformed:")) << sheet.substr(0, 60);
  EXPECT_THAT(why(with(kSheet, "<a><row><c t=\"str\"><v>\xff</v></c></row></a>")),
              StartsWith("encoding:"));
  EXPECT_THAT(why(with("xl/workbook.xml", deep)), StartsWith("malformed:"));
  EXPECT_THAT(why(with("xl/sharedStrings.xml", "<sst><si>")), StartsWith("malformed:"));
}

TEST(SpreadsheetHostile, WrongRelationships) {
  Parts parts = with("a", "b");
  const auto replaced = [&](const char* part, const std::string& from, const std::string& to) {
    Parts changed = parts;
    std::string& text = changed[part];
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos);
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return why(changed);
  };
  const char* relations = "xl/_rels/workbook.xml.rels";
  const std::string target = "Target=\"worksheets/sheet1.xml\"";
  EXPECT_THAT(replaced(relations, target, "Target=\"../../../etc/passwd\""),
              HasSubstr("another file"));
  EXPECT_THAT(replaced(relations, target, "Target=\"file:///a\" TargetMode=\"External\""),
              HasSubstr("another file"));
  EXPECT_THAT(replaced(relations, target, "Target=\"worksheets/none.xml\""), HasSubstr("lacks"));
  EXPECT_THAT(replaced(relations, target, "Target=\"workbook.xml\""), StartsWith("empty:"));
  EXPECT_THAT(replaced("xl/workbook.xml", "rId1", "rId9"), StartsWith("empty:"));
  EXPECT_THAT(replaced("_rels/.rels", "xl/workbook.xml", "xl/workbook.bin"),
              HasSubstr("no Excel workbook"));
  EXPECT_THAT(replaced("xl/workbook.xml", "<workbook", "<document"), StartsWith("malformed:"));
  parts.erase("_rels/.rels");
  EXPECT_THAT(why(parts), HasSubstr("save it as .xlsx"));
  EXPECT_THAT(why(Parts{{"word/document.xml", "<a/>"}}), HasSubstr("no Excel workbook"));
}

TEST(SpreadsheetHostile, EveryTruncation) {
  const Bytes whole = xlsx_of(kRow, "<si><t>a</t></si>");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(why(ByteView(whole).first(size)), "accepted") << size;
}

TEST(SpreadsheetHostile, EveryByteChanged) {
  const Bytes whole = xlsx_of(kRow, "<si><t>a</t></si>");
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{0xFF}}) {
      Bytes changed = whole;
      changed[at] = value;
      (void)why(changed);  // whatever it says, in one line
    }
}

}  // namespace
}  // namespace xianjie::adapters
