// `inbox …`: what has been delivered here, and what a clerk does with it. `show` and `export` open
// envelopes, which the daemon records; nothing else here shows what is inside.
#include <iostream>

#include "adapters/files.h"
#include "node/cli/attachment_files.h"
#include "node/cli/commands.h"
#include "node/cli/text_table.h"

namespace xianjie::node::cli {
namespace {

constexpr mode_t kExportMode = 0600;  // personal data
constexpr int kItemsPerCall = 1000;

struct Filter {
  std::string kind, period, state, output;
  bool all = false, other = false, copies = false, with_copies = false;
  [[nodiscard]] Options options() const {
    return {{"kind", kind},
            {"period", period},
            {"all", all ? "true" : ""},
            {"state", state},
            {"other", other ? "true" : ""},
            {"copies", with_copies ? "with"
                       : copies    ? "true"
                                   : ""}};
  }
};

std::shared_ptr<Filter> add_filter(CLI::App& command) {
  const auto filter = std::make_shared<Filter>();
  command.add_option("--kind", filter->kind, "only this kind")->check(kind_argument());
  command.add_option("--period", filter->period, "only this month")
      ->type_name("YYYY-MM")
      ->check(period_argument());
  CLI::Option* all = command.add_flag("--all", filter->all, "settled items too");
  command.add_option("--state", filter->state, "signed for and not settled, or settled only")
      ->check(CLI::IsMember({"collected", "settled"}))
      ->excludes(all);
  command.add_flag("--other", filter->other, "what is no notice");
  CLI::Option* copies =
      command.add_flag("--copies", filter->copies, "only copies of what passed through");
  command.add_flag("--with-copies", filter->with_copies, "items and copies")->excludes(copies);
  return filter;
}

void print_list(std::ostream& out, const json& value) {
  TextTable table({"id", "origin", "kind", "业务类型", "period", "state", "received", ""});
  for (const json& item : value["items"]) {
    const std::string state = item.value("state", "");
    const auto known = from_word<State>(state);
    std::string marks;
    if (item.value("late", false)) marks += "late ";
    if (item.value("collected", false)) marks += "collected ";
    if (!item.value("possible_duplicate_of", json::array()).empty()) marks += "疑似重复 ";
    const auto kind = from_word<Kind>(item.value("kind", ""));
    table.add({item.value("id", ""), item.value("origin", ""), item.value("kind", ""),
               kind ? std::string(to_zh(*kind)) : "", item.value("period", ""),
               known ? state + " " + std::string(to_zh(*known)) : state,
               item.contains("received") ? cell(item["received"]) : "", marks});
  }
  if (table.empty())
    out << "nothing\n";
  else
    table.print(out);
}

void print_item(std::ostream& out, const json& value) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [name, field] : value.items())
    if (name != "payload" && name != "attachments" && !field.is_null())
      fields.emplace_back(name, cell(field));
  print_fields(out, fields);
  fields.clear();
  if (value.contains("payload"))
    for (const auto& [name, field] : value["payload"].items())
      if (!field.is_null() && field != "") fields.emplace_back(name, cell(field));
  out << "\n";
  print_fields(out, fields);
  TextTable files({"attachment", "附件", "bytes", "", "id", "file"});
  for (const json& one : value.value("attachments", json::array()))
    files.add({cell(one["type"]), cell(one["zh"]), cell(one["size"]),
               cell(one["state"]) + (one.value("announced", true) ? "" : ", not announced"),
               one["id"].is_null() ? "" : cell(one["id"]), one.value("file", "")});
  if (files.empty()) return;
  out << "\n";
  files.align_right(2);
  files.print(out);
}

Result<> show(const Context& context, const std::string& id, const std::string& attachments) {
  XJ_TRY(json item, context.call("inbox.show", {{"id", id}}));
  if (!attachments.empty()) XJ_TRY_VOID(save_attachments(context, item, attachments));
  context.print(item, print_item);
  return {};
}

Result<> list(const Context& context, const Filter& filter) {
  Options options = filter.options();
  options["limit"] = std::to_string(kItemsPerCall);
  json all{{"items", json::array()}};
  while (true) {
    XJ_TRY(json page, context.call("inbox.list", options));
    for (json& item : page["items"]) all["items"].push_back(std::move(item));
    if (page["more"].is_null()) break;
    options["after"] = page["more"];
  }
  context.print(all, print_list);
  return {};
}

// The table itself is the output; with --json its text stands in the answer.
Result<> export_csv(const Context& context, const Filter& filter) {
  XJ_TRY(DaemonAnswer answer, context.call_for_body("inbox.export", filter.options()));
  if (answer.value.value("unreadable", 0) > 0)
    std::cerr << "xianjie: " << cell(answer.value["unreadable"])
              << " items could not be opened; `queue show` says why\n";
  if (!filter.output.empty()) {
    XJ_TRY_VOID(adapters::write_file_atomically(filter.output, answer.body, kExportMode));
    answer.value["output"] = filter.output;
    context.print(answer.value, [](std::ostream& out, const json& value) {
      out << cell(value["exported"]) << " items in " << cell(value["output"]) << "\n";
    });
    return {};
  }
  answer.value["csv"] = as_text(answer.body);
  context.print(answer.value, [&](std::ostream& out, const json&) { out << as_text(answer.body); });
  return {};
}

// Each id on its own: one that fails does not stop the others.
void for_each_id(Context& context, const std::string& command, const std::vector<std::string>& ids,
                 Options options) {
  for (const std::string& id : ids) {
    options["id"] = id;
    const auto answer = context.call(command, options);
    if (!answer) {
      context.fail({answer.error().code, id + ": " + answer.error().text});
      continue;
    }
    context.print(*answer, [](std::ostream& out, const json& value) {
      out << value.value("id", "") << "  " << value.value("state", "");
      for (const char* name : {"outcome", "to", "continued_by"})
        if (const std::string word = value.value(name, ""); !word.empty()) out << "  " << word;
      out << "\n";
    });
  }
}

std::shared_ptr<std::vector<std::string>> add_ids(CLI::App& command) {
  const auto ids = std::make_shared<std::vector<std::string>>();
  command.add_option("id", *ids, "envelope ids")
      ->required()
      ->type_name("ID")
      ->check(envelope_argument());
  return ids;
}

struct PassingOn {
  std::string to, reason, code, remarks;
};

void add_passing_on(CLI::App& inbox, Context& context) {
  const auto options = std::make_shared<PassingOn>();
  CLI::App* assign = inbox.add_subcommand(
      "assign", "Pass items on to an office below this desk (指派), as new envelopes");
  const auto assigned = add_ids(*assign);
  assign->add_option("--to", options->to, "the office")->required()->check(office_argument());
  assign->add_option("--reason", options->reason, "for the next desk; travels sealed")->required();
  assign->callback([&context, assigned, options] {
    for_each_id(context, "inbox.assign", *assigned,
                {{"to", options->to}, {"reason", options->reason}});
  });

  CLI::App* back =
      inbox.add_subcommand("return", "Return items whose person does not belong here (退回)");
  const auto returned = add_ids(*back);
  std::vector<std::string> reasons;
  for (const Word& word : words_of(ReturnReason{})) reasons.emplace_back(word.word);
  back->add_option("--reason", options->reason, "why")->required()->check(CLI::IsMember(reasons));
  back->add_option("--code", options->code, "where the person belongs, if known")
      ->type_name("CODE");
  back->add_option("--remarks", options->remarks, "for the next desk; travels sealed");
  back->callback([&context, returned, options] {
    for_each_id(
        context, "inbox.return", *returned,
        {{"reason", options->reason}, {"code", options->code}, {"remarks", options->remarks}});
  });
}

Result<> release(const Context& context) {
  XJ_TRY(const json value, context.call("inbox.release", {}));
  context.print(value, [](std::ostream& out, const json& answer) {
    out << "released " << cell(answer["released"]) << "\n";
  });
  return {};
}

}  // namespace

void add_inbox_commands(CLI::App& app, Context& context) {
  CLI::App* inbox = app.add_subcommand("inbox", "What was delivered to this office (业务办理)");
  inbox->require_subcommand(1);

  CLI::App* list_command = inbox->add_subcommand("list", "Items waiting here");
  const auto filter = add_filter(*list_command);
  list_command->callback([&context, filter] { context.finish(list(context, *filter)); });

  CLI::App* show_command = inbox->add_subcommand("show", "Open items (recorded in the audit log)");
  const auto shown = add_ids(*show_command);
  const auto folder = std::make_shared<std::string>();
  show_command
      ->add_option("--attachments", *folder,
                   "take the photographs and documents that are here into this folder (mode 0600)")
      ->type_name("DIR");
  show_command->callback([&context, shown, folder] {
    for (const std::string& id : *shown) context.finish(show(context, id, *folder));
  });

  CLI::App* export_command = inbox->add_subcommand(
      "export", "Open items into one CSV table (导出; recorded in the audit log)");
  const auto exported = add_filter(*export_command);
  export_command
      ->add_option("--output", exported->output, "to this file (mode 0600), not to standard output")
      ->type_name("FILE");
  export_command->callback(
      [&context, exported] { context.finish(export_csv(context, *exported)); });

  CLI::App* collect = inbox->add_subcommand("collect", "Sign for items (签收)");
  const auto collected = add_ids(*collect);
  const auto clerk = std::make_shared<std::string>(account_name());
  collect->add_option("--clerk", *clerk, "who signs; default: this account")->type_name("NAME");
  collect->callback([&context, collected, clerk] {
    for_each_id(context, "inbox.collect", *collected, {{"clerk", *clerk}});
  });

  CLI::App* settle =
      inbox->add_subcommand("settle", "Settle items (办结), at a township with the check's result");
  const auto settled = add_ids(*settle);
  const auto own_area = std::make_shared<bool>(false), unlinked = std::make_shared<bool>(false);
  CLI::Option* own =
      settle->add_flag("--own-area", *own_area, "the person belongs here (属本辖区)");
  settle->add_flag("--unlinked", *unlinked, "the person does not (未衔接)")->excludes(own);
  const auto measures = std::make_shared<std::string>();
  settle->add_option("--measures", *measures,
                     "what was done for the hand-over; required for a person of high risk");
  settle->callback([&context, settled, own_area, unlinked, measures] {
    for_each_id(context, "inbox.settle", *settled,
                {{"outcome", *own_area   ? "own-area"
                             : *unlinked ? "unlinked"
                                         : ""},
                 {"measures", *measures}});
  });
  inbox
      ->add_subcommand("release",
                       "Hand out what is kept back since a backup was restored, without waiting "
                       "for its origins any longer (恢复后放行)")
      ->callback([&context] { context.finish(release(context)); });
  add_passing_on(*inbox, context);
}

}  // namespace xianjie::node::cli
