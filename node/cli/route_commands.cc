// `route explain`: needs no daemon and no configuration.
#include <iostream>

#include "adapters/clock.h"
#include "node/cli/commands.h"
#include "node/cli/explain.h"
#include "node/cli/text_table.h"
#include "node/office/id_number.h"
#include "schemas/limits.h"

namespace xianjie::node::cli {
namespace {

constexpr std::size_t kCodesBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kLineBytesMax = 256;

struct RouteOptions {
  std::string directory, from, to, code, codes, id_number, address, at;
  std::string kind = "pre_release_notice";
  std::string fingerprint;
};

std::optional<WallTime> time_of(const std::string& text) {
  if (text.empty()) return adapters::real_wall_time();
  if (const auto date = parse_iso_date(text)) return local_time(*date);
  return parse_wall_time(text);
}

std::string check_date(const std::string& text) {
  return time_of(text) ? "" : "\"" + text + "\" is no date such as 2026-12-09";
}

void print_answer(std::ostream& out, const json& answer) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const char* name :
       {"error", "field", "rule", "confidence", "code", "resolved_code", "destination",
        "destination_name", "assigned", "copy", "kind", "at", "directory", "digest"})
    if (answer.contains(name) && !answer[name].is_null())
      fields.emplace_back(name, cell(answer[name]));
  print_fields(out, fields);
  if (!answer.contains("path")) return;
  TextTable table({"office", "name", "gate", "channel", "policy"});
  for (const json& hop : answer["path"])
    table.add({cell(hop["office"]), cell(hop["name"]), cell(hop["gate"]), cell(hop["channel"]),
               cell(hop["policy"])});
  out << "\n";
  table.print(out);
}

Result<> explain_codes(const std::string& file, Explainer& explainer) {
  XJ_TRY(const Bytes bytes, read_input(file, kCodesBytesMax));
  std::string_view text = as_text(bytes);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    routing::ResolveInput input;
    input.code = line.substr(0, kLineBytesMax);
    std::cout << one_line(explainer.to_registration(input)) << "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

Result<> explain(const Context& context, const RouteOptions& options) {
  const WallTime at = *time_of(options.at);
  XJ_TRY(const DirectorySource source,
         load_directory_source(options.directory, options.fingerprint));
  for (const std::string& warning : source.warnings)
    std::cerr << "xianjie: warning: " << warning << "\n";
  const OfficeId from = *OfficeId::parse(options.from);
  if (!source.directory().contains(from))
    return fail(ErrorCode::kNotFound, options.directory + ": holds no office " + options.from);
  Explainer explainer(source, from, *from_word<Kind>(options.kind), at);
  if (!options.codes.empty()) return explain_codes(options.codes, explainer);
  if (!options.to.empty()) {
    context.print(explainer.to_office(*OfficeId::parse(options.to)), print_answer);
    return {};
  }
  routing::ResolveInput input{options.code, options.address, {}};
  if (!options.id_number.empty()) {
    const auto number = parse_id_number(options.id_number, local_date(at));
    if (!number) return refused(reason_for(number.error()));
    input.id_number = number->text;
  }
  context.print(explainer.to_registration(input), print_answer);
  return {};
}

void check_one_question(const RouteOptions& options) {
  const bool registration =
      !options.code.empty() || !options.id_number.empty() || !options.address.empty();
  if (int{registration} + int{!options.to.empty()} + int{!options.codes.empty()} != 1)
    throw CLI::ValidationError(
        "route explain",
        "give --to, or --codes, or a registration (--code, --address, --id-number)");
}

}  // namespace

void add_route_commands(CLI::App& app, Context& context) {
  CLI::App* route = app.add_subcommand("route", "Where envelopes go, and why");
  route->require_subcommand(1);
  CLI::App* command =
      route->add_subcommand("explain", "Rule, confidence, hops, gates, channels, policy");
  const auto options = std::make_shared<RouteOptions>();
  command->add_option("--directory", options->directory, "a signed directory or a nation file")
      ->required()
      ->type_name("FILE");
  command->add_option("--from", options->from, "where it starts")
      ->required()
      ->check(office_argument());
  command->add_option("--to", options->to, "to this office")->check(office_argument());
  command->add_option("--code", options->code, "to this registration code")->type_name("CODE");
  command
      ->add_option("--address", options->address,
                   "to this registration address; beside --code "
                   "what the row also says")
      ->type_name("TEXT");
  command->add_option("--id-number", options->id_number, "by the ID number's first six digits")
      ->type_name("N");
  command
      ->add_option("--codes", options->codes,
                   "one code a line, - for standard input; JSON lines out")
      ->type_name("FILE");
  command->add_option("--kind", options->kind, "kind of message")
      ->capture_default_str()
      ->check(kind_argument());
  command->add_option("--at", options->at, "date of code validity and next gates; default today")
      ->type_name("DATE")
      ->check(check_date);
  command
      ->add_option("--fingerprint", options->fingerprint,
                   "of the root: its holders' signatures are demanded")
      ->type_name("HEX");
  command->callback([&context, options] {
    check_one_question(*options);
    context.finish(explain(context, *options));
  });
}

}  // namespace xianjie::node::cli
