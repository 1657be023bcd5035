// The commands of `xianjie`, a family a file. Each adds its subcommands to `app`; `context`
// outlives the program's parse.
#pragma once

#include "node/cli/command.h"

namespace xianjie::node::cli {

void add_code_commands(CLI::App& app, Context& context);   // code, kinds
void add_route_commands(CLI::App& app, Context& context);  // route explain
void add_submit_command(CLI::App& app, Context& context);  // submit
void add_inbox_commands(CLI::App& app, Context& context);  // inbox …
void add_office_commands(CLI::App& app,
                         Context& context);  // status, queue …, links, trace
void add_month_commands(CLI::App& app, Context& context);      // month …
void add_keys_commands(CLI::App& app, Context& context);       // keys …
void add_directory_commands(CLI::App& app, Context& context);  // directory …

}  // namespace xianjie::node::cli
