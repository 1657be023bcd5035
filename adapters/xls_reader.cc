#include "adapters/xls_reader.h"

#include <bit>
#include <cmath>
#include <map>

#include "adapters/biff_text.h"
#include "adapters/compound_file.h"
#include "adapters/sheet_faults.h"
#include "adapters/sheet_rows.h"

namespace xianjie::adapters {
namespace {

namespace biff {
enum : std::uint16_t {
  kFormula = 0x0006,
  kEnd = 0x000A,
  kDateSystem = 0x0022,
  kProtected = 0x002F,
  kSheet = 0x0085,
  kManyRk = 0x00BD,
  kRichLabel = 0x00D6,
  kFormatOfCell = 0x00E0,
  kStrings = 0x00FC,
  kSharedLabel = 0x00FD,
  kNumber = 0x0203,
  kLabel = 0x0204,
  kBoolOrError = 0x0205,
  kText = 0x0207,  // of the formula before it
  kRk = 0x027E,
  kFormat = 0x041E,
  kBegin = 0x0809,
};
}  // namespace biff

constexpr std::uint16_t kBiff8 = 0x0600;
constexpr std::uint16_t kGlobals = 0x0005, kWorksheet = 0x0010;

std::string_view error_text(std::uint8_t code) {
  switch (code) {
    case 0x00:
      return "#NULL!";
    case 0x07:
      return "#DIV/0!";
    case 0x0F:
      return "#VALUE!";
    case 0x17:
      return "#REF!";
    case 0x1D:
      return "#NAME?";
    case 0x24:
      return "#NUM!";
    default:
      return "#N/A";
  }
}

// A number in 30 bits: an integer, or the upper half of a double; perhaps times 100.
double rk_number(std::uint32_t rk) {
  const auto whole = static_cast<std::int32_t>(rk) >> 2;
  const double value = (rk & 2) != 0 ? static_cast<double>(whole)
                                     : std::bit_cast<double>(std::uint64_t{rk & ~3U} << 32);
  return (rk & 1) != 0 ? value / 100 : value;
}

struct XlsSheet {
  std::uint32_t at = 0;
  bool shown = false;
};

class XlsReader {
 public:
  XlsReader(ByteView stream, const SheetLimits& limits) : stream_(stream), limits_(limits) {}
  Result<> read_globals();
  Result<SheetTexts> read_first();

 private:
  Result<> read_global(const BiffRecord& record);
  Result<> read_strings(const BiffRecord& record);
  Result<> read_sheet(std::uint32_t at, SheetRows& rows);
  Result<> read_cell(const BiffRecord& record, SheetRows& rows);
  Result<> read_formula(BiffFields& fields, std::uint16_t row, std::uint16_t column,
                        std::uint16_t style, SheetRows& rows);
  Result<> put_number(SheetRows& rows, std::uint16_t row, std::uint16_t column, std::uint16_t style,
                      double value) const;

  ByteView stream_;
  const SheetLimits& limits_;
  std::vector<XlsSheet> sheets_;
  std::vector<std::string> strings_;
  std::map<std::uint16_t, NumberFormat> own_formats_;
  std::vector<std::uint16_t> format_of_style_;
  DateSystem dates_ = DateSystem::k1900;
  std::size_t string_bytes_ = 0;
  bool text_follows_ = false;  // the formula just read has a text as its value
  std::uint16_t text_row_ = 0, text_column_ = 0;
};

Result<> XlsReader::read_strings(const BiffRecord& record) {
  BiffFields fields(record);
  fields.skip(4);
  const std::size_t count = fields.u32();
  for (std::size_t i = 0; i < count && fields.ok(); ++i) {
    const std::size_t characters = fields.u16();
    strings_.push_back(fields.text(characters));
    string_bytes_ += strings_.back().size();
    if (string_bytes_ > limits_.text_bytes || i > limits_.elements) return too_much_text();
  }
  if (!fields.ok()) return damaged_sheet();
  return {};
}

Result<> XlsReader::read_global(const BiffRecord& record) {
  BiffFields fields(record);
  switch (record.id) {
    case biff::kProtected:
      return locked_sheet();
    case biff::kDateSystem:
      dates_ = fields.u16() == 1 ? DateSystem::k1904 : DateSystem::k1900;
      break;
    case biff::kSheet: {
      XlsSheet sheet{fields.u32(), (fields.u8() & 3) == 0};
      if (fields.u8() == 0) sheets_.push_back(sheet);  // others are charts and macros
      if (sheets_.size() > limits_.sheets)
        return refused("malformed: the workbook has more than " + std::to_string(limits_.sheets) +
                       " sheets");
      break;
    }
    case biff::kFormat: {
      const std::uint16_t id = fields.u16();
      const std::size_t characters = fields.u16();
      own_formats_[id] = read_format(fields.text(characters));
      break;
    }
    case biff::kFormatOfCell:
      fields.skip(2);
      format_of_style_.push_back(fields.u16());
      break;
    case biff::kStrings:
      return read_strings(record);
    default:
      break;
  }
  if (!fields.ok()) return damaged_sheet();
  return {};
}

Result<> XlsReader::read_globals() {
  BiffRecords records(stream_, 0);
  BiffRecord record;
  if (!records.next(record) || record.id != biff::kBegin) return damaged_sheet();
  BiffFields begin(record);
  if (begin.u16() != kBiff8) return no_workbook();
  if (begin.u16() != kGlobals) return damaged_sheet();
  while (records.next(record)) {
    if (record.id == biff::kEnd) return {};
    XJ_TRY_VOID(read_global(record));
  }
  return damaged_sheet();
}

Result<> XlsReader::put_number(SheetRows& rows, std::uint16_t row, std::uint16_t column,
                               std::uint16_t style, double value) const {
  if (!std::isfinite(value)) return damaged_sheet();
  NumberFormat format = NumberFormat::kPlain;
  if (style < format_of_style_.size()) {
    const auto own = own_formats_.find(format_of_style_[style]);
    format = own != own_formats_.end() ? own->second : builtin_format(format_of_style_[style]);
  }
  return rows.put(row, column, number_text(value, format, dates_));
}

// The value it had when the file was saved; nothing is computed.
Result<> XlsReader::read_formula(BiffFields& fields, std::uint16_t row, std::uint16_t column,
                                 std::uint16_t style, SheetRows& rows) {
  constexpr std::uint64_t kNoNumber = 0xFFFF;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(fields.f64());
  if (bits >> 48 != kNoNumber)
    return put_number(rows, row, column, style, std::bit_cast<double>(bits));
  const auto value = static_cast<std::uint8_t>(bits >> 16);
  switch (bits & 0xFF) {
    case 0:
      text_follows_ = true;
      text_row_ = row;
      text_column_ = column;
      return {};
    case 1:
      return rows.put(row, column, std::string(boolean_text(value != 0)));
    case 2:
      return rows.put(row, column, std::string(error_text(value)));
    default:
      return {};  // an empty text
  }
}

Result<> XlsReader::read_cell(const BiffRecord& record, SheetRows& rows) {
  BiffFields fields(record);
  if (record.id == biff::kText) {
    if (!text_follows_) return {};
    text_follows_ = false;
    const std::size_t characters = fields.u16();
    std::string text = fields.text(characters);
    if (!fields.ok()) return damaged_sheet();
    return rows.put(text_row_, text_column_, std::move(text));
  }
  const std::uint16_t row = fields.u16(), column = fields.u16();
  std::uint16_t style = fields.u16();
  switch (record.id) {
    case biff::kNumber:
      XJ_TRY_VOID(put_number(rows, row, column, style, fields.f64()));
      break;
    case biff::kRk:
      XJ_TRY_VOID(put_number(rows, row, column, style, rk_number(fields.u32())));
      break;
    case biff::kManyRk:  // the last two bytes repeat the last column
      for (std::uint16_t across = column; fields.ok() && fields.left_here() >= 6; ++across) {
        XJ_TRY_VOID(put_number(rows, row, across, style, rk_number(fields.u32())));
        style = fields.u16();
      }
      break;
    case biff::kSharedLabel: {
      const std::uint32_t index = fields.u32();
      if (index >= strings_.size()) return damaged_sheet();
      XJ_TRY_VOID(rows.put(row, column, strings_[index]));
      break;
    }
    case biff::kLabel:
    case biff::kRichLabel: {
      const std::size_t characters = fields.u16();
      XJ_TRY_VOID(rows.put(row, column, fields.text(characters)));
      break;
    }
    case biff::kBoolOrError: {
      const std::uint8_t value = fields.u8();
      const bool error = fields.u8() != 0;
      XJ_TRY_VOID(
          rows.put(row, column, std::string(error ? error_text(value) : boolean_text(value != 0))));
      break;
    }
    case biff::kFormula:
      XJ_TRY_VOID(read_formula(fields, row, column, style, rows));
      break;
    default:
      return {};
  }
  if (!fields.ok()) return damaged_sheet();
  return {};
}

Result<> XlsReader::read_sheet(std::uint32_t at, SheetRows& rows) {
  BiffRecords records(stream_, at);
  BiffRecord record;
  if (!records.next(record) || record.id != biff::kBegin) return damaged_sheet();
  BiffFields begin(record);
  begin.skip(2);
  if (begin.u16() != kWorksheet) return {};
  text_follows_ = false;
  for (std::size_t depth = 1;
       records.next(record);) {  // charts lie inside, with cells of their own
    if (record.id == biff::kBegin) ++depth;
    if (record.id == biff::kEnd && --depth == 0) return {};
    if (depth == 1) XJ_TRY_VOID(read_cell(record, rows));
  }
  return damaged_sheet();
}

Result<SheetTexts> XlsReader::read_first() {
  for (const XlsSheet& sheet : sheets_) {
    if (!sheet.shown) continue;
    SheetRows rows(limits_);
    XJ_TRY_VOID(read_sheet(sheet.at, rows));
    if (!rows.empty()) return rows.take();
  }
  return refused("empty: no sheet of the workbook holds anything");
}

}  // namespace

Result<SheetTexts> read_xls(ByteView bytes, const SheetLimits& limits) {
  XJ_TRY(const CompoundFile file, CompoundFile::open(bytes));
  if (file.has("EncryptedPackage") || file.has("EncryptionInfo"))
    return locked_sheet();
  if (!file.has("Workbook")) return no_workbook();
  XJ_TRY(const Bytes stream, file.read("Workbook"));
  XlsReader reader(stream, limits);
  XJ_TRY_VOID(reader.read_globals());
  return reader.read_first();
}

}  // namespace xianjie::adapters
