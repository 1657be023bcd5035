// The month: how it stands here and below, what was agreed with each neighbour, closing it.
#include "node/cli/commands.h"
#include "node/cli/text_table.h"

namespace xianjie::node::cli {
namespace {

struct MonthColumn {
  const char* name;
  const char* zh;
};
constexpr std::array<MonthColumn, 10> kOriginHeads{{{"accepted", "已登记"},
                                                    {"delivered", "已送达"},
                                                    {"returned", "已退回"},
                                                    {"held", "已挂起"},
                                                    {"in_transit", "在途"},
                                                    {"own_area", "属本辖区"},
                                                    {"unlinked", "未衔接"},
                                                    {"unchecked", "未核查"},
                                                    {"missing", "未报"},
                                                    {"not_yet_on_the_bus", "未上线"}}};
constexpr std::array<MonthColumn, 11> kOfficeHeads{{{"received", "已接收"},
                                                    {"open", "待办"},
                                                    {"passed_on", "已转出"},
                                                    {"waiting", "待转出"},
                                                    {"stopped", "挂起"},
                                                    {"late", "迟报"},
                                                    {"manifests", "清单"},
                                                    {"manifests_agreed", "相符"},
                                                    {"manifests_differ", "不符"},
                                                    {"missing", "未报"},
                                                    {"not_yet_on_the_bus", "未上线"}}};

template <std::size_t N>
TextTable table_of(const char* first, const std::array<MonthColumn, N>& columns) {
  std::vector<std::string> heads{first};
  for (const MonthColumn& column : columns)
    heads.push_back(std::string(column.name) + " " + column.zh);
  TextTable table(std::move(heads));
  for (std::size_t i = 1; i <= N; ++i) table.align_right(i);
  return table;
}

template <std::size_t N>
void add_line(TextTable& table, const std::string& name, const json& numbers,
              const std::array<MonthColumn, N>& columns) {
  std::vector<std::string> cells{name};
  for (const MonthColumn& column : columns)
    cells.push_back(numbers.contains(column.name) ? cell(numbers[column.name]) : "-");
  table.add(std::move(cells));
}

void print_list(std::ostream& out, const char* head, const json& offices) {
  if (offices.empty()) return;
  out << head;
  for (const json& office : offices)
    out << "  "
        << (office.is_object() ? cell(office["code"]) + " " + printable(cell(office["name"]))
                               : cell(office));
  out << "\n";
}

void print_month(std::ostream& out, const json& value) {
  out << "period 上报月份 " << value.value("period", "") << "  "
      << (value["closed"].is_null()
              ? std::string("open 未办结")
              : "closed 已办结 " + short_time(value["closed"].value("time", "")))
      << "\n\n";
  print_clock(out, value);
  TextTable origins = table_of("origin 呈报单位", kOriginHeads);
  for (const json& origin : value["origins"]) {
    add_line(origins, cell(origin["origin"]), origin, kOriginHeads);
    add_line(origins, "  copies 抄送", origin["copies"], kOriginHeads);
  }
  if (value["origins"].size() > 1) add_line(origins, "total 合计", value["totals"], kOriginHeads);
  if (!origins.empty()) origins.print(out);
  TextTable offices = table_of("office 单位", kOfficeHeads);
  for (const json& office : value["offices"]) {
    bool quiet = true;
    for (const MonthColumn& column : kOfficeHeads) quiet = quiet && office[column.name] == 0;
    if (!quiet) add_line(offices, cell(office["office"]), office, kOfficeHeads);
  }
  if (!offices.empty()) {
    out << "\n";
    offices.print(out);
  }
  out << "\n";
  print_list(out, "missing 未报:", value["missing"]);
  print_list(out, "not yet on the bus 未上线:", value["not_yet_on_the_bus"]);
  print_list(out, "townships without an office 未设单位:", value["without_office"]);
}

void print_manifests(std::ostream& out, const json& value) {
  TextTable table({"period 上报月份", "direction 方向", "neighbour 单位", "number 序号",
                   "count 件数", "state 核对", "root"});
  for (const json& each : value["manifests"]) {
    const auto state = from_word<ManifestState>(each.value("state", ""));
    table.add({cell(each["period"]), cell(each["direction"]), cell(each["neighbour"]),
               cell(each["number"]), cell(each["count"]),
               cell(each["state"]) + (state ? " " + std::string(to_zh(*state)) : ""),
               each.value("root", "").substr(0, 16)});
  }
  table.align_right(3);
  table.align_right(4);
  table.print(out);
  for (const json& each : value["manifests"])
    for (const char* const fault : {"missing", "unexpected"})
      for (const json& entry : each[fault])
        out << fault << "  " << cell(each["neighbour"]) << "  " << cell(entry["origin"]) << "  "
            << cell(entry["id"]) << "\n";
}

void print_closing(std::ostream& out, const json& value) {
  if (value.value("closed", false)) {
    out << "closed 已办结  accepted " << cell(value["accepted"]) << ", delivered "
        << cell(value["delivered"]) << ", returned " << cell(value["returned"]) << ", unchecked "
        << cell(value["unchecked"]) << "\n";
    return;
  }
  TextTable table({"office 单位", "what 事项", "count 件数"});
  for (const json& each : value["must_act"])
    table.add({cell(each["office"]), cell(each["what"]), cell(each["count"])});
  table.align_right(2);
  table.print(out);
}

struct MonthOptions {
  std::string period, kind, reason;
  std::vector<std::string> without;
};

// Exit status 1 where it stays open; what stands against it is the answer.
Result<> close_month(Context& context, const MonthOptions& options) {
  std::string without;
  for (const std::string& office : options.without)
    without += (without.empty() ? "" : ",") + office;
  XJ_TRY(const json value, context.call("month.close", {{"period", options.period},
                                                        {"without", without},
                                                        {"reason", options.reason}}));
  context.print(value, print_closing);
  if (!value.value("closed", false)) context.exit_code = 1;
  return {};
}

}  // namespace

void add_month_commands(CLI::App& app, Context& context) {
  CLI::App* month = app.add_subcommand("month", "The month's account (月度核对)");
  month->require_subcommand(1);
  const auto options = std::make_shared<MonthOptions>();
  const auto add = [&](const char* name, const char* help) {
    CLI::App* command = month->add_subcommand(name, help);
    command->add_option("--period", options->period, "this month only")
        ->type_name("YYYY-MM")
        ->check(period_argument());
    return command;
  };
  CLI::App* status =
      add("status", "accepted = delivered + returned + held + in transit, copies apart");
  status->add_option("--kind", options->kind, "only this kind")->check(kind_argument());
  status->callback([&context, options] {
    const auto value =
        context.call("month.status", {{"period", options->period}, {"kind", options->kind}});
    if (value) context.print(*value, print_month);
    context.finish(value ? Result<>{} : std::unexpected(value.error()));
  });
  add("manifests", "What was agreed with each neighbour (交接清单)")->callback([&context, options] {
    const auto value = context.call("month.manifests", {{"period", options->period}});
    if (value) context.print(*value, print_manifests);
    context.finish(value ? Result<>{} : std::unexpected(value.error()));
  });
  CLI::App* close = add("close", "Close a month that balances (月度办结), or say who must act");
  close->get_option("--period")->required();
  close
      ->add_option("--without", options->without, "an office that has not reported; needs --reason")
      ->check(office_argument());
  close->add_option("--reason", options->reason, "why it is closed without");
  close->callback([&context, options] { context.finish(close_month(context, *options)); });
}

}  // namespace xianjie::node::cli
