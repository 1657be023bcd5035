#include "node/office/notice_file.h"

#include <utility>

#include "adapters/csv.h"
#include "adapters/encoding.h"
#include "node/office/json_rows.h"

namespace xianjie::node {

std::expected<std::vector<RawRow>, NoticeRefusal> read_notice_bytes(ByteView bytes,
                                                                    FileOf file_of) {
  auto decoded = adapters::decode_text(bytes);
  if (!decoded) return std::unexpected(NoticeRefusal{0, "file", std::move(decoded.error().text)});
  if (looks_like_json_lines(decoded->text))
    return file_of == FileOf::kNotices ? read_json_rows(decoded->text)
                                       : read_json_table(decoded->text);
  std::vector<RawRow> rows;
  adapters::CsvReader reader(decoded->text);
  while (auto row = reader.next()) {
    RawRow& raw = rows.emplace_back(RawRow{row->line, row->broken, std::move(row->fields), {}});
    if (raw.broken)
      raw.fault = "broken_line: line " + std::to_string(raw.line) + ": " + row->problem;
  }
  return rows;
}

}  // namespace xianjie::node
