// Spreadsheets: a file as it is; else, by its first character, a part that lies inside one: rows of
// a .xlsx (r), shared strings (s), styles (y), the workbook (b), records of a .xls (x).
#include "adapters/spreadsheet.h"
#include "node/office/notice_file.h"
#include "schemas/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/sheet_samples.h"

namespace {

using namespace xianjie;

Bytes wrapped(std::string_view input) {
  const std::string inside(input.substr(std::min<std::size_t>(1, input.size())));
  tests::Parts parts = tests::xlsx_parts(
      "<row><c s=\"1\"><v>46402</v></c><c t=\"s\"><v>1</v></c><c t=\"s\"><v>0</v></c></row>",
      "<si><t>a</t></si><si><t>b</t></si>");
  switch (input.empty() ? ' ' : input.front()) {
    case 'x':
      return tests::compound_file_of(as_bytes(inside.substr(0, 50'000)));
    case 'r':
      parts["xl/worksheets/sheet1.xml"] = inside;
      break;
    case 's':
      parts["xl/sharedStrings.xml"] = inside;
      break;
    case 'y':
      parts["xl/styles.xml"] = inside;
      break;
    case 'b':
      parts["xl/workbook.xml"] = inside;
      break;
    default:
      return to_bytes(as_bytes(input));
  }
  return tests::zip_of(parts, /*packed=*/false);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const Bytes file = adapters::is_spreadsheet(input) ? to_bytes(input) : wrapped(as_text(input));
  adapters::SheetLimits limits;
  limits.rows = 100;
  limits.unpacked_bytes = 4U << 20;
  limits.text_bytes = 1U << 20;
  limits.cells = 10'000;
  auto sheet = adapters::read_spreadsheet(file, limits);
  if (!sheet) {
    const std::string& why = sheet.error().text;
    XJ_CHECK(why.find(": ") != std::string::npos && why.find('\n') == std::string::npos);
    XJ_CHECK(is_utf8(why));
    return 0;
  }
  fuzz::note_accepted();
  XJ_CHECK(!sheet->empty() && !sheet->back().empty());
  std::size_t filled = 0, bytes = 0;
  for (const auto& row : *sheet) {
    filled += row.empty() ? 0U : 1U;
    XJ_CHECK(row.size() <= limits.columns && (row.empty() || !row.back().empty()));
    for (const std::string& cell : row) {
      XJ_CHECK(is_utf8(cell));
      bytes += cell.size();
    }
  }
  XJ_CHECK(filled <= limits.rows && bytes <= limits.text_bytes);
  XJ_CHECK(adapters::read_spreadsheet(file, limits).value() == *sheet);
  const auto rows = node::rows_of_sheet(std::move(*sheet));
  for (const node::RawRow& row : rows) XJ_CHECK(row.fields.size() >= rows.front().fields.size());
  return 0;
}
