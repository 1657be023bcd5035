// xianjie: the command line of an office. Commands stand in commands.h, a family a file.
#include <csignal>
#include <cstring>
#include <iostream>
#include <span>

#include "crypto/hash.h"
#include "node/cli/bench.h"
#include "node/cli/commands.h"
#include "node/cli/completion.h"
#include "node/cli/manual.h"
#include "node/cli/rehearse.h"

namespace {

using xianjie::node::cli::Context;

constexpr int kMisuse = 2;

// --json and --config before or after the command's name.
void add_common_options(CLI::App& app, Context& context) {
  if (app.get_option_no_throw("--json") == nullptr)
    app.add_flag("--json", context.json_output, "answer as JSON, one value a line");
  if (app.get_option_no_throw("--config") == nullptr)
    app.add_option("--config", context.config_file,
                   "the office's configuration (default: $XIANJIE_CONFIG, then under /etc/xianjie)")
        ->type_name("FILE");
  for (CLI::App* command : app.get_subcommands(nullptr)) add_common_options(*command, context);
}

int misuse(const CLI::App& app, const CLI::ParseError& error, bool as_json) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help
  std::string text = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !app.remaining(true).empty())
    text = "\"" + app.remaining(true).front() + "\" is no command or option here";
  if (as_json)
    std::cout << xianjie::node::cli::one_line({{"error", {{"code", "misuse"}, {"text", text}}}})
              << "\n";
  std::cerr << "xianjie: " << text << " (see --help)\n";
  return kMisuse;
}

// xianjie --print man DIR | completion-bash | completion-zsh | completion-fish: for packages.
int print_about(const CLI::App& app, std::span<char*> arguments) {
  namespace cli = xianjie::node::cli;
  const cli::Command root = cli::command_tree(app);
  const std::string_view what = arguments.empty() ? "" : arguments[0];
  if (what == "man" && arguments.size() == 2) {
    const auto written = cli::write_manual(root, arguments[1], XIANJIE_VERSION);
    if (!written) std::cerr << "xianjie: " << written.error().text << "\n";
    return written ? 0 : 1;
  }
  constexpr std::string_view kCompletion = "completion-";
  const auto script = what.starts_with(kCompletion) && arguments.size() == 1
                          ? cli::completion(root, what.substr(kCompletion.size()))
                          : std::nullopt;
  if (!script) return kMisuse;
  return (std::cout << *script).flush() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  namespace cli = xianjie::node::cli;
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  xianjie::crypto::init();
  Context context;
  CLI::App app{"Xianjie (衔接): the command line of an office of the hand-over bus", "xianjie"};
  app.require_subcommand(1);
  app.footer("Exit status: 0 done, 1 refused or failed, 2 misuse.");
  app.set_version_flag("--version", "xianjie " XIANJIE_VERSION);
  cli::add_code_commands(app, context);
  cli::add_kind_commands(app, context);
  cli::add_alarm_commands(app, context);
  cli::add_route_commands(app, context);
  cli::add_submit_command(app, context);
  cli::add_inbox_commands(app, context);
  cli::add_form_commands(app, context);
  cli::add_report_commands(app, context);
  cli::add_exchange_commands(app, context);
  cli::add_office_commands(app, context);
  cli::add_watch_commands(app, context);
  cli::add_doctor_commands(app, context);
  cli::add_backup_commands(app, context);
  cli::add_month_commands(app, context);
  cli::add_media_commands(app, context);
  cli::add_evidence_commands(app, context);
  cli::add_keys_commands(app, context);
  cli::add_directory_commands(app, context);
  cli::add_rehearse_command(app, context);
  cli::add_bench_commands(app, context);
  add_common_options(app, context);
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() > 1 && std::strcmp(arguments[1], "--print") == 0)
    return print_about(app, arguments.subspan(2));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    bool as_json = false;
    for (const char* argument : arguments)
      as_json = as_json || std::strcmp(argument, "--json") == 0;
    return misuse(app, error, as_json);
  } catch (const std::exception& error) {  // our bug
    context.fail(
        {xianjie::ErrorCode::kIo, std::string("a fault of this program: ") + error.what()});
  }
  std::cout.flush();
  if (!std::cout && context.exit_code == 0) context.exit_code = 1;  // a full disk, a closed pipe
  return context.exit_code;
}
