#include "node/cli/command_tree.h"

#include <algorithm>

#include "routing/kinds.h"

namespace xianjie::node::cli {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> out{""};
  for (const char c : text)
    if (c == at)
      out.emplace_back();
    else
      out.back() += c;
  return out;
}

std::vector<std::string> kind_words() {
  std::vector<std::string> out;
  for (const routing::KindRow& row : routing::kinds()) out.emplace_back(to_word(row.kind));
  return out;
}

// CLI11 tells a value as its type and its checks: "TEXT:OFFICE", "UINT:UINT in [1 - 32]",
// "TEXT:{a,b}".
void read_value(const CLI::Option& option, Argument& into) {
  if (option.get_items_expected_max() == 0) return;  // a flag
  const std::vector<std::string> parts = split(option.get_type_name(), ':');
  into.value = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string& check = parts[i];
    const std::size_t range = check.find(" in [");
    if (check.starts_with("{") && check.ends_with("}"))
      into.words = split(check.substr(1, check.size() - 2), ',');
    else if (range != std::string::npos)
      into.help += "; " + check.substr(range + 1);
    else if (into.value == "TEXT")
      into.value = check;
  }
  if (into.value == "UINT" || into.value == "INT" || into.value == "FLOAT") into.value = "N";
  if (into.value == "TEXT" && !into.words.empty()) into.value = "WORD";
  if (into.value == "KIND") into.words = kind_words();
}

Argument argument(const CLI::Option& option, bool positional) {
  Argument out;
  out.name = positional                    ? option.get_name(true)
             : option.get_lnames().empty() ? "-" + option.get_snames().front()
                                           : "--" + option.get_lnames().front();
  out.help = option.get_description();
  out.required = option.get_required();
  out.many = option.get_expected_max() > 1;
  read_value(option, out);
  if (!option.get_default_str().empty()) out.help += "; default " + option.get_default_str();
  for (const CLI::Option* other : option.get_excludes())
    out.help += "; not with " + other->get_name(other->get_positional());
  return out;
}

Command describe(const CLI::App& app, const std::string& path) {
  Command out{path, app.get_name(), app.get_description(), app.get_footer(), {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty() || option == app.get_help_ptr()) continue;
    const bool positional = option->get_positional();
    (positional ? out.positionals : out.options).push_back(argument(*option, positional));
  }
  for (const CLI::App* command : app.get_subcommands(nullptr))
    out.commands.push_back(
        describe(*command, (path.empty() ? "" : path + " ") + command->get_name()));
  return out;
}

void add_all(const Command& command, std::vector<const Command*>& into) {
  into.push_back(&command);
  for (const Command& one : command.commands) add_all(one, into);
}

}  // namespace

Command command_tree(const CLI::App& app) {
  return describe(app, "");
}

std::vector<const Command*> all_commands(const Command& root) {
  std::vector<const Command*> out;
  add_all(root, out);
  return out;
}

}  // namespace xianjie::node::cli
