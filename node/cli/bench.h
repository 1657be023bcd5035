// `xianjie bench …`: how fast this machine carries envelopes.
#pragma once

#include "node/cli/command.h"

namespace xianjie::node::cli {

void add_bench_commands(CLI::App& app, Context& context);

}  // namespace xianjie::node::cli
