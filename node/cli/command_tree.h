// The commands of `xianjie` as plain values, read off the CLI11 tree: what manual pages (manual.h)
// and completions (completion.h) are made of, so that neither can tell of anything else than --help
// does.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace xianjie::node::cli {

struct Argument {     // an option, or what stands without a name
  std::string name;   // --period, or file
  std::string value;  // FILE, DIR, OFFICE, …; "": a flag
  std::string help;   // with its default, its range and what it excludes
  bool required = false, many = false;
  std::vector<std::string> words;  // where only these will do
};

struct Command {
  std::string path;  // "inbox settle"; "" of the program itself
  std::string name, help, footer;
  std::vector<Argument> options, positionals;
  std::vector<Command> commands;
};

Command command_tree(const CLI::App& app);

// The command itself and all below it, parents first.
std::vector<const Command*> all_commands(const Command& root);

}  // namespace xianjie::node::cli
