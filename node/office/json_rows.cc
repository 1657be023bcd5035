#include "node/office/json_rows.h"

#include <algorithm>
#include <array>
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

RawRow read_line(std::string_view text, std::size_t line) {
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
  row.fields.resize(kColumns);
  std::array<bool, kColumns> seen{};
  for (const auto& [key, value] : object.items()) {
    const auto column = find_column(key);
    if (!column)
      return broken_row(line, "unknown_header", "has a key that is no column of a notices file");
    const auto place = static_cast<std::size_t>(*column);
    if (seen[place]) return broken_row(line, "malformed", "names a column twice");
    seen[place] = true;
    auto cell = cell_text(value);
    if (!cell) return broken_row(line, "malformed", "has a value that is no text");
    row.fields[place] = std::move(*cell);
  }
  return row;
}

RawRow header_row() {
  RawRow header;
  for (const ColumnRow& column : notice_columns()) header.fields.emplace_back(column.word);
  return header;
}

}  // namespace

bool looks_like_json_lines(std::string_view text) {
  return trim(text).starts_with('{');
}

std::vector<RawRow> read_json_rows(std::string_view text) {
  std::vector<RawRow> rows;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view object = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (object.empty()) continue;
    if (rows.empty()) rows.push_back(header_row());
    rows.push_back(read_line(object, line));
  }
  return rows;
}

}  // namespace xianjie::node
