// `report …`: half-year and annual resettlement reports (flow B).
#include "adapters/csv.h"
#include "adapters/spreadsheet.h"
#include "node/cli/commands.h"
#include "node/cli/text_table.h"
#include "node/office/notice_file.h"
#include "node/office/report_forms.h"
#include "schemas/limits.h"

namespace xianjie::node::cli {
namespace {

struct SendReport {
  std::string kind, period, figures, persons, reason, correction;
};

// Options of a call are text, so a spreadsheet becomes CSV here.
Result<std::string> persons_text(const std::string& file) {
  XJ_TRY(const Bytes persons, read_input(file, kApiBytesMax / 4));
  if (!adapters::is_spreadsheet(persons)) return std::string(as_text(persons));
  auto cells = adapters::read_spreadsheet(persons);
  if (!cells) return refused("persons: " + cells.error().text);
  std::string text;
  for (const RawRow& row : rows_of_sheet(std::move(*cells))) text += adapters::csv_line(row.fields);
  return text;
}

Result<> send_report(const Context& context, const SendReport& options) {
  XJ_TRY(Bytes figures, read_input(options.figures, kApiBytesMax / 2));
  Options call{{"kind", options.kind},
               {"period", options.period},
               {"override", options.reason},
               {"correct", options.correction}};
  if (!options.persons.empty()) {
    XJ_TRY(call["persons"], persons_text(options.persons));
  }
  XJ_TRY(const json done, context.call("report.send", std::move(call), std::move(figures)));
  context.print(done, [](std::ostream& out, const json& value) {
    out << cell(value["period"]) << " reported to " << cell(value["to"]) << " as "
        << cell(value["envelope"]);
    if (value["missing"] != 0)
      out << ", without " << cell(value["missing"]) << " of " << cell(value["children"])
          << " offices (marked in the report)";
    out << "\n";
  });
  return {};
}

void print_matrix(std::ostream& out, const json& value) {
  out << "period " << cell(value["period"]) << ": "
      << (value["complete"] ? "complete" : "incomplete") << "\n";
  TextTable table({"office", "state", "报送情况", "kind", "received", "deadline", "corrected"});
  for (const json& child : value["children"])
    table.add({cell(child["office"]), cell(child["state"]), cell(child["state_zh"]),
               cell(child["kind"]), cell(child["received"]), cell(child["deadline"]),
               cell(child["corrections"])});
  if (!table.empty()) table.print(out);
  if (value["sum"].empty()) return;
  TextTable sum({"item", "项目", "sum of what is in"});
  for (const ReportItem& item : report_form().items)
    if (value["sum"].contains(item.word))
      sum.add({std::string(item.word), std::string(item.zh),
               cell(value["sum"][std::string(item.word)])});
  sum.align_right(2);
  out << "\n";
  sum.print(out);
}

void print_form(std::ostream& out, const json& value) {
  out << cell(value["form"]) << " " << cell(value["name_zh"]) << ", version "
      << cell(value["version"]) << "\n";
  TextTable table({"item", "项目"});
  for (const json& item : value["items"]) table.add({cell(item["item"]), cell(item["name_zh"])});
  table.print(out);
  for (const json& formula : value["formulas"]) out << cell(formula) << "\n";
}

json form_json() {
  const ReportForm& form = report_form();
  json items = json::array(), formulas = json::array(), person = json::array();
  for (const ReportItem& item : form.items)
    items.push_back({{"item", item.word}, {"name_zh", item.zh}});
  for (const ReportFormula& formula : form.formulas)
    formulas.push_back(formula_text(form, formula));
  for (const FormField& field : form.person)
    person.push_back({{"column", field.word}, {"name_zh", field.zh}, {"required", field.required}});
  return {{"form", form.name}, {"name_zh", form.zh},   {"version", form.version},
          {"items", items},    {"formulas", formulas}, {"person", person}};
}

}  // namespace

void add_report_commands(CLI::App& app, Context& context) {
  CLI::App* report =
      app.add_subcommand("report", "Half-year and annual reports (统计信息上报、详细信息上报)");
  report->require_subcommand(1);

  CLI::App* status =
      report->add_subcommand("status", "Who below has reported (报送情况表), and the sum so far");
  const auto period = std::make_shared<std::string>();
  status->add_option("--period", *period, "2026-H1, or 2026 for the year; default: the newest")
      ->type_name("PERIOD");
  status->callback([&context, period] {
    const auto view = context.call("report.status", {{"period", *period}});
    if (!view) return context.fail(view.error());
    context.print(*view, print_matrix);
  });

  CLI::App* send = report->add_subcommand(
      "send", "Report upward: own figures (本级) beside the sum of those below");
  const auto options = std::make_shared<SendReport>();
  send->add_option("figures", options->figures,
                   "own figures: item,value, as XLSX, XLS or CSV; - for standard input")
      ->required()
      ->type_name("FILE");
  send->add_option("--period", options->period, "2026-H1, or 2026 for the year")
      ->required()
      ->type_name("PERIOD");
  send->add_option("--kind", options->kind,
                   "statistical_report or detailed_report; default: a township's detail, else "
                   "statistics")
      ->check(kind_argument());
  send->add_option("--persons", options->persons,
                   "a detailed report's persons: XLSX, XLS, CSV or JSON lines")
      ->type_name("FILE");
  send->add_option("--override", options->reason,
                   "send the sum although offices are missing; the report says so")
      ->type_name("REASON");
  send->add_option("--correct", options->correction, "replace the report already sent")
      ->type_name("REASON");
  send->callback([&context, options] { context.finish(send_report(context, *options)); });

  CLI::App* form = report->add_subcommand("form", "The form: items, check formulas, columns");
  form->callback([&context] { context.print(form_json(), print_form); });
}

}  // namespace xianjie::node::cli
