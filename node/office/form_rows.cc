#include "node/office/form_rows.h"

#include <algorithm>
#include <array>

#include "node/office/typed_text.h"
#include "routing/kinds.h"
#include "schemas/limits.h"

namespace xianjie::node {
namespace {

constexpr std::array kAddressColumns{FileColumn{"subject", "类别"}, FileColumn{"to", "接收单位"},
                                     FileColumn{"region_code", "地区代码"},
                                     FileColumn{"due", "办理期限"}};
const FileColumn& row_of(AddressColumn column) {
  return kAddressColumns[static_cast<std::size_t>(column)];
}

NoticeRefusal whole(std::string field, std::string reason) {
  return {0, std::move(field), std::move(reason)};
}

std::string lower(std::string_view text) {
  std::string out(trim(text));
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace

std::string_view to_word(AddressColumn column) {
  return row_of(column).word;
}

std::vector<FileColumn> file_columns(Kind kind) {
  using enum routing::Goes;
  std::vector<FileColumn> out;
  const auto add = [&](const FileColumn& column) {
    if (std::ranges::none_of(out, [&](const auto& one) { return one.word == column.word; }))
      out.push_back(column);
  };
  const routing::KindRow& rule = routing::kind_row(kind);
  if (!subjects_text(kind).empty()) add(row_of(AddressColumn::kSubject));
  if (rule.goes == kToOfficeOrRegistration || rule.goes == kByRegionAndBusiness ||
      rule.goes == kToParentAndNamed || rule.goes == kToSubtree)
    add(row_of(AddressColumn::kTo));
  if (rule.goes == kByRegionAndBusiness) add(row_of(AddressColumn::kRegion));
  if (rule.answer_days > 0) add(row_of(AddressColumn::kDue));
  for (const Form& form : forms()) {
    if (form.kind != kind) continue;
    for (const FormField& field : form.fields) add({field.word, field.zh});
    for (const FormField& field : form.table) add({field.word, field.zh});
  }
  return out;
}

std::expected<FormFile, NoticeRefusal> FormFile::read(Kind kind, std::vector<RawRow> rows) {
  std::erase_if(rows, [](const RawRow& row) {
    return !row.broken &&
           (row.fields.empty() || (row.fields.size() == 1 && trim(row.fields.front()).empty()));
  });
  if (rows.empty()) return std::unexpected(whole("file", "empty: the file holds nothing"));
  if (rows.front().broken)
    return std::unexpected(whole("header", "broken_line: the header line cannot be read"));
  const std::vector<FileColumn> known = file_columns(kind);
  FormFile file;
  for (std::size_t i = 0; i < rows.front().fields.size(); ++i) {
    const std::string name = lower(rows.front().fields[i]);
    const auto found = std::ranges::find_if(
        known, [&](const FileColumn& column) { return name == column.word || name == column.zh; });
    // Only the position: in a file without a header this may be a person's row.
    if (found == known.end())
      return std::unexpected(whole("header", "unknown_header: column " + std::to_string(i + 1) +
                                                 " has no name of a " + std::string(to_word(kind)) +
                                                 " file; `xianjie kinds " +
                                                 std::string(to_word(kind)) + "` lists them"));
    if (std::ranges::find(file.columns_, found->word) != file.columns_.end())
      return std::unexpected(
          whole("header", "malformed: the header has " + std::string(found->word) + " twice"));
    file.columns_.emplace_back(found->word);
  }
  rows.erase(rows.begin());
  if (rows.empty())
    return std::unexpected(whole("file", "empty: the file holds a header and no row"));
  if (rows.size() > kSubmissionRowsMax)
    return std::unexpected(
        whole("file", "too_many_rows: the file has " + std::to_string(rows.size()) +
                          " rows, one submission takes " + std::to_string(kSubmissionRowsMax)));
  file.rows_ = std::move(rows);
  return file;
}

std::string_view FormFile::cell(std::size_t index, std::string_view word) const {
  const auto at = std::ranges::find(columns_, word);
  const auto place = static_cast<std::size_t>(at - columns_.begin());
  if (at == columns_.end() || place >= rows_[index].fields.size()) return {};
  return trim(rows_[index].fields[place]);
}

std::optional<std::string> FormFile::shape_fault(std::size_t index) const {
  const RawRow& row = rows_[index];
  const std::string line = std::to_string(row.line);
  if (row.broken)
    return row.fault.empty() ? "broken_line: the row on line " + line + " has unmatched quotes"
                             : row.fault;
  if (row.fields.size() != columns_.size())
    return "broken_line: the row on line " + line + " has " + std::to_string(row.fields.size()) +
           " fields, the header " + std::to_string(columns_.size());
  return std::nullopt;
}

}  // namespace xianjie::node
