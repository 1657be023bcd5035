#include "node/office/notice_file.h"

#include <utility>

#include "adapters/csv.h"
#include "adapters/encoding.h"
#include "node/office/json_rows.h"
#include "node/office/typed_text.h"

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

std::vector<RawRow> rows_of_sheet(std::vector<std::vector<std::string>> cells) {
  std::vector<RawRow> rows;
  std::size_t width = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::vector<std::string>& fields = cells[i];
    while (!fields.empty() && trim(fields.back()).empty()) fields.pop_back();
    if (fields.empty()) continue;
    if (rows.empty()) width = fields.size();
    if (fields.size() < width) fields.resize(width);
    rows.push_back({.line = i + 1, .broken = false, .fields = std::move(fields), .fault = {}});
  }
  return rows;
}

}  // namespace xianjie::node
