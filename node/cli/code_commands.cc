// `code`: what the national table says of a code. `kinds`: the kinds table in both languages.
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

json kind_json(const routing::KindRow& row) {
  json channels = json::array();
  for (const Word& word : words_of(ChannelClass{}))
    if ((row.channels >> word.number & 1) != 0) channels.push_back(word.word);
  constexpr std::int64_t kDayMs = days(1).ms;
  constexpr std::string_view kSchedules[] = {"at_once", "monthly_gates", "half_year_and_annual",
                                             "nightly", "with_subject"};
  constexpr std::string_view kReaders[] = {"path", "destination", "destination_and_county",
                                           "plain_to_neighbours"};
  return {{"kind", to_word(row.kind)},
          {"name_zh", to_zh(row.kind)},
          {"class", to_word(row.klass)},
          {"class_zh", to_zh(row.klass)},
          {"schedule", kSchedules[static_cast<std::size_t>(row.schedule)]},
          {"lane", to_word(row.lane)},
          {"readers", kReaders[static_cast<std::size_t>(row.readers)]},
          {"channels", channels},
          {"media_to_county", row.media_to_county},
          {"lifetime_days",
           row.lifetime == Duration{} ? json(nullptr) : json(row.lifetime.ms / kDayMs)},
          {"police_copy", row.police_copy},
          {"path_copies", row.path_copies},
          {"answer", row.answer},
          {"built", row.built}};
}

void print_kinds(std::ostream& out, const json& value) {
  TextTable table(
      {"kind", "业务类型", "class", "类别", "when", "readers", "channels", "days", "answer"});
  for (const json& row : value["kinds"]) {
    std::string channels = routing::channels_text(*from_word<Kind>(row["kind"].get<std::string>()));
    table.add({cell(row["kind"]), cell(row["name_zh"]), cell(row["class"]), cell(row["class_zh"]),
               cell(row["schedule"]), cell(row["readers"]), std::move(channels),
               cell(row["lifetime_days"]), cell(row["answer"])});
  }
  table.print(out);
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

  CLI::App* kinds = app.add_subcommand("kinds", "The kinds of messages and their rules (业务类型)");
  kinds->callback([&context] {
    json rows = json::array();
    for (const routing::KindRow& row : routing::kinds()) rows.push_back(kind_json(row));
    context.print({{"kinds", rows}}, print_kinds);
  });
}

}  // namespace xianjie::node::cli
