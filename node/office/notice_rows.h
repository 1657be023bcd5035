// From the rows of a notices file to notices that may be sealed, or to refusals that say row, field
// and reason (CONTRACT, "Notices file"). A fault in a row stops that row alone, and a row is
// refused once: by its first faulty column, the others named behind. Pure; safe to run in slices.
// Duplicates are not found here: they need the office's own key and its store.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "node/office/notice_columns.h"
#include "node/office/notice_origin.h"
#include "routing/resolve.h"
#include "schemas/payload.h"
#include "schemas/time.h"

namespace xianjie::node {

struct NoticeContext {
  OfficeId office;  // whose submission it is; rows of another are refused as not_here
  Date today;       // no birth date lies after it
  Period period;    // not set for a kind without one: no release date is warned of
  FindOffice find_office;
  routing::CodeChanges code_changes{};  // the directory's
};

struct NoticeRow {
  std::size_t row = 0;
  NoticePayload payload;  // id_number: 18 digits, by which duplicates are found, or ""
  routing::Resolution resolution;
};

// Told beside an accepted row. text is "token: text for a person", like a reason.
struct NoticeWarning {
  std::size_t row = 0;
  std::string field;
  std::string text;
};

class NoticeChecker {
 public:
  NoticeChecker(NoticeContext context, ColumnMap columns);
  // Appends to `warnings` only for a row that is accepted.
  std::expected<NoticeRow, NoticeRefusal> check(std::size_t row, const RawRow& raw,
                                                std::vector<NoticeWarning>& warnings);

 private:
  NoticeContext context_;
  ColumnMap columns_;
  Origins origins_;
};

// A whole file at once.
struct NoticeBatch {
  std::size_t rows_read = 0;
  std::vector<NoticeRow> rows;
  std::vector<NoticeRefusal> refusals;
  std::vector<NoticeWarning> warnings;
};
NoticeBatch check_notices(const NoticeContext& context, std::vector<RawRow> rows);

// What resolution asks of a notice, for now and for its gate. The number of a person whose identity
// is doubtful says nothing of where that person is registered.
routing::ResolveInput resolve_input(const NoticePayload& payload);

}  // namespace xianjie::node
