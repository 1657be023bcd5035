// The bytes of a handed-in file as rows, whatever program wrote them: CSV or JSON lines
// (node/office/notice_file.h), .xlsx or .xls (adapters/spreadsheet.h). Row numbers are the same in
// each: data rows from 1.
#pragma once

#include "node/office/notice_file.h"

namespace xianjie::node {

// As read_notice_bytes(). What makes a spreadsheet unreadable is row 0, field "file".
std::expected<std::vector<RawRow>, NoticeRefusal> read_handed_in(ByteView bytes,
                                                                 FileOf file_of = FileOf::kNotices);

}  // namespace xianjie::node
