#include "node/cli/commands.h"

namespace xianjie::node::cli {

void add_office_commands(CLI::App&, Context&) {}

}  // namespace xianjie::node::cli
