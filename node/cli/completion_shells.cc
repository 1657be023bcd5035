// zsh and fish: both show each word's help beside it.
#include "node/cli/completion.h"

namespace xianjie::node::cli {
namespace {

std::string one_line_of(std::string text) {
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

// `_xianjie_inbox_settle` of "inbox settle".
std::string zsh_function(const Command& command) {
  std::string out = "_xianjie";
  if (!command.path.empty()) out += "_" + command.path;
  for (char& c : out)
    if (c == ' ' || c == '-') c = '_';
  return out;
}

// What has a meaning in a specification of _arguments and _describe.
std::string zsh_escaped(const std::string& text) {
  std::string out;
  for (const char c : one_line_of(text)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_value(const Argument& argument) {
  switch (value_is(argument)) {
    case ValueIs::kFile:
      return "_files";
    case ValueIs::kFolder:
      return "_files -/";
    case ValueIs::kWord:
      return "(" + joined(argument.words) + ")";
    case ValueIs::kAnything:
      break;
  }
  return " ";
}

std::string zsh_specification(const Argument& argument, bool positional) {
  std::string out;
  if (positional)
    out = argument.many ? "*" : argument.required ? "" : ":";
  else
    out = (argument.many ? "*" : "") + argument.name + "[" + zsh_escaped(argument.help) + "]";
  if (positional || !argument.value.empty())
    out +=
        ":" + zsh_escaped(positional ? argument.name : argument.value) + ":" + zsh_value(argument);
  return " \\\n    " + shell_quoted(out);
}

std::string zsh_arguments(const Command& command) {
  std::string out;
  for (const Argument& one : command.options) out += zsh_specification(one, false);
  out += " \\\n    '(- *)'{-h,--help}'[how it is used]'";
  if (command.commands.empty())
    for (const Argument& one : command.positionals) out += zsh_specification(one, true);
  return out;
}

std::string zsh_command(const Command& command) {
  const std::string function = zsh_function(command);
  std::string out = function + "() {\n";
  if (command.commands.empty()) return out + "  _arguments -S" + zsh_arguments(command) + "\n}\n\n";
  out += "  local curcontext=$curcontext state line\n  local -a commands=(\n";
  for (const Command& one : command.commands)
    out += "    " + shell_quoted(one.name + ":" + zsh_escaped(one.help)) + "\n";
  out += "  )\n  _arguments -C" + zsh_arguments(command) +
         " \\\n    '1: :->command' \\\n    '*:: :->rest'\n  case $state in\n"
         "    command) _describe command commands ;;\n    rest)\n      case $line[1] in\n";
  for (const Command& one : command.commands)
    out += "        " + one.name + ") " + zsh_function(one) + " ;;\n";
  return out + "      esac\n      ;;\n  esac\n}\n\n";
}

// fish quotes as POSIX shells do but for the backslash before a quote.
std::string fish_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : one_line_of(text)) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish_value(const Argument& argument) {
  switch (value_is(argument)) {
    case ValueIs::kFile:
      return " -F";
    case ValueIs::kFolder:
      return " -a '(__fish_complete_directories (commandline -ct))'";
    case ValueIs::kWord:
      return " -a " + fish_quoted(joined(argument.words));
    case ValueIs::kAnything:
      break;
  }
  return "";
}

std::string fish_command(const Command& command) {
  const std::string begin =
      "complete -c xianjie -n " + fish_quoted("__xianjie_at " + fish_quoted(command.path));
  std::string out;
  for (const Command& one : command.commands)
    out += begin + " -a " + one.name + " -d " + fish_quoted(one.help) + "\n";
  for (const Argument& one : command.options)
    if (one.name != "--json" && one.name != "--config")
      out += begin + " -l " + one.name.substr(2) +
             (one.value.empty()                 ? ""
              : value_is(one) == ValueIs::kFile ? " -r"
                                                : " -x") +
             fish_value(one) + " -d " + fish_quoted(one.help) + "\n";
  for (const Argument& one : command.positionals)
    if (value_is(one) != ValueIs::kAnything) out += begin + fish_value(one) + "\n";
  return out;
}

constexpr const char* kFishWalk = R"(
# The commands on the line so far are those.
function __xianjie_at
    set -l path
    for word in (commandline -opc)[2..-1]
        if contains -- (string join -- ' ' $path $word) $__xianjie_paths
            set -a path $word
        end
    end
    set -l at (string join -- ' ' $path)
    test "$at" = "$argv[1]"
end

complete -c xianjie -f
complete -c xianjie -l json -d 'answer as JSON, one value a line'
complete -c xianjie -l config -r -F -d 'the office\'s configuration'
complete -c xianjie -s h -l help -d 'how it is used'
)";

}  // namespace

std::string zsh_completion(const Command& root) {
  std::string out = "#compdef xianjie\n# Made by `xianjie --print completion-zsh`.\n\n";
  for (const Command* one : all_commands(root)) out += zsh_command(*one);
  return out + "_xianjie \"$@\"\n";
}

std::string fish_completion(const Command& root) {
  std::string out =
      "# fish completion for xianjie, made by `xianjie --print completion-fish`.\n\n"
      "set -g __xianjie_paths";
  const std::vector<const Command*> all = all_commands(root);
  for (const Command* one : all)
    if (!one->path.empty()) out += " \\\n    " + fish_quoted(one->path);
  out += "\n";
  out += kFishWalk;
  for (const Command* one : all) out += fish_command(*one);
  return out;
}

}  // namespace xianjie::node::cli
