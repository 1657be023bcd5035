#include "node/cli/bench.h"

namespace xianjie::node::cli {

void add_bench_commands(CLI::App&, Context&) {}

}  // namespace xianjie::node::cli
