// A notices file as JSON lines: one object a line, keys the English or Chinese column names. Comes
// out as the same rows as a CSV, so that one checker serves both. Read next: notice_columns.h.
#pragma once

#include <string_view>
#include <vector>

#include "node/office/notice_columns.h"

namespace xianjie::node {

// Whether the file is JSON lines and no CSV: its first character that counts is '{'.
bool looks_like_json_lines(std::string_view text);

// UTF-8 text to rows, a made-up header of all columns first; nothing where there is no line. Values
// are strings; true and false stand for 是 and 否, null for an empty cell, whole numbers for their
// digits. A line that is no such object, or has an unknown or repeated key, becomes a broken row.
std::vector<RawRow> read_json_rows(std::string_view text);

// The same for a file whose columns are not known beforehand: the first object's keys are the
// header, in their order there; a later object may leave keys out, but not bring new ones.
std::vector<RawRow> read_json_table(std::string_view text);

}  // namespace xianjie::node
