// `evidence export`, `verify`, `audit verify`: what happened, for a third party (存证文件).
#include <iostream>

#include "adapters/files.h"
#include "node/cli/commands.h"
#include "node/cli/text_table.h"
#include "node/evidence/check.h"

namespace xianjie::node::cli {
namespace {

struct ExportOptions {
  std::string id, month, output, wait;
  bool with_payload_key = false;
};

void print_exported(std::ostream& out, const json& value) {
  out << cell(value["output"]) << "  " << cell(value["bytes"]) << " bytes, "
      << cell(value["envelopes"]) << " envelopes, " << cell(value["custody"])
      << " custody statements, " << cell(value["records"]) << " signed records\n";
  for (const json& office : value["not_answered"])
    out << "asked and not answered 未获答复: " << cell(office) << "\n";
  if (value.value("content", false))
    out << "the content is disclosed in it 报文内容已公开: keep it like the envelope itself\n";
}

Result<> export_evidence(const Context& context, const ExportOptions& options) {
  const std::string output =
      !options.output.empty()
          ? options.output
          : "evidence-" + (options.id.empty() ? options.month : options.id) + ".xje";
  Options asked{{"id", options.id}, {"month", options.month}, {"account", account_name()}};
  if (options.with_payload_key) asked["with_payload_key"] = "true";
  if (!options.wait.empty()) asked["wait"] = options.wait;
  XJ_TRY(DaemonAnswer answer, context.call_for_body("evidence.export", std::move(asked)));
  XJ_TRY_VOID(adapters::write_file_atomically(output, answer.body, 0600));
  answer.value["output"] = output;
  context.print(answer.value, print_exported);
  return {};
}

struct VerifyOptions {
  std::string file, root;
  bool zh = false, en = false;
};

Result<> verify_evidence(Context& context, const VerifyOptions& options) {
  XJ_TRY(const Bytes bytes, read_input(options.file, evidence::kFileBytesMax));
  const evidence::Verdict verdict = evidence::check(bytes, {options.root});
  const auto language = options.zh == options.en ? evidence::Language::kBoth
                        : options.zh             ? evidence::Language::kChinese
                                                 : evidence::Language::kEnglish;
  context.print(evidence::to_json(verdict), [&](std::ostream& out, const json&) {
    out << evidence::to_words(verdict, language);
  });
  if (!verdict.holds()) context.exit_code = 1;
  return {};
}

void print_audit(std::ostream& out, const json& value) {
  out << (value.value("whole", false) ? "whole 完整" : "BROKEN 有误") << "  "
      << cell(value["records"]) << " records, the last is " << cell(value["last"]) << "\n";
  TextTable table({"by 会签单位", "number 序号", "time 时间", "state 核对"});
  for (const json& head : value["heads"])
    table.add({cell(head["by"]), cell(head["number"]), cell(head["time"]), cell(head["state"])});
  if (!table.empty()) table.print(out);
  for (const json& fault : value["broken"]) out << printable(cell(fault)) << "\n";
}

Result<> verify_audit(Context& context) {
  XJ_TRY(const json value, context.call("audit.verify", {}));
  context.print(value, print_audit);
  if (!value.value("whole", false)) context.exit_code = 1;
  return {};
}

}  // namespace

void add_evidence_commands(CLI::App& app, Context& context) {
  CLI::App* evidence =
      app.add_subcommand("evidence", "What happened, for a third party (存证文件)");
  evidence->require_subcommand(1);
  const auto options = std::make_shared<ExportOptions>();
  CLI::App* out = evidence->add_subcommand("export", "One file about an envelope or a month");
  CLI::Option* id = out->add_option("id", options->id, "envelope id")
                        ->type_name("ID")
                        ->check(envelope_argument());
  out->add_option("--month", options->month, "this office's month instead")
      ->type_name("YYYY-MM")
      ->check(period_argument())
      ->excludes(id);
  out->add_option("--output", options->output, "the file; default evidence-ID.xje")
      ->type_name("FILE");
  out->add_flag("--with-payload-key", options->with_payload_key,
                "disclose what the envelope says; recorded as opened");
  out->add_option("--wait", options->wait,
                  "seconds to wait for the custody statements of other offices; 0: do not ask them")
      ->check(CLI::Range(0, 300));
  out->callback([&context, options] { context.finish(export_evidence(context, *options)); });

  const auto verified = std::make_shared<VerifyOptions>();
  CLI::App* verify =
      app.add_subcommand("verify", "What an evidence file proves; needs no daemon (核验存证文件)");
  verify->add_option("file", verified->file, "evidence file, - for standard input")
      ->required()
      ->type_name("FILE");
  verify->add_option("--root", verified->root, "the published fingerprint of the root of trust")
      ->type_name("FINGERPRINT");
  verify->add_flag("--zh", verified->zh, "Chinese only");
  verify->add_flag("--en", verified->en, "English only");
  verify->callback([&context, verified] { context.finish(verify_evidence(context, *verified)); });

  CLI::App* audit = app.add_subcommand("audit", "This office's audit log (审计日志)");
  audit->require_subcommand(1);
  audit
      ->add_subcommand("verify",
                       "Whether it is whole, against the heads that neighbours countersigned")
      ->callback([&context] { context.finish(verify_audit(context)); });
}

}  // namespace xianjie::node::cli
