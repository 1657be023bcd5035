// Manual pages of `xianjie`, made from its own commands: xianjie(1), and one page a command and its
// family, xianjie-submit(1), xianjie-queue(1) and so on. What the daemon and the verifier do is
// told by hand, in ops/packaging.
#pragma once

#include <filesystem>

#include "node/cli/command_tree.h"
#include "schemas/result.h"

namespace xianjie::node::cli {

// Into a folder that is there; replaces what has the same names.
Result<> write_manual(const Command& root, const std::filesystem::path& folder,
                      const std::string& version);

// Any text as roff shows it: what has a meaning there is taken out of it, and what is no ASCII is
// named, so that a page needs no encoding.
std::string roff(std::string_view text);

}  // namespace xianjie::node::cli
