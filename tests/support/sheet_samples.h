// Spreadsheets put together by hand, also such as no program writes: .xlsx from its parts, .xls
// from its records.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "schemas/bytes.h"

namespace xianjie::tests {

// A ZIP archive of these parts, by name.
using Parts = std::map<std::string, std::string>;
Bytes zip_of(const Parts& parts, bool packed = true);

// Of one sheet with these rows (what stands inside <sheetData>) and these shared strings (<si>…).
// Style 1 is a date, 2 one with a time of day, 3 yyyy"年"m"月"d"日".
Parts xlsx_parts(std::string_view rows, std::string_view strings = {},
                 std::string_view book_properties = {});
inline Bytes xlsx_of(std::string_view rows, std::string_view strings = {}) {
  return zip_of(xlsx_parts(rows, strings));
}

// A compound file with one stream of this name; at most 60 KiB.
Bytes compound_file_of(ByteView stream, std::string_view name = "Workbook");

// BIFF8 records, little-endian.
class BiffWriter {
 public:
  BiffWriter& begin(std::uint16_t id);
  BiffWriter& u8(unsigned value) { return put(value, 1); }
  BiffWriter& u16(unsigned value) { return put(value, 2); }
  BiffWriter& u32(std::uint64_t value) { return put(value, 4); }
  BiffWriter& f64(double value);
  BiffWriter& text(std::u16string_view text);  // with its length, 16 bits a character
  BiffWriter& place(unsigned row, unsigned column, unsigned style = 0) {
    return u16(row).u16(column).u16(style);
  }
  [[nodiscard]] Bytes bytes() const { return bytes_; }

 private:
  BiffWriter& put(std::uint64_t value, unsigned width);
  Bytes bytes_;
  std::size_t size_at_ = 0;
};

// A stream of one sheet: styles as above, `strings` the records of the shared strings (or none),
// `cells` those of the cells.
Bytes xls_stream(ByteView strings, ByteView cells);
inline Bytes xls_of(ByteView strings, ByteView cells) {
  return compound_file_of(xls_stream(strings, cells));
}

}  // namespace xianjie::tests
