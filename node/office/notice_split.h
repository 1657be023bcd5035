// One notices file of a whole nation into one file for each reporting office, for the rehearsal:
// each part goes through that office's own submit, and refusals find back to the row of the whole.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "node/office/notice_columns.h"
#include "node/office/notice_origin.h"

namespace xianjie::node {

struct NoticePart {
  OfficeId origin;
  std::vector<std::size_t> rows;  // rows[n - 1]: the row in the whole file of this part's row n
  std::string csv;                // UTF-8, the whole file's header, its cells unchanged
};

struct NoticeSplit {
  std::size_t rows_read = 0;
  std::vector<NoticePart> parts;        // by office, rows in order
  std::vector<NoticeRefusal> refusals;  // no office's: broken, or without a known origin; or row 0
};

NoticeSplit split_notices(std::vector<RawRow> rows, FindOffice find_office);

// A refusal or warning of a part as one of the whole file. Row 0 stays row 0.
std::size_t row_in_whole(const NoticePart& part, std::size_t row);

}  // namespace xianjie::node
