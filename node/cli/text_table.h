// Text for people: aligned columns in which a Chinese character takes two, and nothing that an
// envelope's sender could use to write over a terminal.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace xianjie::node::cli {

std::size_t display_width(std::string_view utf8);  // columns on a terminal

// Control characters and broken UTF-8 become "?".
std::string printable(std::string_view text);

// A JSON value as a cell: strings without quotes, times as "12-09 12:00:05", null as "-".
std::string cell(const nlohmann::json& value);
std::string short_time(std::string_view iso);  // anything else than an ISO 8601 time stays as it is

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row);
  void align_right(std::size_t column);
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }
  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> right_;
};

// "name   value" lines.
void print_fields(std::ostream& out,
                  const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace xianjie::node::cli
