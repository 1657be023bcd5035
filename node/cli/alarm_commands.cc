// `alarms`: what is wrong at an office now, and the one table of all that can be. The heads of
// ops/RUNBOOK.md's sections are printed by `alarms --markdown`.
#include <iostream>

#include "node/cli/commands.h"
#include "node/cli/text_table.h"
#include "node/office/alarms.h"

namespace xianjie::node::cli {
namespace {

void print_standing(std::ostream& out, const json& value) {
  if (value["alarms"].empty()) out << "none 无\n";
  for (const json& alarm : value["alarms"])
    out << cell(alarm["level"]) << " " << cell(alarm["id"]) << ": " << cell(alarm["text_en"])
        << " · " << cell(alarm["text_zh"]) << "\n    " << cell(alarm["do_en"]) << " · "
        << cell(alarm["do_zh"]) << "\n";
}

void print_table(std::ostream& out, const json& value) {
  TextTable table({"alarm", "level", "what", "含义"});
  for (const json& row : value["alarms"])
    table.add({cell(row["id"]), cell(row["level"]), cell(row["en"]), cell(row["zh"])});
  table.print(out);
}

void print_markdown(std::ostream& out) {
  for (const AlarmRow& row : alarm_rows())
    out << "### " << row.id << "\n\n- **" << to_word(row.level) << " " << to_zh(row.level)
        << "**: " << row.en << " · " << row.zh << "\n- **first 首先**: " << row.do_en << " · "
        << row.do_zh << "\n\n";
}

Result<> standing(Context& context) {
  XJ_TRY(const json overview, context.call("overview", {}));
  context.print(
      {{"office", overview["office"]}, {"time", overview["time"]}, {"alarms", overview["alarms"]}},
      print_standing);
  return {};
}

}  // namespace

void add_alarm_commands(CLI::App& app, Context& context) {
  CLI::App* alarms = app.add_subcommand("alarms", "What is wrong here now, and what to do (告警)");
  const auto all = std::make_shared<bool>(false), markdown = std::make_shared<bool>(false);
  alarms->add_flag("--all", *all, "every alarm that there is; asks no daemon");
  alarms->add_flag("--markdown", *markdown, "the heads of the runbook's sections");
  alarms->callback([&context, all, markdown] {
    if (*markdown) return print_markdown(std::cout);
    if (!*all) return context.finish(standing(context));
    json rows = json::array();
    for (const AlarmRow& row : alarm_rows()) rows.push_back(alarm_row_view(row));
    context.print({{"alarms", rows}}, print_table);
  });
}

}  // namespace xianjie::node::cli
