#include "node/cli/rehearse.h"

#include <unistd.h>

#include <iostream>
#include <memory>

#include "node/cli/text_table.h"
#include "node/rehearsal/rehearsal.h"

namespace xianjie::node::cli {
namespace {

using rehearsal::Outcome;
using rehearsal::RehearsalOptions;

constexpr double kSecondsPerDayMin = 0.2, kSecondsPerDayMax = 86'400;
constexpr std::size_t kKillsMax = 10'000;

// One line on a terminal that is written over; nothing in a pipe. Notes always stay.
class Lines {
 public:
  void progress(const std::string& line) {
    if (!terminal_) return;
    std::cerr << "\r\x1b[K" << printable(line) << std::flush;
    open_ = true;
  }
  void note(const std::string& line) {
    clear();
    std::cerr << "xianjie: rehearse: " << printable(line) << "\n";
  }
  void clear() {
    if (open_) std::cerr << "\r\x1b[K" << std::flush;
    open_ = false;
  }

 private:
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  bool open_ = false;
};

// How many of a list's entries have each value of a field, most first.
std::map<std::string, std::size_t> count_by(const json& list,
                                            const std::function<std::string(const json&)>& value) {
  std::map<std::string, std::size_t> out;
  for (const json& one : list) ++out[value(one)];
  return out;
}

std::string token_of(const json& refusal) {
  const std::string reason = refusal.at("reason");
  return reason.substr(0, reason.find(':'));
}

void print_counts(std::ostream& out, const std::string& header,
                  const std::map<std::string, std::size_t>& counts) {
  if (counts.empty()) return;
  TextTable table({header, "rows"});
  table.align_right(1);
  for (const auto& [name, count] : counts) table.add({name, std::to_string(count)});
  out << "\n";
  table.print(out);
}

std::string number(const json& account, const char* name) {
  return account.at(name).dump();
}

// What all flows or the exchange test add to the month.
void print_flows(std::ostream& out, const json& account) {
  TextTable table({"kind", "sent", "delivered", "answered", "collected", "overdue", "refused"});
  for (std::size_t column = 1; column <= 6; ++column) table.align_right(column);
  for (const auto& [kind, row] : account.at("flows").items())
    table.add({kind, row.at("sent").dump(), row.at("delivered").dump(), row.at("answered").dump(),
               row.at("collected").dump(), row.at("overdue").dump(), row.at("refused").dump()});
  out << "\n";
  table.print(out);
  if (account.contains("reports")) {
    const json& reports = account.at("reports");
    out << "\n";
    print_fields(out, {{"reports expected", number(reports, "expected")},
                       {"  received", number(reports, "received")},
                       {"  late", number(reports, "late")},
                       {"  missing", number(reports, "missing")}});
  }
  if (account.contains("exchange_test")) {
    TextTable scores({"round", "province", "notices", "confirmed", "requests", "answered", "%"});
    for (std::size_t column = 2; column <= 6; ++column) scores.align_right(column);
    for (const json& one : account.at("exchange_test").at("scores"))
      if (one.at("level") == "province")
        scores.add({one.at("round").get<std::string>(), one.at("office").get<std::string>(),
                    one.at("notices").dump(), one.at("confirmed").dump(), one.at("requests").dump(),
                    one.at("answered").dump(), one.at("rate_percent").dump()});
    out << "\n";
    scores.print(out);
  }
  for (const json& one : account.at("must_act"))
    out << one.at("office").get<std::string>()
        << " must act: " << printable(one.at("what").get<std::string>()) << " ("
        << one.at("count").dump() << ")\n";
  for (const json& one : account.at("complaints"))
    out << "refused to a clerk: " << printable(one.get<std::string>()) << "\n";
}

void print_end(std::ostream& out, const json& account) {
  const bool month = !account.contains("flows");
  out << "\n"
      << (account.at("closed").get<bool>()
              ? (month ? "The month is closed: everything accepted is accounted for.\n"
                       : "Closed: everything accepted is accounted for, nothing due is open.\n")
              : "The month is NOT closed.\n");
}

void print_account(std::ostream& out, const json& account) {
  if (account.value("play", "") == "exchange_test") {
    out << "The cross-province exchange test, " << account.at("month").get<std::string>() << ", "
        << number(account, "offices") << " offices\n";
    print_flows(out, account);
    return print_end(out, account);
  }
  const json& delivered = account.at("delivered");
  std::size_t to_desks = 0;
  for (const json& one : delivered) to_desks += one.at("assigned").get<bool>() ? 0U : 1U;
  out << "A month of pre-release notices, " << account.at("month").get<std::string>() << ", "
      << number(account, "offices") << " offices\n\n";
  print_fields(out, {{"rows handed in", number(account, "submitted")},
                     {"refused", std::to_string(account.at("refused").size())},
                     {"accepted", number(account, "accepted")},
                     {"delivered", std::to_string(delivered.size())},
                     {"  of these to a desk that assigns", std::to_string(to_desks)},
                     {"returned", number(account, "returned")},
                     {"held or missing", std::to_string(account.at("held").size())},
                     {"checked by townships", number(account, "settled")},
                     {"  of these unlinked", number(account, "unlinked")},
                     {"copies to population-police", number(account, "copies")},
                     {"  rows without such an office", number(account, "no_copy")},
                     {"repeats answered on the wire", number(account, "repeats")},
                     {"delivered twice", number(account, "duplicates")}});
  print_counts(out, "handed in by", count_by(delivered, [](const json& one) {
                 return one.at("path").at(0).get<std::string>();
               }));
  print_counts(out, "delivered to a", count_by(delivered, [](const json& one) {
                 const std::string office = one.at("office");
                 return office.substr(0, office.find(':'));
               }));
  print_counts(out, "found by", count_by(delivered, [](const json& one) {
                 return one.at("confidence").get<std::string>();
               }));
  print_counts(out, "refused because", count_by(account.at("refused"), token_of));
  for (const json& one : account.at("refused"))
    if (one.at("row") == 0)
      out << "the whole file is refused, " << one.at("field").get<std::string>() << ": "
          << printable(one.at("reason").get<std::string>()) << "\n";
  for (const json& one : account.at("held"))
    out << "row " << one.at("row").dump()
        << " is held: " << printable(one.at("reason").get<std::string>()) << "\n";
  if (account.contains("flows")) print_flows(out, account);
  print_end(out, account);
}

void run(const RehearsalOptions& options, Context& context) {
  Lines lines;
  const rehearsal::Teller teller{[&](const std::string& line) { lines.note(line); },
                                 [&](const std::string& line) { lines.progress(line); }};
  const Result<Outcome> outcome = rehearsal::rehearse(options, teller);
  lines.clear();
  if (!outcome) return context.fail({outcome.error().code, "rehearse: " + outcome.error().text});
  context.print(outcome->account, print_account);
  if (!outcome->good()) context.exit_code = 1;
}

}  // namespace

void add_rehearse_command(CLI::App& app, Context& context) {
  struct Arguments {
    std::string nation, notices, keep, month;
    bool exchange_test = false, all_flows = false;
    RehearsalOptions options;
  };
  const auto arguments = std::make_shared<Arguments>();
  RehearsalOptions& options = arguments->options;
  CLI::App* command =
      app.add_subcommand("rehearse", "run a month of a small nation with real daemons (演练)");
  command->add_option("--nation", arguments->nation, "offices, in TOML (default: built in)")
      ->type_name("FILE");
  command
      ->add_option("--notices", arguments->notices,
                   "notices of all origins, CSV or JSON lines (default: built in)")
      ->type_name("FILE");
  command
      ->add_option("--month", arguments->month,
                   "YYYY-MM (default 2026-12; with --all-flows 2026-07)")
      ->check(period_argument())
      ->type_name("MONTH");
  CLI::Option* exchange_test =
      command->add_flag("--exchange-test", arguments->exchange_test,
                        "the cross-province exchange test of 2011 alone (flow D)");
  command
      ->add_flag("--all-flows", arguments->all_flows,
                 "a half-year's end: reports, the month, the exchange test, all other flows")
      ->excludes(exchange_test);
  command
      ->add_option("--seconds-per-day", options.seconds_per_day,
                   "real seconds a virtual day takes (default 3)")
      ->check(CLI::Range(kSecondsPerDayMin, kSecondsPerDayMax))
      ->type_name("S");
  command
      ->add_option("--kill", options.kills,
                   "so many daemons, at random, get SIGKILL and are started again")
      ->check(CLI::Range(std::size_t{0}, kKillsMax))
      ->type_name("N");
  command->add_option("--seed", options.seed, "of the kills and of what townships find (default 1)")
      ->type_name("N");
  command
      ->add_option("--keep", arguments->keep, "leave stores and logs in this new or empty folder")
      ->type_name("DIR");
  command->add_flag("--dashboards", options.dashboards,
                    "every daemon serves its dashboard; they stay until Ctrl-C");
  command->callback([arguments, &context] {
    const auto given = [](const std::string& text) {
      return text.empty() ? std::nullopt : std::optional<std::filesystem::path>(text);
    };
    arguments->options.nation = given(arguments->nation);
    arguments->options.notices = given(arguments->notices);
    arguments->options.keep = given(arguments->keep);
    if (arguments->exchange_test) arguments->options.play = rehearsal::Play::kExchangeTest;
    if (arguments->all_flows) {
      arguments->options.play = rehearsal::Play::kAllFlows;
      arguments->options.month = Period{202607};  // a half-year has ended
    }
    if (!arguments->month.empty()) arguments->options.month = *Period::parse(arguments->month);
    run(arguments->options, context);
  });
}

}  // namespace xianjie::node::cli
