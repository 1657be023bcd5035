// `code`: what the national table says of a code.
#include "node/cli/commands.h"
#include "node/cli/text_table.h"
#include "routing/codes.h"
#include "routing/kinds.h"

namespace xianjie::node::cli {
namespace {

using routing::code_text;
using routing::CodeInfo;

std::string_view level_word(routing::CodeLevel level) {
  switch (level) {
    case routing::CodeLevel::kCountry:
      return "country";
    case routing::CodeLevel::kProvince:
      return "province";
    case routing::CodeLevel::kPrefecture:
      return "prefecture";
    case routing::CodeLevel::kCounty:
      return "county";
    case routing::CodeLevel::kTownship:
      return "township";
  }
  return "";
}

std::string_view status_word(routing::CodeStatus status) {
  switch (status) {
    case routing::CodeStatus::kCurrent:
      return "current";
    case routing::CodeStatus::kStatistical:
      return "statistical";
    case routing::CodeStatus::kAbolished:
      return "abolished";
  }
  return "";
}

json texts(const std::vector<std::uint32_t>& codes) {
  json out = json::array();
  for (const std::uint32_t code : codes) out.push_back(code_text(code));
  return out;
}

json year_or_null(int year) {
  return year == 0 ? json(nullptr) : json(year);
}

json code_json(const CodeInfo& info) {
  std::vector<std::uint32_t> successors;
  if (info.successor != 0) successors.push_back(info.successor);
  return {{"code", code_text(info.code)},
          {"name", info.name},
          {"level", level_word(info.level)},
          {"parent", info.code == 0 ? json(nullptr) : json(code_text(info.parent))},
          {"status", status_word(info.status)},
          {"from", year_or_null(info.from_year)},
          {"to", year_or_null(info.to_year)},
          {"successors", texts(successors)},
          {"candidates", texts(info.candidates)},
          {"desk", code_text(info.desk)},
          {"evidence", info.evidence}};
}

std::string named(const std::string& code) {
  const auto parsed = routing::parse_code(code);
  const auto info = parsed ? routing::find_code(*parsed) : std::nullopt;
  return info ? code + " " + std::string(info->name) : code;
}

std::string named_list(const json& codes) {
  std::string out;
  for (const json& code : codes) out += (out.empty() ? "" : ", ") + named(code.get<std::string>());
  return out.empty() ? "-" : out;
}

void print_code(std::ostream& out, const json& value) {
  print_fields(
      out, {{"code", named(value["code"].get<std::string>())},
            {"level", cell(value["level"])},
            {"parent", value["parent"].is_null() ? "-" : named(value["parent"].get<std::string>())},
            {"status", cell(value["status"])},
            {"seen", cell(value["from"]) + " to " + cell(value["to"])},
            {"successor", named_list(value["successors"])},
            {"candidates", named_list(value["candidates"])},
            {"desk", named(value["desk"].get<std::string>())},
            {"evidence", cell(value["evidence"])}});
}

Result<> explain_code(const Context& context, const std::string& text) {
  const auto code = routing::parse_code(text);
  if (!code) return refused("malformed: \"" + text + "\": a code has 6, 9 or 12 digits");
  const auto info = routing::find_code(*code);
  if (!info)
    return fail(ErrorCode::kNotFound,
                "unknown_code: " + code_text(*code) + " is not and was not a code");
  context.print(code_json(*info), print_code);
  return {};
}

}  // namespace

void add_code_commands(CLI::App& app, Context& context) {
  CLI::App* code =
      app.add_subcommand("code", "What the national table says of administrative codes");
  const auto codes = std::make_shared<std::vector<std::string>>();
  code->add_option("code", *codes, "6, 9 or 12 digits")->required()->type_name("CODE");
  code->callback([&context, codes] {
    for (const std::string& text : *codes) context.finish(explain_code(context, text));
  });
}

}  // namespace xianjie::node::cli
