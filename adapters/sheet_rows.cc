#include "adapters/sheet_rows.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "adapters/sheet_faults.h"
#include "schemas/text.h"

namespace xianjie::adapters {
namespace {

constexpr std::size_t kSheetRowsMax = 1'048'576;  // of the format itself
constexpr double kDaysMax = 2'958'466;            // 1 January 10000
constexpr double kWholeMax = 1e15;
constexpr std::int64_t kMinutesPerDay = 24 * 60;

// What the first section of a number format speaks of.
struct Letters {
  bool year_or_day = false, month_or_minute = false, clock = false;
};

// Without literals: quoted text, a character after \ _ or *, and what stands in brackets, of which
// only elapsed time ([h]) is no colour, condition or language.
Letters letters_of(std::string_view code) {
  Letters out;
  for (std::size_t at = 0; at < code.size() && code[at] != ';'; ++at) {
    switch (code[at]) {
      case '"':
        at = std::min(code.find('"', at + 1), code.size());
        break;
      case '\\':
      case '_':
      case '*':
        ++at;
        break;
      case '[': {
        const std::size_t end = std::min(code.find(']', at), code.size());
        const std::string_view inside = code.substr(at + 1, end - at - 1);
        if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos)
          out.clock = true;
        at = end;
        break;
      }
      case 'y':
      case 'Y':
      case 'd':
      case 'D':
      case 'e':
        out.year_or_day = true;
        break;
      case 'm':
      case 'M':
        out.month_or_minute = true;
        break;
      case 'h':
      case 'H':
      case 's':
      case 'S':
        out.clock = true;
        break;
      default:
        break;
    }
  }
  return out;
}

std::string printed(const char* format, double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

std::string plain_number(double value) {
  if (std::fabs(value) >= kWholeMax) return printed("%.14E", value);
  if (value == std::floor(value)) return printed("%.0f", value == 0 ? 0 : value);
  return printed("%.15g", value);
}

// "" where the number is no day of the system.
std::string date_text(double value, bool with_time, DateSystem dates) {
  using std::chrono::year, std::chrono::sys_days, std::chrono::year_month_day;
  using std::chrono::January, std::chrono::December;
  if (value < 0 || value >= kDaysMax) return "";
  auto day = static_cast<std::int64_t>(value);
  const auto seconds =
      static_cast<std::int64_t>(std::llround((value - std::floor(value)) * 86'400));
  std::int64_t minutes = with_time ? seconds / 60 : 0;
  if (minutes >= kMinutesPerDay) {  // rounded up to midnight
    minutes = 0;
    ++day;
  }
  sys_days base = sys_days{year{1904} / January / 1};
  if (dates == DateSystem::k1900) {
    if (day == 0) return "";
    if (day == 60) return "1900-02-29";  // Excel's own day, which never was
    base = sys_days{year{1899} / December / (day > 60 ? 30 : 31)};
  }
  const year_month_day date{base + std::chrono::days{day}};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  std::string out = text.data();
  if (minutes == 0) return out;
  std::snprintf(text.data(), text.size(), " %02d:%02d", static_cast<int>(minutes / 60),
                static_cast<int>(minutes % 60));
  return out + text.data();
}

}  // namespace

NumberFormat builtin_format(std::uint32_t id) {
  if (id == 22) return NumberFormat::kDateTime;
  const bool date = (id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 ||
                    (id >= 50 && id <= 54) || id == 57 || id == 58;
  return date ? NumberFormat::kDate : NumberFormat::kPlain;
}

NumberFormat read_format(std::string_view code) {
  if (code == "General" || code == "GENERAL" || code == "general") return NumberFormat::kPlain;
  const Letters letters = letters_of(code);
  const bool date = letters.year_or_day || (letters.month_or_minute && !letters.clock);
  if (!date) return NumberFormat::kPlain;
  return letters.clock ? NumberFormat::kDateTime : NumberFormat::kDate;
}

std::string number_text(double value, NumberFormat format, DateSystem dates) {
  if (format != NumberFormat::kPlain) {
    std::string date = date_text(value, format == NumberFormat::kDateTime, dates);
    if (!date.empty()) return date;
  }
  return plain_number(value);
}

std::string_view boolean_text(bool value) {
  return value ? "是" : "否";
}

Result<> SheetRows::put(std::size_t row, std::size_t column, std::string text) {
  if (text.empty()) return {};
  const auto in_row = [&] { return " (row " + std::to_string(row + 1) + " of the sheet)"; };
  if (row >= kSheetRowsMax)
    return refused("malformed: a cell stands below the last row of a sheet");
  if (column >= limits_.columns)
    return refused("malformed: a cell stands right of column " + std::to_string(limits_.columns) +
                   in_row() + "; clear what does not belong to the table");
  if (!is_utf8(text)) return refused("encoding: a cell holds no UTF-8 text" + in_row());
  if (rows_.size() <= row) rows_.resize(row + 1);
  std::vector<std::string>& cells = rows_[row];
  if (cells.empty() && ++filled_ > limits_.rows)
    return refused("too_many_rows: the sheet has more than " + std::to_string(limits_.rows - 1) +
                   " rows below its header, which is what one submission takes");
  if (cells.size() <= column) {
    cells_ += column + 1 - cells.size();
    cells.resize(column + 1);
  }
  bytes_ += text.size();
  if (cells_ > limits_.cells || bytes_ > limits_.text_bytes) return too_much_text();
  if (!cells[column].empty()) return refused("malformed: the sheet has one cell twice" + in_row());
  cells[column] = std::move(text);
  return {};
}

}  // namespace xianjie::adapters
