// `media`: consignments on disks that a courier carries. The daemon reads and writes the folder.
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "node/cli/commands.h"
#include "node/cli/text_table.h"

namespace xianjie::node::cli {
namespace {

struct MediaOptions {
  std::string to, dir, seal, courier, expires;
  bool no_answer = false;
};

std::string text_at(const json& value, const char* name) {
  return value.contains(name) ? printable(cell(value[name])) : "-";
}

// One line that writes over itself, on a terminal only.
class MediaProgress {
 public:
  void show(const json& value) {
    if (!on_terminal_) return;
    std::cerr << "\r" << value.value("done", std::uint64_t{0});
    if (value.contains("rows")) std::cerr << " of " << value.value("rows", std::uint64_t{0});
    std::cerr << " " << printable(value.value("what", "")) << "\033[K" << std::flush;
    shown_ = true;
  }
  ~MediaProgress() {
    if (shown_) std::cerr << "\r\033[K" << std::flush;
  }

 private:
  bool on_terminal_ = ::isatty(STDERR_FILENO) == 1;
  bool shown_ = false;
};

Result<json> ask_media(const Context& context, const std::string& command, Options options) {
  MediaProgress line;
  return context.call(command, std::move(options), {},
                      [&line](const json& value) { line.show(value); });
}

// The daemon stands in another folder.
std::string whole_path(const std::string& dir) {
  return dir.empty() ? "" : std::filesystem::absolute(dir).lexically_normal().string();
}

void print_table(std::ostream& out, const json& rows, const std::vector<std::string>& columns) {
  TextTable table(columns);
  for (const json& row : rows) {
    std::vector<std::string> cells;
    for (const std::string& column : columns) cells.push_back(text_at(row, column.c_str()));
    table.add(std::move(cells));
  }
  table.print(out);
}

void print_export(std::ostream& out, const json& value) {
  out << text_at(value, "envelopes") << " envelopes for " << text_at(value, "to")
      << "; read again and found good:\n";
  print_table(out, value["consignments"],
              {"number", "envelopes", "bytes", "expires", "seal", "courier", "folder"});
}

void print_import(std::ostream& out, const json& value) {
  if (value["consignments"].empty()) out << "no consignment stands there\n";
  for (const json& one : value["consignments"]) {
    const std::string state = one.value("state", "");
    out << text_at(one, "folder") << ": ";
    if (state == "taken")
      out << "taken from " << text_at(one, "from") << ", envelopes: " << text_at(one, "envelopes");
    else if (state == "already")
      out << "was taken before, nothing changed";
    else if (state == "elsewhere")
      out << "for " << text_at(one, "to") << ", left alone";
    else
      out << "refused, nothing of it was taken: " << text_at(one, "reason");
    out << "\n";
  }
  for (const json& one : value["answers"])
    out << "answer for " << text_at(one, "to") << ": " << text_at(one, "folder") << "\n";
  for (const json& one : value["not_answered"])
    out << "no answer was written: " << printable(cell(one)) << "\n";
}

void print_books(std::ostream& out, const json& value) {
  if (value["given"].empty() && value["taken"].empty()) {
    out << "nothing was given or taken by disk or ferry\n";
    return;
  }
  if (!value["given"].empty()) {
    out << "given 已送出\n";
    print_table(
        out, value["given"],
        {"to", "number", "channel", "state", "envelopes", "created", "expires", "seal", "courier"});
  }
  if (value["taken"].empty()) return;
  out << "taken 已接收\n";
  print_table(out, value["taken"], {"from", "number", "channel", "envelopes", "taken"});
}

void print_disk(std::ostream& out, const json& value) {
  if (value["consignments"].empty()) {
    out << "no consignment stands there\n";
    return;
  }
  print_table(
      out, value["consignments"],
      {"from", "to", "number", "state", "files", "bytes", "expires", "seal", "courier", "reason"});
}

Result<> export_disk(Context& context, const MediaOptions& options) {
  XJ_TRY(const json value, ask_media(context, "media.export",
                                     {{"to", options.to},
                                      {"dir", whole_path(options.dir)},
                                      {"seal", options.seal},
                                      {"courier", options.courier},
                                      {"expires", options.expires}}));
  context.print(value, print_export);
  return {};
}

Result<> import_disk(Context& context, const MediaOptions& options) {
  XJ_TRY(const json value, ask_media(context, "media.import",
                                     {{"dir", whole_path(options.dir)},
                                      {"no_answer", options.no_answer ? "true" : ""}}));
  context.print(value, print_import);
  bool something = value["taken"] != 0 || value["already"] != 0;
  if (value["directory"].is_object())  // of which something was news here
    for (const char* role : {"root", "snapshot", "timestamp", "denials"})
      something =
          something || value["directory"][role]["before"] != value["directory"][role]["now"];
  if (!something || value["refused"] != 0 || !value["not_answered"].empty()) context.exit_code = 1;
  return {};
}

Result<> list_media(Context& context, const MediaOptions& options) {
  XJ_TRY(const json value, ask_media(context, "media.list", {{"dir", whole_path(options.dir)}}));
  context.print(value, options.dir.empty() ? print_books : print_disk);
  if (!options.dir.empty() && value["at_fault"] != 0) context.exit_code = 1;
  return {};
}

}  // namespace

void add_media_commands(CLI::App& app, Context& context) {
  CLI::App* media = app.add_subcommand("media", "Consignments on disks (介质批次)");
  media->require_subcommand(1);
  const auto options = std::make_shared<MediaOptions>();

  CLI::App* out = media->add_subcommand("export", "Writes what waits for a neighbour onto a disk");
  out->add_option("--to", options->to, "the next office on the way")
      ->required()
      ->type_name("OFFICE")
      ->check(office_argument());
  out->add_option("dir", options->dir, "the disk's folder; others' consignments stay")
      ->required()
      ->type_name("DIR");
  out->add_option("--seal", options->seal, "number of the seal on its envelope")->type_name("N");
  out->add_option("--courier", options->courier, "who carries it")->type_name("NAME");
  out->add_option("--expires", options->expires,
                  "when it is overdue if nobody has acknowledged it; default: in 14 days")
      ->type_name("DATE");
  out->footer(
      "The daemon writes the folder: its user must be able to. What is on the disk stays in this\n"
      "office's custody until the acknowledgement comes back, with the disk or by a link.");
  out->callback([&context, options] { context.finish(export_disk(context, *options)); });

  CLI::App* in = media->add_subcommand("import", "Takes what a disk brings for this office");
  in->add_option("dir", options->dir, "the disk's folder")->required()->type_name("DIR");
  in->add_flag("--no-answer", options->no_answer,
               "leave the acknowledgements for the next export, write nothing onto this disk");
  in->footer(
      "Every file of a consignment is read and compared before anything of it is taken; one at\n"
      "fault is refused whole, naming the file, and the others are taken all the same.\n"
      "Exit status: 1 where one was refused, or nothing on the disk is for this office.");
  in->callback([&context, options] { context.finish(import_disk(context, *options)); });

  CLI::App* list = media->add_subcommand(
      "list", "What this office gave and took by disk; with DIR: what stands on the disk");
  list->add_option("dir", options->dir, "the disk's folder")->type_name("DIR");
  list->callback([&context, options] { context.finish(list_media(context, *options)); });
}

}  // namespace xianjie::node::cli
