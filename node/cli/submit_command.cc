// `submit`: hands a file in at this office's daemon, and says row by row what became of it.
#include <unistd.h>

#include <iostream>

#include "node/cli/attachment_files.h"
#include "node/cli/commands.h"
#include "node/cli/text_table.h"
#include "node/office/attachments.h"
#include "schemas/limits.h"

namespace xianjie::node::cli {
namespace {

constexpr std::size_t kFileBytesMax = kApiBytesMax - 64 * 1024;  // what a request holds beside it

struct SubmitOptions {
  std::string kind, file, period, submission, attachments;
};

std::uint64_t count_in(const json& value, const char* name) {
  return value.value(name, std::uint64_t{0});
}

// One line that writes over itself, on a terminal only.
class ProgressLine {
 public:
  void show(const json& value) {
    if (!on_terminal_) return;
    std::cerr << "\r" << count_in(value, "done") << " of " << count_in(value, "rows") << " rows"
              << std::flush;
    shown_ = true;
  }
  ~ProgressLine() {
    if (shown_) std::cerr << "\r\033[K" << std::flush;
  }

 private:
  bool on_terminal_ = ::isatty(STDERR_FILENO) == 1;
  bool shown_ = false;
};

void print_submission(std::ostream& out, const json& value) {
  print_fields(out, {{"submission", cell(value["submission"])},
                     {"kind", cell(value["kind"])},
                     {"period", cell(value["period"])},
                     {"rows", cell(value["rows"])},
                     {"accepted", cell(value["accepted"])},
                     {"repeated", cell(value["repeated"])},
                     {"refused", std::to_string(value["refused"].size())}});
  TextTable refused({"row", "field", "refused because"}), warned({"row", "field", "warning"});
  for (const json& one : value["refused"])
    refused.add({cell(one["row"]), cell(one["field"]), cell(one["reason"])});
  for (const json& one : value["warnings"])
    warned.add({cell(one["row"]), cell(one["field"]), cell(one["text"])});
  TextTable files({"file", "field", "refused because"});
  if (value.contains("attachments")) {
    print_fields(out, {{"attachments", std::to_string(value["attachments"].size())}});
    for (const json& one : value["attachments_refused"])
      files.add({cell(one["file"]), cell(one["field"]), cell(one["reason"])});
  }
  for (TextTable* table : {&refused, &warned, &files}) {
    if (table->empty()) continue;
    out << "\n";
    if (table != &files) table->align_right(0);
    table->print(out);
  }
}

Result<> submit(Context& context, const SubmitOptions& options) {
  XJ_TRY(Bytes file, read_input(options.file, kFileBytesMax));
  AttachmentFiles attachments;
  if (!options.attachments.empty()) {
    XJ_TRY(attachments, read_attachment_folder(options.attachments));
  }
  Result<json> answer;
  {
    ProgressLine line;
    answer = context.call(
        "submit",
        {{"kind", options.kind},
         {"period", options.period},
         {"submission", options.submission},
         {"attachments", attachments.files.empty() ? "" : attachments.announced.dump()}},
        std::move(file), [&line](const json& value) { line.show(value); });
  }
  if (!answer) return std::unexpected(answer.error());
  if (!options.attachments.empty()) {
    (*answer)["attachments"] = hand_in_attachments(context, attachments, *answer);
    (*answer)["attachments_refused"] = attachments.refused;
  }
  context.print(*answer, print_submission);
  if (count_in(*answer, "accepted") == 0) context.exit_code = 1;  // repeated rows count as accepted
  return {};
}

}  // namespace

void add_submit_command(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("submit", "Hand a file in (XLSX, XLS, CSV or JSON lines)");
  const auto options = std::make_shared<SubmitOptions>();
  command->add_option("kind", options->kind, "what it holds, such as pre_release_notice")
      ->required()
      ->type_name("KIND")
      ->check(kind_argument());
  command->add_option("file", options->file, "the file, - for standard input")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--period", options->period,
                   "the month it is reported in; default: by today's date")
      ->type_name("YYYY-MM")
      ->check(period_argument());
  command
      ->add_option("--submission", options->submission,
                   "your id: the same id again gets the same answers; default: made from the file")
      ->type_name("ID");
  command
      ->add_option("--attachments", options->attachments,
                   "a folder of photographs, fingerprints and documents of the persons in the "
                   "file, each named by ID number: " +
                       attachment_endings())
      ->type_name("DIR");
  command->footer(
      "Every refused row is listed with field and reason, and the others go on.\n"
      "Exit status: 0 where at least one row was accepted, now or before; 1 where none was.");
  command->callback([&context, options] { context.finish(submit(context, *options)); });
}

}  // namespace xianjie::node::cli
