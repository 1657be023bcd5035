// Forms and obligations: `inbox answer|arrived|correct|add`, `due`, `urge`, `submission`; and the
// kinds with their forms, for people and for the README.
#include <pwd.h>
#include <unistd.h>

#include "node/cli/commands.h"
#include "node/cli/text_table.h"
#include "node/office/forms.h"

namespace xianjie::node::cli {
namespace {

struct FormCall {
  std::string id;
  std::vector<std::string> fields;
  // "result=confirmed" as the option field.result.
  [[nodiscard]] Result<Options> options() const {
    Options out;
    if (!id.empty()) out["id"] = id;
    for (const std::string& field : fields) {
      const std::size_t sign = field.find('=');
      if (sign == std::string::npos || sign == 0)
        return refused("field: NAME=VALUE expected, such as result=confirmed");
      if (!out.emplace("field." + field.substr(0, sign), field.substr(sign + 1)).second)
        return refused("field: " + field.substr(0, sign) + " stands twice");
    }
    return out;
  }
};

void print_done(std::ostream& out, const json& value) {
  for (const char* name : {"id", "state", "to", "envelope", "continued_by"})
    if (const std::string word = value.value(name, ""); !word.empty())
      out << (std::string_view(name) == "id" ? "" : "  ") << word;
  out << "\n";
}

Result<> ask_form(const Context& context, const std::string& command, const FormCall& call) {
  XJ_TRY(Options options, call.options());
  XJ_TRY(const json value, context.call(command, std::move(options)));
  context.print(value, print_done);
  return {};
}

std::string fields_of(std::string_view name) {
  std::string text;
  const Form* form = find_form(name);
  if (form == nullptr) return text;
  for (const FormField& field : form->fields) {
    text += "\n  " + std::string(field.word) + " (" + std::string(field.zh) + ")";
    if (!field.required) text += ", optional";
    for (const FormChoice& choice : field.choices)
      text += (&choice == field.choices.data() ? ": " : ", ") + std::string(choice.word) + " (" +
              std::string(choice.zh) + ")";
  }
  return text;
}

void add_form(CLI::App& inbox, Context& context, const std::string& name, const std::string& help,
              const std::string& footer, bool with_id) {
  CLI::App* command = inbox.add_subcommand(name, help);
  const auto call = std::make_shared<FormCall>();
  if (with_id)
    command->add_option("id", call->id, "envelope id")
        ->required()
        ->type_name("ID")
        ->check(envelope_argument());
  command->add_option("fields", call->fields, "the form's fields, in either language")
      ->type_name("NAME=VALUE");
  if (!footer.empty()) command->footer(footer);
  command->callback(
      [&context, call, name] { context.finish(ask_form(context, "inbox." + name, *call)); });
}

void print_due(std::ostream& out, const json& value) {
  TextTable table({"due", "", "owed", "事项", "by", "kind", "id"});
  for (const json& one : value["due"])
    table.add({cell(one["due"]), one.value("overdue", false) ? "overdue 逾期" : "",
               cell(one["owed"]), cell(one["owed_zh"]),
               one.value("here", false) ? "here" : cell(one["by"]), cell(one["kind"]),
               cell(one["id"])});
  if (table.empty())
    out << "nothing is owed\n";
  else
    table.print(out);
}

void print_counts(std::ostream& out, const json& value) {
  std::vector<std::pair<std::string, std::string>> fields{{"envelopes", cell(value["envelopes"])}};
  for (const auto& [name, count] : value["receipts"].items()) {
    const auto type = from_word<ReceiptType>(name);
    if (count != 0)
      fields.emplace_back(name + (type ? " " + std::string(to_zh(*type)) : ""), cell(count));
  }
  print_fields(out, fields);
  TextTable waiting({"not yet signed for", "receipt", "id"});
  for (const json& row : value["rows"])
    if (row["receipt"] == "accepted" || row["receipt"] == "delivered")
      waiting.add({cell(row["destination"]), cell(row["receipt"]), cell(row["id"])});
  if (waiting.empty()) return;
  out << "\n";
  waiting.print(out);
}

Result<> ask_plain(const Context& context, const std::string& command, Options options,
                   const Human& human) {
  XJ_TRY(const json value, context.call(command, std::move(options)));
  context.print(value, human);
  return {};
}

}  // namespace

std::string account_name() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr || entry->pw_name == nullptr ? "" : entry->pw_name;
}

void add_form_commands(CLI::App& app, Context& context) {
  CLI::App* inbox = app.get_subcommand("inbox");
  std::string answers;
  for (const Form& form : forms())
    if (!form.answer.empty() && form.kind != Kind::kRecordBatch)
      answers += std::string(form.name) + " (" + std::string(form.zh) +
                 "):" + fields_of(form.answer) + "\n";
  add_form(*inbox, context, "answer", "Answer a request or a work order (反馈), which settles it",
           answers, true);
  add_form(*inbox, context, "arrived", "Report how a person arrived (衔接反馈)",
           "Fields:" + fields_of("arrival_report"), true);
  add_form(*inbox, context, "correct",
           "Correct a record (更正), at a township; the original stays beside it",
           "Fields:" + fields_of("check_result.correction"), true);
  add_form(*inbox, context, "add", "Add a person whom no notice named (补录), at a township",
           "Fields:" + fields_of("check_result.addition"), false);

  CLI::App* due = app.add_subcommand("due", "What is owed, here and to this office (办理期限)")
                      ->alias("obligation");
  const auto overdue = std::make_shared<bool>(false);
  due->add_flag("--overdue", *overdue, "only what is overdue (逾期)");
  due->callback([&context, overdue] {
    context.finish(ask_plain(context, "due", {{"overdue", *overdue ? "true" : ""}}, print_due));
  });

  CLI::App* urge = app.add_subcommand("urge", "Urge whoever owes an answer (催办), once a day");
  const auto id = std::make_shared<std::string>();
  const auto text = std::make_shared<std::string>("请按期办理");
  urge->add_option("id", *id, "envelope id")
      ->required()
      ->type_name("ID")
      ->check(envelope_argument());
  urge->add_option("--text", *text, "what to say; travels sealed");
  urge->callback([&context, id, text] {
    context.finish(ask_plain(context, "urge", {{"id", *id}, {"text", *text}}, print_done));
  });

  CLI::App* submission =
      app.add_subcommand("submission", "What became of everything handed in under one id");
  const auto name = std::make_shared<std::string>();
  submission->add_option("submission", *name, "as `submit` told it, or your own")
      ->required()
      ->type_name("SUBMISSION");
  submission->callback([&context, name] {
    context.finish(ask_plain(context, "submission", {{"submission", *name}}, print_counts));
  });
}

}  // namespace xianjie::node::cli
