#include "node/office/notice_columns.h"

#include <algorithm>
#include <utility>

#include "node/office/typed_text.h"
#include "schemas/limits.h"

namespace xianjie::node {
namespace {

// CONTRACT limits release_type and risk; the others keep a notice within its payload and are far
// above what such a cell holds.
constexpr std::array<ColumnRow, kColumns> kTable{{
    {Column::kOrigin, "origin", "呈报单位", true, 256},
    {Column::kName, "name", "姓名", true, 128},
    {Column::kSex, "sex", "性别", false, 16},
    {Column::kIdNumber, "id_number", "身份证号", true, 64},
    {Column::kRegistrationCode, "registration_code", "户籍地代码", false, 64},
    {Column::kRegistrationAddress, "registration_address", "户籍地址", false, 512},
    {Column::kReleaseDate, "release_date", "释放日期", false, 64},
    {Column::kReleaseType, "release_type", "释放类型", false, 64},
    {Column::kRisk, "risk", "危险度", false, 64},
    {Column::kFocus, "focus", "重点帮教", false, 16},
    {Column::kIdentityDoubtful, "identity_doubtful", "身份存疑", false, 16},
    {Column::kRemarks, "remarks", "备注", false, 10'000},
}};

std::size_t index_of(Column column) {
  return static_cast<std::size_t>(column);
}

bool is_blank(const RawRow& row) {
  return !row.broken &&
         (row.fields.empty() || (row.fields.size() == 1 && trim(row.fields.front()).empty()));
}

NoticeRefusal header_refusal(std::string reason) {
  return {0, "header", std::move(reason)};
}

}  // namespace

std::span<const ColumnRow, kColumns> notice_columns() {
  return kTable;
}

std::string_view to_word(Column column) {
  return kTable[index_of(column)].word;
}

std::optional<Column> find_column(std::string_view name) {
  std::string plain(trim(name));
  std::ranges::transform(plain, plain.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const ColumnRow& row : kTable)
    if (plain == row.word || plain == row.zh) return row.column;
  return std::nullopt;
}

std::expected<ColumnMap, NoticeRefusal> ColumnMap::read(const RawRow& header) {
  if (header.broken)
    return std::unexpected(header_refusal("broken_line: the header line cannot be read"));
  ColumnMap map;
  map.place_.fill(kAbsent);
  map.cells_ = header.fields.size();
  for (std::size_t i = 0; i < header.fields.size(); ++i) {
    const auto column = find_column(header.fields[i]);
    // Only the position: in a file without a header this is a person's row.
    if (!column)
      return std::unexpected(header_refusal("unknown_header: column " + std::to_string(i + 1) +
                                            " has no name of a notices file"));
    std::size_t& place = map.place_[index_of(*column)];
    if (place != kAbsent)
      return std::unexpected(
          header_refusal("malformed: the header has " + std::string(to_word(*column)) + " twice"));
    place = i;
  }
  for (const ColumnRow& row : kTable)
    if (row.required && map.place_[index_of(row.column)] == kAbsent)
      return std::unexpected(header_refusal("missing: the header lacks " + std::string(row.zh) +
                                            " (" + std::string(row.word) + ")"));
  return map;
}

std::string_view ColumnMap::cell(const RawRow& row, Column column) const {
  const std::size_t place = place_[index_of(column)];
  if (place == kAbsent || place >= row.fields.size()) return {};
  return trim(row.fields[place]);
}

std::optional<std::string> ColumnMap::shape_fault(const RawRow& row) const {
  const std::string line = std::to_string(row.line);
  if (row.broken)
    return row.fault.empty() ? "broken_line: the row on line " + line + " has unmatched quotes"
                             : row.fault;
  if (row.fields.size() != cells_)
    return "broken_line: the row on line " + line + " has " + std::to_string(row.fields.size()) +
           " fields, the header " + std::to_string(cells_);
  return std::nullopt;
}

std::expected<NoticeFile, NoticeRefusal> read_notice_file(std::vector<RawRow> rows) {
  std::erase_if(rows, is_blank);
  if (rows.empty())
    return std::unexpected(NoticeRefusal{0, "file", "empty: the file holds nothing"});
  auto columns = ColumnMap::read(rows.front());
  if (!columns) return std::unexpected(std::move(columns).error());
  RawRow header = std::move(rows.front());
  rows.erase(rows.begin());
  if (rows.empty())
    return std::unexpected(NoticeRefusal{0, "file", "empty: the file holds a header and no row"});
  if (rows.size() > kSubmissionRowsMax)
    return std::unexpected(
        NoticeRefusal{0, "file",
                      "too_many_rows: the file has " + std::to_string(rows.size()) +
                          " rows, one submission takes " + std::to_string(kSubmissionRowsMax)});
  return NoticeFile{std::move(header), *columns, std::move(rows)};
}

}  // namespace xianjie::node
