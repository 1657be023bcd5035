// The commands of `xianjie`, a family a file. Each adds its subcommands to `app`; `context`
// outlives the program's parse.
#pragma once

#include "node/cli/command.h"

namespace xianjie::node::cli {

void add_code_commands(CLI::App& app, Context& context);   // code
void add_kind_commands(CLI::App& app, Context& context);   // kinds
void add_route_commands(CLI::App& app, Context& context);  // route explain
void add_submit_command(CLI::App& app, Context& context);  // submit
void add_inbox_commands(CLI::App& app, Context& context);  // inbox …
void add_form_commands(CLI::App& app, Context& context);  // inbox answer …, due, urge, submission
void add_report_commands(CLI::App& app, Context& context);    // report …
void add_exchange_commands(CLI::App& app, Context& context);  // exchange-test …
void add_office_commands(CLI::App& app,
                         Context& context);                    // status, queue …, links, trace
void add_month_commands(CLI::App& app, Context& context);      // month …
void add_media_commands(CLI::App& app, Context& context);      // media …
void add_evidence_commands(CLI::App& app, Context& context);   // evidence …, verify, audit …
void add_keys_commands(CLI::App& app, Context& context);       // keys …
void add_directory_commands(CLI::App& app, Context& context);  // directory …

// One line where an answer's `clock` says that it is not trusted, else nothing.
void print_clock(std::ostream& out, const json& answer);
void add_key_change_commands(CLI::App& keys, Context& context);  // its rotate, list, retire …

std::string account_name();  // of whoever runs this; "" where the system knows none

}  // namespace xianjie::node::cli
