// Completions of `xianjie` for three shells, made from its own commands: each a script that needs
// no daemon, no configuration and no other file. They complete commands, options, files, folders
// and words where only some will do (kinds, reasons).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node/cli/command_tree.h"

namespace xianjie::node::cli {

// bash, zsh or fish; empty for any other.
std::optional<std::string> completion(const Command& root, std::string_view shell);

std::string bash_completion(const Command& root);
std::string zsh_completion(const Command& root);
std::string fish_completion(const Command& root);

// What completes a value.
enum class ValueIs { kAnything, kFile, kFolder, kWord };
ValueIs value_is(const Argument& argument);
std::string joined(const std::vector<std::string>& words);  // by spaces
std::string shell_quoted(
    std::string_view text);  // 'for a shell'; its own quotes as in any POSIX shell

}  // namespace xianjie::node::cli
