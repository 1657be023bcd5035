// Comma-separated values by RFC 4180, over UTF-8 text: quoted fields may hold commas, doubled
// quotes and line breaks; lines end in LF or CRLF. A quote inside an unquoted field is an ordinary
// character. Empty lines are skipped.
//
// A row is broken where a quote never closes, something other than a comma or a line end follows a
// closing quote, or a quoted field is longer than kCsvFieldBytesMax. Reading then goes on with the
// line after the one where the faulty field began, so that one bad line costs one row, not the rest
// of the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xianjie::adapters {

inline constexpr std::size_t kCsvFieldBytesMax = 32 * 1024;

struct CsvRow {
  std::size_t line = 0;  // physical line on which it begins, from 1
  bool broken = false;
  std::string problem;              // where broken, for a person
  std::vector<std::string> fields;  // where broken, those before the fault
};

class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}  // text must outlive the reader
  std::optional<CsvRow> next();                               // empty at the end

 private:
  enum class After { kField, kRow, kFault };
  After read_field(CsvRow& row);
  After read_quoted(CsvRow& row);
  bool skip_line_end();
  After fault(CsvRow& row, std::size_t field_at, std::size_t field_line, const char* problem);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

// One field as it is written: quoted where it must be.
std::string csv_field(std::string_view text);
// Fields with commas between, ended by CRLF.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace xianjie::adapters
