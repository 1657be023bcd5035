// The bytes of a handed-in notices file as rows: UTF-8 or GB18030, CSV or JSON lines, decided once
// for the whole file. Read next: notice_columns.h.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "node/office/notice_columns.h"
#include "schemas/bytes.h"

namespace xianjie::node {

// What the file holds: JSON lines of a notices file have that file's columns, others their own.
enum class FileOf : std::uint8_t { kNotices, kForms };

// Header first. Refuses a file that is in neither encoding throughout: row 0, field "file".
std::expected<std::vector<RawRow>, NoticeRefusal> read_notice_bytes(
    ByteView bytes, FileOf file_of = FileOf::kNotices);

// A spreadsheet's cells, the same way: a row that holds nothing but space is blank; the others have
// at least as many cells as the header, which spreadsheets do not write where they are empty.
std::vector<RawRow> rows_of_sheet(std::vector<std::vector<std::string>> cells);

}  // namespace xianjie::node
