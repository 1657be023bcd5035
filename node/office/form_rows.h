// A file of filled-in forms: a header of column names in either language, any order, then a form a
// row; or JSON lines. Beside the fields of the forms it has columns that address them. Refusals are
// those of a notices file. Pure. Read next: form_submission.h.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "node/office/forms.h"
#include "node/office/notice_columns.h"

namespace xianjie::node {

// Which kinds' files have which of these follows from the kind's row in the kinds table.
enum class AddressColumn : std::uint8_t { kSubject, kTo, kRegion, kDue };
std::string_view to_word(AddressColumn column);

class FormFile {
 public:
  // `rows`: the header first, as read_notice_bytes() gives them; columns of no form of this kind
  // refuse the file.
  static std::expected<FormFile, NoticeRefusal> read(Kind kind, std::vector<RawRow> rows);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] const RawRow& row(std::size_t index) const { return rows_[index]; }
  // Trimmed; "" where the file lacks the column. Lives as long as this.
  [[nodiscard]] std::string_view cell(std::size_t index, std::string_view word) const;
  // Why no cell of the row can be trusted; field "row".
  [[nodiscard]] std::optional<std::string> shape_fault(std::size_t index) const;

 private:
  std::vector<std::string> columns_;  // English words, in the order of the file
  std::vector<RawRow> rows_;
};

// The columns that a file of this kind may have, for help and refusals.
struct FileColumn {
  std::string_view word, zh;
};
std::vector<FileColumn> file_columns(Kind kind);

}  // namespace xianjie::node
