#include "node/web/table_file.h"

#include <xlsxwriter.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "node/web/memory_file.h"
#include "schemas/text.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

constexpr std::size_t kXlsxBytesMax = 256U << 20, kCellCharactersMax = 32'767;

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = std::min(text.find(at), text.size());
    out.emplace_back(text.substr(0, end));
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

const json* find_path(const json& value, std::string_view path) {
  const json* at = &value;
  for (const std::string& key : split(path, '.')) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(key);
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

std::string as_utf8(std::string text) {
  if (is_utf8(text)) return text;
  std::erase(text, '\0');
  const std::string safe = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(safe).get<std::string>();
}

std::string text_of(const json& cell) {
  if (cell.is_null()) return "";
  if (cell.is_string()) return as_utf8(cell.get<std::string>());
  if (!cell.is_array()) return cell.dump(-1, ' ', false, json::error_handler_t::replace);
  std::string out;
  for (const json& one : cell) out += (out.empty() ? "" : " ") + text_of(one);
  return out;
}

json cell_of(const json& row, const std::string& key) {
  const json* found = find_path(row, key);
  if (found == nullptr || found->is_null()) return nullptr;
  return found->is_number() ? *found : json(text_of(*found));
}

// Some programs take the wide signs of a Chinese keyboard for the narrow ones.
bool looks_like_formula(std::string_view text) {
  constexpr std::array<std::string_view, 11> kBegins{"=",  "+",  "-",  "@",  "\t", "\r",
                                                     "\n", "＝", "＋", "－", "＠"};
  return std::ranges::any_of(kBegins, [&](auto begin) { return text.starts_with(begin); });
}

// At most what a cell of XLSX holds, and no character cut in two.
std::string cut_to_cell(std::string text) {
  if (text.size() <= kCellCharactersMax) return text;
  std::size_t end = kCellCharactersMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

std::string csv_field(const json& cell) {
  if (cell.is_number()) return cell.dump();
  std::string text = text_of(cell);
  if (looks_like_formula(text)) text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace

Result<std::vector<TableColumn>> parse_columns(std::string_view text) {
  std::vector<TableColumn> out;
  for (const std::string& one : split(text, ',')) {
    const std::size_t colon = one.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == one.size() || !is_utf8(one))
      return refused("misuse: columns: key:Title,key:Title expected");
    out.push_back({one.substr(0, colon), one.substr(colon + 1)});
  }
  if (out.size() > kTableColumnsMax) return refused("misuse: columns: at most 64");
  return out;
}

Result<TableText> table_of(const json& answer, std::string_view list,
                           std::vector<TableColumn> columns) {
  const json* rows = find_path(answer, list);
  if (rows == nullptr || !rows->is_array() ||
      !std::ranges::all_of(*rows, [](const json& row) { return row.is_object(); }))
    return refused("misuse: list: the answer has no list of this name");
  TableText out{std::move(columns), {}};
  if (rows->size() > kTableRowsMax)
    return fail(ErrorCode::kFull, "the table has more than 1,000,000 rows: choose fewer");
  out.rows.reserve(rows->size());
  for (const json& row : *rows) {
    std::vector<json> cells;
    for (const TableColumn& column : out.columns) cells.push_back(cell_of(row, column.key));
    out.rows.push_back(std::move(cells));
  }
  return out;
}

Bytes to_csv(const TableText& table) {
  std::string out = "\xEF\xBB\xBF";
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    out += (i > 0 ? "," : "") + csv_field(table.columns[i].title);
  out += "\r\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) out += (i > 0 ? "," : "") + csv_field(row[i]);
    out += "\r\n";
  }
  return to_bytes(as_bytes(out));
}

Result<Bytes> to_xlsx(const TableText& table, const std::string& sheet) {
  if (table.rows.size() >= LXW_ROW_MAX)  // the titles are one
    return fail(ErrorCode::kFull, "the table has more rows than a sheet: choose fewer, or CSV");
  const MemoryFile file;
  if (!file.is_open()) return fail(ErrorCode::kIo, "no memory for a file");
  lxw_workbook* book = workbook_new(file.path().c_str());
  XJ_CHECK(book != nullptr);
  lxw_worksheet* page = workbook_add_worksheet(book, sheet.c_str());
  if (page == nullptr) page = workbook_add_worksheet(book, nullptr);
  lxw_format* head = workbook_add_format(book);
  format_set_bold(head);
  const auto put = [&](std::size_t row, std::size_t column, const json& cell, lxw_format* format) {
    const auto at = static_cast<lxw_row_t>(row);
    const auto across = static_cast<lxw_col_t>(column);
    if (cell.is_number())
      worksheet_write_number(page, at, across, cell.get<double>(), format);
    else if (!cell.is_null())
      worksheet_write_string(page, at, across, cut_to_cell(text_of(cell)).c_str(), format);
  };
  for (std::size_t i = 0; i < table.columns.size(); ++i) put(0, i, table.columns[i].title, head);
  for (std::size_t r = 0; r < table.rows.size(); ++r)
    for (std::size_t i = 0; i < table.rows[r].size(); ++i) put(r + 1, i, table.rows[r][i], nullptr);
  worksheet_freeze_panes(page, 1, 0);
  worksheet_set_column(page, 0, static_cast<lxw_col_t>(table.columns.size() - 1), 18, nullptr);
  if (const lxw_error error = workbook_close(book); error != LXW_NO_ERROR)
    return fail(ErrorCode::kIo, std::string("the table's file: ") + lxw_strerror(error));
  return file.bytes(kXlsxBytesMax);
}

Result<Bytes> sheet_of(const json& page) {
  const json columns = page.value("columns", json()), rows = page.value("rows", json());
  if (!columns.is_array() || columns.empty() || columns.size() > kTableColumnsMax ||
      !rows.is_array())
    return refused("misuse: columns: 1 to 64 of them; rows: a list");
  TableText table;
  for (const json& title : columns) table.columns.push_back({"", text_of(title)});
  for (const json& row : rows) {
    if (!row.is_array() || row.size() != columns.size())
      return refused("misuse: rows: as many cells as columns");
    std::vector<json>& cells = table.rows.emplace_back();
    for (const json& one : row) cells.push_back(one.is_number() ? one : json(text_of(one)));
  }
  return to_xlsx(table, page.value("title", ""));
}

}  // namespace xianjie::node
