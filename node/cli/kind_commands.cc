// `kinds`: the kinds table in both languages, and each kind's forms. README.md's table is printed
// by `kinds --markdown`.
#include <iostream>

#include "node/cli/commands.h"
#include "node/cli/text_table.h"
#include "node/office/form_rows.h"
#include "node/office/forms.h"
#include "node/office/kinds_view.h"
#include "routing/kinds.h"

namespace xianjie::node::cli {
namespace {

std::string senders_of(Kind kind) {
  for (const OfficeTypeRow& type : office_types())
    if (!routing::may_send(kind, type.type)) return routing::senders_text(kind);
  return "any";
}

std::string days_of(const routing::KindRow& row) {
  if (row.lifetime != Duration{}) return std::to_string(row.lifetime.ms / days(1).ms);
  return row.schedule == routing::Schedule::kWithSubject ? "as its subject" : "until due";
}

void print_kinds(std::ostream& out, const json& value) {
  TextTable table(
      {"kind", "业务类型", "class", "类别", "when", "readers", "channels", "days", "answer"});
  for (const json& row : value["kinds"]) {
    const Kind kind = *from_word<Kind>(row["kind"].get<std::string>());
    table.add({cell(row["kind"]), cell(row["name_zh"]), cell(row["class"]), cell(row["class_zh"]),
               cell(row["schedule"]), cell(row["readers"]), routing::channels_text(kind),
               days_of(routing::kind_row(kind)), cell(row["answer"])});
  }
  table.print(out);
}

void print_markdown(std::ostream& out) {
  out << "| kind | 业务类型 | class | when | sent by | readers | channels | days | answer |\n"
         "|---|---|---|---|---|---|---|---|---|\n";
  for (const routing::KindRow& row : routing::kinds()) {
    const json view = kind_view(row);
    out << "| `" << cell(view["kind"]) << "` | " << cell(view["name_zh"]) << " | "
        << cell(view["class"]) << " | " << cell(view["schedule"]) << " | " << senders_of(row.kind)
        << " | " << cell(view["readers"]) << " | " << routing::channels_text(row.kind) << " | "
        << days_of(row) << " | " << row.answer;
    if (row.answer_days > 0) out << " within " << row.answer_days << " working days";
    if (row.collect_days > 0) out << " within " << row.collect_days << " working days";
    out << " |\n";
  }
}

json field_json(const FormField& field) {
  json choices = json::array();
  for (const FormChoice& choice : field.choices)
    choices.push_back({{"word", choice.word}, {"name_zh", choice.zh}});
  json out{{"field", field.word}, {"name_zh", field.zh}, {"required", field.required}};
  if (!choices.empty()) out["choices"] = choices;
  return out;
}

json forms_json(Kind kind) {
  json out = kind_view(routing::kind_row(kind));
  out["columns"] = json::array();
  for (const FileColumn& column : file_columns(kind))
    out["columns"].push_back({{"column", column.word}, {"name_zh", column.zh}});
  out["forms"] = json::array();
  for (const Form& form : forms()) {
    if (form.kind != kind) continue;
    json fields = json::array(), table = json::array();
    for (const FormField& field : form.fields) fields.push_back(field_json(field));
    for (const FormField& field : form.table) table.push_back(field_json(field));
    out["forms"].push_back({{"form", form.name},
                            {"name_zh", form.zh},
                            {"subject", form.subject},
                            {"version", form.version},
                            {"fields", fields},
                            {"table", table},
                            {"answer", form.answer}});
  }
  return out;
}

void print_forms(std::ostream& out, const json& value) {
  json rows = json::object();
  rows["kinds"] = json::array({value});
  print_kinds(out, rows);
  for (const json& form : value["forms"]) {
    out << "\n" << cell(form["form"]) << " " << cell(form["name_zh"]) << "\n";
    TextTable table({"field", "字段", "", "one of"});
    for (const char* part : {"fields", "table"})
      for (const json& field : form[part]) {
        std::string choices;
        if (field.contains("choices"))
          for (const json& choice : field["choices"])
            choices += (choices.empty() ? "" : ", ") + cell(choice["word"]) + " (" +
                       cell(choice["name_zh"]) + ")";
        table.add({cell(field["field"]), cell(field["name_zh"]),
                   field.value("required", false) ? "required" : "", choices});
      }
    table.print(out);
  }
}

}  // namespace

void add_kind_commands(CLI::App& app, Context& context) {
  CLI::App* kinds = app.add_subcommand("kinds", "The kinds of messages and their rules (业务类型)");
  const auto name = std::make_shared<std::string>();
  const auto markdown = std::make_shared<bool>(false);
  kinds->add_option("kind", *name, "this one, with its forms")
      ->type_name("KIND")
      ->check(kind_argument());
  kinds->add_flag("--markdown", *markdown, "the table as it stands in README.md");
  kinds->callback([&context, name, markdown] {
    if (!name->empty()) return context.print(forms_json(*from_word<Kind>(*name)), print_forms);
    if (*markdown) return print_markdown(std::cout);
    json rows = json::array();
    for (const routing::KindRow& row : routing::kinds()) rows.push_back(kind_view(row));
    context.print({{"kinds", rows}}, print_kinds);
  });
}

}  // namespace xianjie::node::cli
