// `exchange-test …`: the cross-province exchange test, run and scored at the national office.
#include <iostream>

#include "adapters/csv.h"
#include "adapters/files.h"
#include "node/cli/commands.h"
#include "node/cli/text_table.h"
#include "node/office/exchange_plan.h"

namespace xianjie::node::cli {
namespace {

constexpr std::size_t kPlanBytesMax = 1U << 20;
const std::vector<std::string> kScoreColumns{
    "round",    "level", "office", "name",         "notices",      "confirmed", "requests",
    "answered", "late",  "faked",  "rate_percent", "minutes_mean", "why"};

struct PlanOptions {
  std::string file, month, level, csv;
  [[nodiscard]] Result<Bytes> plan() const {
    if (file.empty()) return Bytes{};
    return read_input(file, kPlanBytesMax);
  }
};

std::shared_ptr<PlanOptions> add_plan(CLI::App& command) {
  const auto options = std::make_shared<PlanOptions>();
  command.add_option("plan", options->file, "TOML; default: that of 2011 in --month")
      ->type_name("FILE");
  command.add_option("--month", options->month, "of the default plan; default: this one")
      ->type_name("YYYY-MM")
      ->check(period_argument());
  return options;
}

void print_score(std::ostream& out, const json& value) {
  const json& roll = value["roll_call"];
  out << cell(value["plan"]) << "\nroll-call: " << cell(roll["called"]) << " called, "
      << cell(roll["reached"]) << " reached, " << cell(roll["on_duty"]) << " with an operator\n";
  for (const json& one : roll["absent"])
    out << "  " << cell(one["office"]) << ": " << cell(one["why"]) << "\n";
  TextTable table({"round", "level", "office", "notices", "confirmed", "requests", "answered",
                   "late", "faked", "%", "minutes", "why"});
  for (const json& row : value["scores"])
    table.add({cell(row["round"]), cell(row["level"]), cell(row["office"]), cell(row["notices"]),
               cell(row["confirmed"]), cell(row["requests"]), cell(row["answered"]),
               cell(row["late"]), cell(row["faked"]), cell(row["rate_percent"]),
               cell(row["minutes_mean"]), cell(row["why"])});
  table.print(out);
}

Result<> run_test(const Context& context, const PlanOptions& options) {
  XJ_TRY(Bytes plan, options.plan());
  XJ_TRY(const json done,
         context.call("exchange.run", {{"period", options.month}}, std::move(plan)));
  context.print(done, [](std::ostream& out, const json& value) {
    out << cell(value["accepted"]) << " messages accepted; each leaves when its window opens\n";
    for (const json& one : value["refused"]) out << cell(one["reason"]) << "\n";
  });
  return {};
}

Result<> score_test(const Context& context, const PlanOptions& options) {
  XJ_TRY(Bytes plan, options.plan());
  XJ_TRY(json score, context.call("exchange.score", {{"period", options.month}}, std::move(plan)));
  if (!options.level.empty()) {
    json kept = json::array();
    for (json& row : score["scores"])
      if (row["level"] == options.level) kept.push_back(std::move(row));
    score["scores"] = std::move(kept);
  }
  if (options.csv.empty()) {
    context.print(score, print_score);
    return {};
  }
  std::string csv = "\xEF\xBB\xBF" + adapters::csv_line(kScoreColumns);
  for (const json& row : score["scores"]) {
    std::vector<std::string> cells;
    for (const std::string& column : kScoreColumns)
      cells.push_back(row[column].is_null() ? "" : cell(row[column]));
    csv += adapters::csv_line(cells);
  }
  XJ_TRY_VOID(adapters::write_file_atomically(options.csv, as_bytes(csv)));
  context.print({{"rows", score["scores"].size()}, {"output", options.csv}},
                [](std::ostream& out, const json& value) {
                  out << cell(value["rows"]) << " rows in " << cell(value["output"]) << "\n";
                });
  return {};
}

}  // namespace

void add_exchange_commands(CLI::App& app, Context& context) {
  CLI::App* test = app.add_subcommand(
      "exchange-test",
      "The cross-province exchange test (跨省信息交换测试), at the national office");
  test->require_subcommand(1);
  CLI::App* run = test->add_subcommand(
      "run", "Call the roll, announce the freezes, and queue every round for its windows");
  const auto run_options = add_plan(*run);
  run->callback([&context, run_options] { context.finish(run_test(context, *run_options)); });

  CLI::App* score = test->add_subcommand(
      "score", "Per province, county and office, from signed receipts and answers alone");
  const auto score_options = add_plan(*score);
  score->add_option("--level", score_options->level, "province, prefecture, county or township");
  score->add_option("--csv", score_options->csv, "to this file")->type_name("FILE");
  score->callback(
      [&context, score_options] { context.finish(score_test(context, *score_options)); });

  CLI::App* plan = test->add_subcommand("plan", "The default plan of a month, to be changed");
  const auto month = std::make_shared<std::string>();
  plan->add_option("--month", *month, "such as 2026-12")
      ->required()
      ->type_name("YYYY-MM")
      ->check(period_argument());
  plan->callback(
      [month] { std::cout << exchange_plan_text(default_exchange_plan(*Period::parse(*month))); });
}

}  // namespace xianjie::node::cli
