#include "node/cli/rehearse.h"

namespace xianjie::node::cli {

void add_rehearse_command(CLI::App&, Context&) {}

}  // namespace xianjie::node::cli
