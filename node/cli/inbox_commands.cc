#include "node/cli/commands.h"

namespace xianjie::node::cli {

void add_inbox_commands(CLI::App&, Context&) {}

}  // namespace xianjie::node::cli
