// The subcommands of `directory`, a file each: directory_commands.cc reads, directory_edits.cc
// drafts the next list of offices, directory_ceremony.cc signs and publishes.
#pragma once

#include "node/cli/command.h"

namespace xianjie::node::cli {

void add_directory_edits(CLI::App& group, Context& context);
void add_directory_ceremony(CLI::App& group, Context& context);

}  // namespace xianjie::node::cli
