// How far the store has been, kept outside of it (broker::Witness): a store that lags behind this
// file is a restored backup, known at once at the start. Three lines of text, 0600, replaced
// atomically after commits, so that it is never ahead of an honest store:
//   epoch 9f0c22b1d4e87a63
//   boot 12
//   audit 48211
// Read next: broker/lives.h.
#pragma once

#include <filesystem>

#include "broker/broker.h"

namespace xianjie::node {

// All zero where there is no such file; kCorrupt where it says something else.
Result<broker::Witness> read_witness(const std::filesystem::path& path);
Result<> write_witness(const std::filesystem::path& path, std::uint64_t epoch,
                       const broker::Witness& witness);

}  // namespace xianjie::node
