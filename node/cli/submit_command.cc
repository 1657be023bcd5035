#include "node/cli/commands.h"

namespace xianjie::node::cli {

void add_submit_command(CLI::App&, Context&) {}

}  // namespace xianjie::node::cli
