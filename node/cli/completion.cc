// What the shells share, and bash, whose completion is two tables and a walk along the line.
#include "node/cli/completion.h"

namespace xianjie::node::cli {
namespace {

std::string word_of(const Argument& argument) {
  switch (value_is(argument)) {
    case ValueIs::kFile:
      return "file";
    case ValueIs::kFolder:
      return "folder";
    case ValueIs::kWord:
      return "words " + joined(argument.words);
    case ValueIs::kAnything:
      break;
  }
  return "anything";
}

std::string names(const std::vector<Argument>& options, bool flags_only, bool many_only) {
  std::vector<std::string> out;
  for (const Argument& one : options)
    if ((!flags_only || one.value.empty()) && (!many_only || one.many)) out.push_back(one.name);
  return joined(out);
}

// A command's words: what may follow it.
std::string bash_row(const Command& command) {
  std::vector<std::string> commands;
  for (const Command& one : command.commands) commands.push_back(one.name);
  std::string out = "    " + shell_quoted(command.path) + ")\n";
  if (!commands.empty()) out += "      commands=" + shell_quoted(joined(commands)) + "\n";
  out += "      options=" + shell_quoted(names(command.options, false, false)) + "\n";
  out += "      flags=" + shell_quoted(names(command.options, true, false)) + "\n";
  if (const std::string many = names(command.options, false, true); !many.empty())
    out += "      many=" + shell_quoted(many) + "\n";
  return out + "      ;;\n";
}

std::string bash_values(const Command& command) {
  std::string out;
  for (const Argument& one : command.options)
    if (!one.value.empty() && value_is(one) != ValueIs::kAnything && one.name != "--config")
      out += "    " + shell_quoted(command.path + " " + one.name) +
             ") what=" + shell_quoted(word_of(one)) + " ;;\n";
  std::size_t place = 0;
  for (const Argument& one : command.positionals) {
    ++place;
    const std::string pattern =
        shell_quoted(command.path + " " + std::to_string(place)) +
        (one.many ? "|" + shell_quoted(command.path + " ") + "[0-9]*" : std::string());
    out += "    " + pattern + ") what=" + shell_quoted(word_of(one)) + " ;;\n";
  }
  return out;
}

constexpr const char* kBashWalk = R"(
# The line's words, with what bash took apart at ':' and '=' put together again.
_xianjie_words() {
  local i joins=
  words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      : | = | ::) words[-1]+=${COMP_WORDS[i]}; joins=1 ;;
      *) if [[ $joins ]]; then words[-1]+=${COMP_WORDS[i]}; else words+=("${COMP_WORDS[i]}"); fi
         joins= ;;
    esac
  done
}

_xianjie() {
  local words commands options flags many path= place=1 word expects= what=anything i
  _xianjie_words
  _xianjie_row "$path"
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    word=${words[i]}
    if [[ $word == -* ]]; then
      expects=
      [[ $word == *=* || " $flags " == *" $word "* ]] || expects=$word
    elif [[ $expects ]]; then
      [[ " $many " == *" $expects "* ]] || expects=
    elif [[ " $commands " == *" $word "* ]]; then
      path=${path:+$path }$word
      _xianjie_row "$path"
    else
      place=$((place + 1))
    fi
  done
  word=${words[-1]}
  COMPREPLY=()
  if [[ $word == --*=* ]]; then
    expects=${word%%=*} word=${word#*=}
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options --help" -- "$word")
    return
  elif [[ ! $expects && $commands ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
    return
  fi
  _xianjie_value "$path ${expects:-$place}"
  case $what in
    file) mapfile -t COMPREPLY < <(compgen -f -- "$word"); compopt -o filenames 2>/dev/null ;;
    folder) mapfile -t COMPREPLY < <(compgen -d -- "$word"); compopt -o filenames 2>/dev/null ;;
    words*) mapfile -t COMPREPLY < <(compgen -W "${what#words }" -- "$word") ;;
  esac
}
complete -F _xianjie xianjie
)";

}  // namespace

ValueIs value_is(const Argument& argument) {
  if (!argument.words.empty()) return ValueIs::kWord;
  if (argument.value == "FILE") return ValueIs::kFile;
  if (argument.value == "DIR") return ValueIs::kFolder;
  return ValueIs::kAnything;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string bash_completion(const Command& root) {
  const std::vector<const Command*> all = all_commands(root);
  std::string out =
      "# bash completion for xianjie, made by `xianjie --print completion-bash`.\n\n"
      "_xianjie_row() {  # a command: what may follow it\n"
      "  commands= options= flags= many=\n  case $1 in\n";
  for (const Command* one : all) out += bash_row(*one);
  out +=
      "  esac\n}\n\n_xianjie_value() {  # a command's option, or its first, second … argument\n"
      "  case $1 in\n    *' --config') what=file ;;\n";
  for (const Command* one : all) out += bash_values(*one);
  return out + "  esac\n}\n" + kBashWalk;
}

std::optional<std::string> completion(const Command& root, std::string_view shell) {
  if (shell == "bash") return bash_completion(root);
  if (shell == "zsh") return zsh_completion(root);
  if (shell == "fish") return fish_completion(root);
  return std::nullopt;
}

}  // namespace xianjie::node::cli
