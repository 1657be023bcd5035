// The columns of a notices file (CONTRACT, "Notices file") and its header: Chinese or English
// names, also mixed, in any order. A file's reader (CSV or JSON lines) hands on rows of RawRow, the
// header first. Read next: notice_rows.h.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xianjie::node {

// One record of the file, cells in UTF-8. A blank line has no cell, or one empty one.
struct RawRow {
  std::size_t line = 0;  // where it begins in the file, from 1; for people
  bool broken = false;   // the reader could not make cells of it
  std::vector<std::string> fields;
  std::string fault;  // of a broken row: "token: text for a person"; "" takes a general text
};

// {row, field, reason} of CONTRACT. row counts data rows from 1, blank lines left out; 0: the file.
// field is the English column name, or row, header, file. A reason never repeats what a cell holds.
struct NoticeRefusal {
  std::size_t row = 0;
  std::string field;
  std::string reason;
  friend bool operator==(const NoticeRefusal&, const NoticeRefusal&) = default;
};

// In the order of CONTRACT: of several faults in a row the first column's is told first.
enum class Column : std::uint8_t {
  kOrigin,
  kName,
  kSex,
  kIdNumber,
  kRegistrationCode,
  kRegistrationAddress,
  kReleaseDate,
  kReleaseType,
  kRisk,
  kFocus,
  kIdentityDoubtful,
  kRemarks,
};
inline constexpr std::size_t kColumns = 12;

struct ColumnRow {
  Column column;
  std::string_view word;
  std::string_view zh;
  bool required;
  std::size_t characters_max;
};
std::span<const ColumnRow, kColumns> notice_columns();
std::string_view to_word(Column column);
std::optional<Column> find_column(std::string_view name);  // either name, case and space aside

// Which cell of a row holds which column.
class ColumnMap {
 public:
  static std::expected<ColumnMap, NoticeRefusal> read(const RawRow& header);
  // Trimmed; "" where the file lacks the column. Lives as long as the row.
  [[nodiscard]] std::string_view cell(const RawRow& row, Column column) const;
  // Why no cell of the row can be trusted: broken, or not as many cells as the header. Field "row".
  [[nodiscard]] std::optional<std::string> shape_fault(const RawRow& row) const;

 private:
  ColumnMap() = default;
  static constexpr std::size_t kAbsent = kColumns;
  std::array<std::size_t, kColumns> place_{};
  std::size_t cells_ = 0;
};

// The header read, blank lines gone: rows[n - 1] is data row n.
struct NoticeFile {
  RawRow header;
  ColumnMap columns;
  std::vector<RawRow> rows;
};
// Refuses the whole file: empty (a header alone too), more than kSubmissionRowsMax rows, or a
// header that is broken, unknown, incomplete or names a column twice.
std::expected<NoticeFile, NoticeRefusal> read_notice_file(std::vector<RawRow> rows);

}  // namespace xianjie::node
