// A table of an answer as a file that spreadsheet programs open. Every cell is text or a number;
// what such a program would take for a formula is text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::node {

inline constexpr std::size_t kTableRowsMax = 1'000'000, kTableColumnsMax = 64;

struct TableColumn {
  std::string key;    // of the row, or a path: "copies.accepted"
  std::string title;  // as it is shown
};
struct TableText {
  std::vector<TableColumn> columns;
  std::vector<std::vector<nlohmann::json>> rows;  // scalars, as many as columns
};

// "key:Title,key:Title"; a title may hold ':', not ','.
Result<std::vector<TableColumn>> parse_columns(std::string_view text);
// `list`: where the rows stand in the answer, "queues" or "ages.rows"; they are objects. A list in
// a cell is joined by spaces.
Result<TableText> table_of(const nlohmann::json& answer, std::string_view list,
                           std::vector<TableColumn> columns);

Bytes to_csv(const TableText& table);  // UTF-8 with BOM, CRLF
// kFull where it has more rows than a sheet; kIo where there is no room for temporary files.
Result<Bytes> to_xlsx(const TableText& table, const std::string& sheet);
// {title, columns: [title], rows: [[text or number]]} as XLSX. "misuse: …" where it is no such
// thing.
Result<Bytes> sheet_of(const nlohmann::json& page);

}  // namespace xianjie::node
