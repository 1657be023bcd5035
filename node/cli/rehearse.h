// `xianjie rehearse`: a month of a small nation with real daemons (CONTRACT, "Rehearsal").
#pragma once

#include "node/cli/command.h"

namespace xianjie::node::cli {

void add_rehearse_command(CLI::App& app, Context& context);

}  // namespace xianjie::node::cli
