#include "node/office/json_rows.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "node/office/typed_text.h"
#include "schemas/limits.h"

namespace xianjie::node {
namespace {

using Json = nlohmann::json;

RawRow broken_row(std::size_t line, std::string_view token, std::string_view why) {
  RawRow row{.line = line, .broken = true, .fields = {}, .fault = std::string(token)};
  row.fault += ": line " + std::to_string(line) + " " + std::string(why);
  return row;
}

// Empty for a list or an object.
std::optional<std::string> cell_text(const Json& value) {
  switch (value.type()) {
    case Json::value_t::string:
      return value.get<std::string>();
    case Json::value_t::boolean:
      return value.get<bool>() ? "是" : "否";
    case Json::value_t::null:
      return "";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return value.dump();
    default:
      return std::nullopt;
  }
}

using FindPlace = std::function<std::optional<std::size_t>(const std::string& key)>;

RawRow read_line(std::string_view text, std::size_t line, std::size_t columns,
                 const FindPlace& place_of) {
  if (text.size() > kPayloadBytesMax)
    return broken_row(line, "too_long", "is longer than a payload");
  std::size_t keys = 0;
  const auto count_keys = [&keys](int depth, Json::parse_event_t event, Json&) {
    if (depth == 1 && event == Json::parse_event_t::key) ++keys;
    return true;
  };
  const Json object = Json::parse(text, count_keys, /*allow_exceptions=*/false);
  if (!object.is_object()) return broken_row(line, "broken_line", "is no JSON object");
  if (keys != object.size()) return broken_row(line, "malformed", "names a column twice");
  RawRow row{.line = line, .broken = false, .fields = {}, .fault = {}};
  row.fields.resize(columns);
  std::vector<bool> seen(columns);
  for (const auto& [key, value] : object.items()) {
    const auto place = place_of(key);
    if (!place)
      return broken_row(line, "unknown_header", "has a key that is no column of this file");
    if (seen[*place]) return broken_row(line, "malformed", "names a column twice");
    seen[*place] = true;
    auto cell = cell_text(value);
    if (!cell) return broken_row(line, "malformed", "has a value that is no text");
    row.fields[*place] = std::move(*cell);
  }
  return row;
}

// `header` is asked once, with the first object's text.
std::vector<RawRow> read_lines(std::string_view text,
                               const std::function<RawRow(std::string_view)>& header,
                               const FindPlace& place_of) {
  std::vector<RawRow> rows;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view object = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (object.empty()) continue;
    if (rows.empty()) rows.push_back(header(object));
    rows.push_back(read_line(object, line, rows.front().fields.size(), place_of));
  }
  return rows;
}

}  // namespace

bool looks_like_json_lines(std::string_view text) {
  return trim(text).starts_with('{');
}

std::vector<RawRow> read_json_rows(std::string_view text) {
  const auto header = [](std::string_view) {
    RawRow row;
    for (const ColumnRow& column : notice_columns()) row.fields.emplace_back(column.word);
    return row;
  };
  return read_lines(text, header, [](const std::string& key) {
    const auto column = find_column(key);
    return column ? std::optional(static_cast<std::size_t>(*column)) : std::nullopt;
  });
}

std::vector<RawRow> read_json_table(std::string_view text) {
  std::vector<std::string> columns;
  const auto header = [&](std::string_view object) {
    const auto first = nlohmann::ordered_json::parse(object, nullptr, /*allow_exceptions=*/false);
    if (first.is_object())
      for (const auto& [key, value] : first.items()) columns.push_back(key);
    RawRow row;
    row.fields = columns;
    return row;
  };
  return read_lines(text, header, [&](const std::string& key) {
    const auto at = std::ranges::find(columns, key);
    return at == columns.end() ? std::nullopt
                               : std::optional(static_cast<std::size_t>(at - columns.begin()));
  });
}

}  // namespace xianjie::node
