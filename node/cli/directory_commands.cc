#include "node/cli/commands.h"

namespace xianjie::node::cli {

void add_directory_commands(CLI::App&, Context&) {}

}  // namespace xianjie::node::cli
