// What an operator watches and does: overview, network, the queues' census and envelopes, and the
// acts on them, first as a trial; `top` looks again and again.
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "node/cli/commands.h"
#include "node/cli/text_table.h"

namespace xianjie::node::cli {
namespace {

constexpr int kTopEverySeconds = 2;

std::string at(const json& value, const char* name) {
  return value.contains(name) ? cell(value[name]) : "-";
}

std::string age_text(const json& seconds) {
  if (!seconds.is_number()) return "-";
  const auto s = seconds.get<std::int64_t>();
  if (s < 120) return std::to_string(s) + " s";
  if (s < 7200) return std::to_string(s / 60) + " min";
  if (s < 172'800) return std::to_string(s / 3600) + " h";
  return std::to_string(s / 86'400) + " d";
}

void print_alarms(std::ostream& out, const json& alarms) {
  if (alarms.empty()) {
    out << "no alarms 无告警\n";
    return;
  }
  for (const json& alarm : alarms)
    out << (alarm["level"] == "critical"  ? "!! "
            : alarm["level"] == "warning" ? "!  "
                                          : ".  ")
        << printable(at(alarm, "text_en")) << "\n   " << printable(at(alarm, "text_zh"))
        << "\n   → " << printable(at(alarm, "do_en")) << "\n";
}

void print_overview(std::ostream& out, const json& value) {
  const json& month = value["month"];
  const std::string outlook = month["outlook"];
  out << printable(at(value, "name")) << " (" << at(value, "office") << "), " << at(value, "time")
      << "\n\n";
  out << "month 月份 " << at(month, "period") << ": "
      << (outlook == "closed"      ? "closed 已办结"
          : outlook == "on_course" ? "on course 正常"
          : outlook == "at_risk"   ? "at risk 有风险"
                                   : "late 已逾期")
      << "\n";
  for (const json& why : month["outlook_why"])
    out << "   " << at(why, "count") << " " << at(why, "en") << " " << at(why, "zh") << "\n";
  out << "accepted 已登记 " << at(month, "accepted") << " = delivered 已送达 "
      << at(month, "delivered") << " + returned 已退回 " << at(month, "returned") << " + held 挂起 "
      << at(month, "held") << " + in transit 在途 " << at(month, "in_transit") << "\n\n";
  print_alarms(out, value["alarms"]);
  out << "\n";
  TextTable moments({"next", "下一步", "at", "in"});
  for (const json& moment : value["moments"])
    if (!moment["passed"].get<bool>())
      moments.add(
          {at(moment, "en"), at(moment, "zh"), at(moment, "at"), age_text(moment["left_s"])});
  if (!moments.empty()) {
    moments.print(out);
    out << "\n";
  }
  const json& queues = value["queues"];
  print_fields(
      out, {{"links up, down", at(value["links"], "up") + ", " + at(value["links"], "down")},
            {"queued", at(queues, "ready") + " ready, " + at(queues, "sent") + " sent, " +
                           at(queues, "deferred") + " deferred, " + at(queues, "gated") + " gated"},
            {"oldest waits", age_text(queues["oldest_s"])},
            {"held, dead, corrupt",
             at(queues, "held") + ", " + at(queues, "dead") + ", " + at(queues, "corrupt")},
            {"inbox", at(queues, "inbox")},
            {"due, overdue", at(value["due"], "due") + ", " + at(value["due"], "overdue")}});
}

void print_census(std::ostream& out, const json& value) {
  TextTable table({"neighbour", "lane", "kind", "ready", "sent", "deferred", "gated", "held",
                   "dead", "KiB", "oldest", "next gate"});
  for (const json& row : value["rows"])
    table.add({at(row, "neighbour"), at(row, "lane"), at(row, "kind"), at(row, "ready"),
               at(row, "sent"), at(row, "deferred"), at(row, "gated"), at(row, "held"),
               at(row, "dead"), std::to_string(row["bytes"].get<std::uint64_t>() >> 10),
               age_text(row["oldest_s"]), at(row, "next_gate")});
  for (std::size_t column = 3; column < 11; ++column) table.align_right(column);
  if (table.empty())
    out << "nothing queued\n";
  else
    table.print(out);
  const json& totals = value["totals"];
  out << "held " << at(totals, "held") << ", dead " << at(totals, "dead") << ", corrupt "
      << at(totals, "corrupt") << ", inbox " << at(totals, "inbox") << "\n";
  const json& ages = value["ages"];
  if (ages["rows"].empty()) return;
  std::vector<std::string> header{"destination", "T"};  // as qshape prints it
  for (const json& limit : ages["limits_s"]) header.push_back(age_text(limit));
  header.emplace_back("more");
  TextTable by_age(header);
  for (const json& row : ages["rows"]) {
    std::vector<std::string> cells{at(row, "destination"), at(row, "total")};
    for (const json& count : row["ages"]) cells.push_back(cell(count));
    by_age.add(std::move(cells));
  }
  for (std::size_t column = 1; column < header.size(); ++column) by_age.align_right(column);
  out << "\n";
  by_age.print(out);
}

void print_envelopes(std::ostream& out, const json& value) {
  TextTable table({"id", "state", "kind", "destination", "neighbour", "taken", "reason"});
  for (const json& row : value["envelopes"])
    table.add({at(row, "id"), at(row, "state"), at(row, "kind"), at(row, "destination"),
               at(row, "neighbour"), at(row, "taken"), at(row, "reason")});
  table.print(out);
  if (value["more"].is_string()) out << "more: --after " << cell(value["more"]) << "\n";
}

void print_network(std::ostream& out, const json& value) {
  TextTable table(
      {"office", "name", "health", "critical", "warning", "queued", "held", "overdue", "as of"});
  for (const json& row : value["offices"])
    table.add({at(row, "office"), at(row, "name"), at(row, "health"), at(row["alarms"], "critical"),
               at(row["alarms"], "warning"), at(row, "queued"), at(row, "held"), at(row, "overdue"),
               at(row, "as_of")});
  for (std::size_t column = 3; column < 8; ++column) table.align_right(column);
  table.print(out);
}

void print_operated(std::ostream& out, const json& value) {
  const bool trial = value["dry_run"];
  out << at(value, "matched") << " matched, "
      << (trial ? at(value, "would") + " would be done" : at(value, "done") + " done") << "\n";
  for (const json& one : value["refused"])
    out << cell(one["id"]) << " refused: " << printable(at(one, "text")) << "\n";
  if (value["more"].get<bool>()) out << "there are more: repeat it\n";
  if (trial) out << "nothing has changed; without --dry-run, and with --reason, it is done\n";
}

Result<> ask(const Context& context, const std::string& command, Options options,
             const Human& human) {
  XJ_TRY(const json value, context.call(command, std::move(options)));
  context.print(value, human);
  return {};
}

// Options shared by `queue envelopes` and the acts.
void add_filter(CLI::App& command, const std::shared_ptr<Options>& options) {
  const auto add = [&](const char* name, const char* help, const char* type) {
    return command.add_option(std::string("--") + name, (*options)[name], help)->type_name(type);
  };
  add("state", "gated, ready, sent, deferred, held, inbox, settled, dead, corrupt", "STATE");
  add("neighbour", "waiting for this office", "OFFICE")->check(office_argument());
  add("kind", "of this kind", "KIND")->check(kind_argument());
  add("origin", "from this office", "OFFICE")->check(office_argument());
  add("destination", "for this office", "OFFICE")->check(office_argument());
}

void add_act(CLI::App& queue, Context& context, const char* name, const char* help) {
  CLI::App* command = queue.add_subcommand(name, help);
  const auto options = std::make_shared<Options>();
  const auto trial = std::make_shared<bool>(false);
  const auto ids = std::make_shared<std::vector<std::string>>();
  command->add_option("id", *ids, "envelope ids; or a filter")->type_name("ID");
  add_filter(*command, options);
  command->add_option("--reason", (*options)["reason"], "why; kept in the audit log")
      ->type_name("TEXT");
  command->add_flag("--dry-run", *trial, "say what would be done, change nothing");
  command->callback([&context, options, trial, ids, name = std::string(name)] {
    Options all = *options;
    for (const std::string& id : *ids) all["id"] += (all["id"].empty() ? "" : ",") + id;
    if (*trial) all["dry_run"] = "1";
    all["operator"] = account_name();
    context.finish([&]() -> Result<> {
      XJ_TRY(const json value, context.call("queue." + name, std::move(all)));
      context.print(value, print_operated);
      if (!*trial && value["done"] == 0)
        return refused("nothing was done: " + (value["refused"].empty()
                                                   ? std::string("nothing matches")
                                                   : at(value["refused"][0], "text")));
      return {};
    }());
  });
}

// One screen, drawn anew where it stands, until a key is pressed or the terminal goes.
Result<> top(const Context& context) {
  if (::isatty(STDOUT_FILENO) != 1) return refused("top: a terminal is needed; `overview` prints");
  while (true) {
    XJ_TRY(const json overview, context.call("overview", {}));
    XJ_TRY(const json census, context.call("queue.census", {}));
    std::ostringstream page;
    print_overview(page, overview);
    page << "\n";
    print_census(page, census);
    page << "\nq: quit\n";
    winsize size{};
    std::size_t rows = 24;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1) rows = size.ws_row;
    std::istringstream lines(page.str());
    std::cout << "\x1b[H\x1b[2J";
    std::string line;
    for (std::size_t row = 0; row + 1 < rows && std::getline(lines, line); ++row)
      std::cout << line << "\n";
    std::cout << std::flush;
    pollfd key{STDIN_FILENO, POLLIN, 0};
    if (::poll(&key, 1, kTopEverySeconds * 1000) > 0) return {};
  }
}

}  // namespace

void add_watch_commands(CLI::App& app, Context& context) {
  const auto plain = [&](CLI::App& group, const char* name, const char* command, const char* help,
                         const Human& human) {
    group.add_subcommand(name, help)->callback([&context, command, human] {
      context.finish(ask(context, command, {}, human));
    });
  };
  CLI::App* overview =
      app.add_subcommand("overview", "Will the month close, what is wrong, what comes next");
  const auto period = std::make_shared<Options>();
  overview->add_option("--period", (*period)["period"], "default: the month under way")
      ->check(period_argument())
      ->type_name("MONTH");
  overview->callback(
      [&context, period] { context.finish(ask(context, "overview", *period, print_overview)); });
  plain(app, "network", "network", "How the offices below are (by what each says)", print_network);
  app.add_subcommand("top", "The overview and the queues, live on this terminal")
      ->callback([&context] { context.finish(top(context)); });

  CLI::App* queue = app.get_subcommand("queue");
  const auto under = std::make_shared<Options>();
  CLI::App* census = queue->add_subcommand(
      "census", "By neighbour, lane and kind; ages by destination as qshape prints them");
  census->add_option("--under", (*under)["under"], "ages by the offices below this one")
      ->check(office_argument())
      ->type_name("OFFICE");
  census->callback(
      [&context, under] { context.finish(ask(context, "queue.census", *under, print_census)); });
  CLI::App* envelopes = queue->add_subcommand("envelopes", "Which envelopes, a page at a time");
  const auto filter = std::make_shared<Options>();
  add_filter(*envelopes, filter);
  envelopes->add_option("--limit", (*filter)["limit"], "1 to 1000, default 200")->type_name("N");
  envelopes->add_option("--after", (*filter)["after"], "what the page before called `more`")
      ->type_name("CURSOR");
  envelopes->callback([&context, filter] {
    context.finish(ask(context, "queue.envelopes", *filter, print_envelopes));
  });
  CLI::App* peek = queue->add_subcommand("peek", "What leaves next for a neighbour, in its order");
  const auto next = std::make_shared<Options>();
  peek->add_option("neighbour", (*next)["neighbour"], "the office it waits for")
      ->check(office_argument())
      ->type_name("OFFICE")
      ->required();
  peek->add_option("--limit", (*next)["limit"], "1 to 1000, default 10")->type_name("N");
  peek->callback(
      [&context, next] { context.finish(ask(context, "queue.peek", *next, print_envelopes)); });
  add_act(*queue, context, "hold", "Keep envelopes from leaving (挂起)");
  add_act(*queue, context, "release", "Try held ones again now (恢复发送)");
  add_act(*queue, context, "requeue",
          "Try again at once; dead ones at their origin anew (重新排队)");
  add_act(*queue, context, "expire", "Give own envelopes up (作废)");
}

}  // namespace xianjie::node::cli
