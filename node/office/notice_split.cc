#include "node/office/notice_split.h"

#include <map>
#include <utility>

#include "adapters/csv.h"
#include "schemas/result.h"

namespace xianjie::node {

NoticeSplit split_notices(std::vector<RawRow> rows, FindOffice find_office) {
  NoticeSplit split;
  auto file = read_notice_file(std::move(rows));
  if (!file) {
    split.refusals.push_back(std::move(file).error());
    return split;
  }
  split.rows_read = file->rows.size();
  const std::string header = adapters::csv_line(file->header.fields);
  Origins origins(std::move(find_office));
  std::map<OfficeId, NoticePart> parts;
  for (std::size_t i = 0; i < file->rows.size(); ++i) {
    const RawRow& raw = file->rows[i];
    if (auto fault = file->columns.shape_fault(raw)) {
      split.refusals.push_back({i + 1, "row", std::move(*fault)});
      continue;
    }
    auto origin = origins.read(file->columns.cell(raw, Column::kOrigin));
    if (!origin) {
      split.refusals.push_back({i + 1, "origin", std::move(origin).error()});
      continue;
    }
    NoticePart& part = parts[*origin];
    if (part.rows.empty()) {
      part.origin = *origin;
      part.csv = header;
    }
    part.rows.push_back(i + 1);
    part.csv += adapters::csv_line(raw.fields);
  }
  for (auto& [origin, part] : parts) split.parts.push_back(std::move(part));
  return split;
}

std::size_t row_in_whole(const NoticePart& part, std::size_t row) {
  XJ_CHECK(row <= part.rows.size());
  return row == 0 ? 0 : part.rows[row - 1];
}

}  // namespace xianjie::node
