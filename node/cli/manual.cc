#include "node/cli/manual.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "adapters/files.h"

namespace xianjie::node::cli {
namespace {

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string bold(const std::string& text) {
  return "\\fB" + roff(text) + "\\fR";
}
std::string italic(const std::string& text) {
  return "\\fI" + roff(text) + "\\fR";
}

std::string page_of(const Command& command) {
  return command.path.empty() ? "xianjie" : "xianjie-" + command.name;
}

// The Chinese word behind a help text stays out of what apropos(1) searches.
std::string in_english(const std::string& help) {
  const std::size_t bracket = help.find(" (");
  if (bracket == std::string::npos || static_cast<unsigned char>(help[bracket + 2]) < 0x80)
    return help;
  return help.substr(0, bracket);
}

std::string title(const std::string& page, const std::string& help, const std::string& version) {
  return ".\\\" Made by `xianjie --print man` from the commands themselves.\n.TH " +
         roff(upper(page)) + " 1 \"\" \"xianjie " + version +
         "\" \"Xianjie\"\n.nh\n.ad l\n.SH NAME\n" + roff(page) + " \\- " + roff(in_english(help)) +
         "\n";
}

// What is typed: required options, arguments, the rest in brackets.
std::string synopsis(const Command& command) {
  std::string out = ".HP\n" + bold("xianjie" + (command.path.empty() ? "" : " " + command.path));
  if (!command.commands.empty()) out += " " + italic("COMMAND") + " \\&...";
  for (const Argument& one : command.options)
    if (one.required)
      out += " " + bold(one.name) + " " + italic(one.value) + (one.many ? "\\&..." : "");
  if (command.commands.empty()) out += " [" + italic("OPTION") + "]\\&...";
  for (const Argument& one : command.positionals)
    out += (one.required ? " " : " [") + italic(upper(one.name)) + (one.many ? "\\&..." : "") +
           (one.required ? "" : "]");
  return out + "\n";
}

std::string argument(const Argument& one, bool option) {
  std::string out = ".TP\n" + (option ? bold(one.name) : italic(upper(one.name)));
  if (option && !one.value.empty()) out += " " + italic(one.value) + (one.many ? "\\&..." : "");
  out += "\n" + roff(one.help) + (one.required && option ? " (required)" : "");
  if (one.value == "KIND") {
    out += ".\nAll kinds: \\fBxianjie\\-kinds\\fR(1)";
  } else if (!one.words.empty()) {
    out += ".\nOne of: ";
    for (const std::string& word : one.words)
      out += (&word == &one.words.front() ? "" : ", ") + bold(word);
  }
  return out + "\n";
}

bool is_common(const Argument& one) {
  return one.name == "--json" || one.name == "--config";
}

std::string arguments(const Command& command) {
  std::string out;
  for (const Argument& one : command.positionals) out += argument(one, false);
  for (const Argument& one : command.options)
    if (!is_common(one)) out += argument(one, true);
  return out;
}

std::string footer_of(const Command& command, const Command& root) {
  if (command.footer.empty() || command.footer == root.footer) return "";
  return ".PP\n" + roff(command.footer) + "\n";
}

// A command or, of a family, each of its commands under a heading of its own.
std::string body(const Command& family, const Command& root) {
  std::string out = ".SH SYNOPSIS\n";
  const std::vector<const Command*> all = all_commands(family);
  for (const Command* one : all)
    if (one->commands.empty()) out += synopsis(*one);
  out += ".SH DESCRIPTION\n" + roff(family.help) + ".\n";
  if (all.size() == 1) return out + arguments(family) + footer_of(family, root);
  out += ".SH COMMANDS\n";
  for (const Command* one : all)
    if (one->commands.empty())
      out += ".SS xianjie " + roff(one->path) + "\n" + roff(one->help) + ".\n" + arguments(*one) +
             footer_of(*one, root);
  return out;
}

std::string family_page(const Command& family, const Command& root, const std::string& version) {
  std::string out = title(page_of(family), family.help, version) + body(family, root);
  out +=
      ".SH COMMON OPTIONS\n\\fB\\-\\-json\\fR, \\fB\\-\\-config\\fR \\fIFILE\\fR, "
      "\\fB\\-\\-help\\fR:\nsee \\fBxianjie\\fR(1).\n"
      ".SH EXIT STATUS\n0 done, 1 refused or failed, 2 misuse.\n"
      ".SH SEE ALSO\n\\fBxianjie\\fR(1), \\fBxianjied\\fR(8)\n";
  return out;
}

std::string main_page(const Command& root, const std::string& version) {
  std::string out =
      title("xianjie", "the command line of an office of the hand-over bus", version) +
      ".SH SYNOPSIS\n" + synopsis(root) + ".SH DESCRIPTION\nXianjie (" + roff("衔接") +
      ") carries signed, sealed messages between the offices that prepare a person's release from\n"
      "prison and the offices that receive that person. Each office runs one daemon,\n"
      "\\fBxianjied\\fR(8); \\fBxianjie\\fR asks it over its local socket.\n"
      "\\fBcode\\fR, \\fBkinds\\fR, \\fBroute explain\\fR, \\fBkeys\\fR, most of "
      "\\fBdirectory\\fR,\n"
      "\\fBverify\\fR, \\fBrehearse\\fR and \\fBbench\\fR need no daemon.\n.SH COMMANDS\n";
  for (const Command& one : root.commands)
    out += ".TP\n\\fBxianjie\\-" + roff(one.name) + "\\fR(1)\n" + roff(one.help) + "\n";
  out += ".SH OPTIONS\nBefore or after the command's name.\n";
  for (const Argument& one : root.options) out += argument(one, true);
  out +=
      ".SH EXIT STATUS\n0 done, 1 refused or failed, 2 misuse.\n"
      "An error is one line on standard error; with \\fB\\-\\-json\\fR also\n"
      "{\"error\": {\"code\", \"text\"}} on standard output.\n"
      ".SH ENVIRONMENT\n.TP\n\\fBXIANJIE_CONFIG\\fR\n"
      "the office's configuration, where \\fB\\-\\-config\\fR is not given\n"
      ".SH FILES\n.TP\n\\fI/etc/xianjie/OFFICE/office.toml\\fR\n"
      "found by itself where there is only one; see \\fBxianjied\\fR(8)\n"
      ".SH SEE ALSO\n\\fBxianjied\\fR(8), \\fBxianjie\\-verify\\fR(1),\n"
      "\\fI/usr/share/doc/xianjie/INSTALL.md\\fR\n";
  return out;
}

}  // namespace

std::string roff(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const bool line_begins = i == 0 || text[i - 1] == '\n';
    if (first < 0x80) {
      if (first == '\\')
        out += "\\e";
      else if (first == '-')
        out += "\\-";
      else if (line_begins && (first == '.' || first == '\''))
        out += "\\&" + std::string(1, text[i]);
      else if (first == '\n')
        out += "\n.br\n";
      else
        out += text[i];
      ++i;
      continue;
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    std::uint32_t code = first & (0x7fU >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    std::array<char, 16> name{};
    (void)std::snprintf(name.data(), name.size(), "\\[u%04X]", code);
    out += name.data();
    i += length;
  }
  return out;
}

Result<> write_manual(const Command& root, const std::filesystem::path& folder,
                      const std::string& version) {
  const auto write = [&](const Command& command, const std::string& text) {
    return adapters::write_file_atomically(folder / (page_of(command) + ".1"), as_bytes(text));
  };
  XJ_TRY_VOID(write(root, main_page(root, version)));
  for (const Command& family : root.commands)
    if (family.name != "verify")  // its page is that of the program xianjie-verify, written by hand
      XJ_TRY_VOID(write(family, family_page(family, root, version)));
  return {};
}

}  // namespace xianjie::node::cli
