#include "adapters/toml_text.h"

#include <exception>
#include <optional>
#include <vector>

namespace xianjie::adapters {
namespace {

struct TomlAssertion : std::exception {};

// Not set: the parser broke an assertion of its own.
std::optional<Result<toml::table>> try_parse(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return refused("line " + std::to_string(error.source().begin.line) + ": " +
                   one_line(std::string(error.description())));
  } catch (const TomlAssertion&) {
    return std::nullopt;
  }
}

// The line at which the parser gives up. It never does so before that line, and always from it on.
std::size_t line_of_assertion(std::string_view text) {
  std::vector<std::size_t> ends;
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    ends.push_back(at);
  ends.push_back(text.size());
  std::size_t good = 0, bad = ends.size();  // whole lines
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    (try_parse(text.substr(0, ends[middle - 1])) ? good : bad) = middle;
  }
  return bad;
}

}  // namespace

void toml_assertion_failed() {
  throw TomlAssertion();
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

Result<toml::table> parse_toml(std::string_view text) {
  if (auto parsed = try_parse(text)) return std::move(*parsed);
  return refused("line " + std::to_string(line_of_assertion(text)) +
                 ": Error while parsing: a key or value is malformed");
}

}  // namespace xianjie::adapters
