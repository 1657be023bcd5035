// What a cell of a spreadsheet becomes as text, the same for .xlsx and .xls:
// - a whole number below 10^15 its digits; a larger one 1.10101180001010E+17, because spreadsheets
//   keep 15 digits only and the checks of ID numbers know this form; others as Excel shows them
// - a number under a date's format 2027-01-15, with a time of day 2027-01-15 16:30 (seconds are
//   dropped); one under a time's format alone stays a number
// - true and false 是 and 否, as in JSON lines; an error what Excel shows, such as #N/A
// - of merged cells the first holds what they hold, the others nothing
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/spreadsheet.h"

namespace xianjie::adapters {

enum class NumberFormat : std::uint8_t { kPlain, kDate, kDateTime };
NumberFormat builtin_format(std::uint32_t id);    // ECMA-376 18.8.30, with those of Chinese Excel
NumberFormat read_format(std::string_view code);  // such as yyyy"年"m"月"d"日"

enum class DateSystem : std::uint8_t { k1900, k1904 };
std::string number_text(double value, NumberFormat format, DateSystem dates);
std::string_view boolean_text(bool value);

// Puts cells together and refuses at the limits.
class SheetRows {
 public:
  explicit SheetRows(const SheetLimits& limits) : limits_(limits) {}
  // Counted from 0. Nothing where the text is "". Any order, each cell once.
  Result<> put(std::size_t row, std::size_t column, std::string text);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  SheetTexts take() { return std::move(rows_); }

 private:
  const SheetLimits& limits_;
  SheetTexts rows_;
  std::size_t filled_ = 0, cells_ = 0, bytes_ = 0;
};

}  // namespace xianjie::adapters
