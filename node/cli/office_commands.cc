// What an operator asks of one office: status, queues, links, an envelope's trace.
// Nothing here opens an envelope.
#include "node/cli/commands.h"
#include "node/cli/text_table.h"

namespace xianjie::node::cli {
namespace {

std::string at(const json& value, const char* name) {
  return value.contains(name) ? cell(value[name]) : "-";
}

// What a table says of each row, by the names of its columns.
void print_rows(std::ostream& out, const json& rows, const std::vector<std::string>& columns) {
  TextTable table(columns);
  for (const json& row : rows) {
    std::vector<std::string> cells;
    for (const std::string& column : columns) cells.push_back(at(row, column.c_str()));
    table.add(std::move(cells));
  }
  table.print(out);
}

std::string mebibytes(const json& bytes) {
  return std::to_string(bytes.is_number() ? bytes.get<std::uint64_t>() >> 20 : 0) + " MiB";
}

std::string clock_text(const json& answer) {
  const json clock = answer.value("clock", json::object());
  if (clock.value("trusted", true)) return "trusted 可信";
  return "not trusted 不可信 (" + clock.value("zh", "") +
         "), gates stay shut: " + printable(clock.value("text", ""));
}

// What an operator has to act on before anything else.
void print_trouble(std::ostream& out, const json& value) {
  for (const json& clone : value.value("clones", json::array()))
    out << "clone 双机同号: " << cell(clone["neighbour"])
        << (clone["refused_here"] == true
                ? " refuses this machine: another one runs as this office"
                : " has refused a second machine that runs as this office")
        << "\n";
  const json restored = value.value("restored", json());
  if (!restored.is_object()) return;
  out << "restored 备份恢复: noticed " << cell(restored["noticed"]) << ", kept back "
      << cell(restored["kept_back"]) << " items, unknown own envelopes "
      << cell(restored["unknown_own"]) << "\n";
}

void print_status(std::ostream& out, const json& value) {
  print_trouble(out, value);
  print_fields(out, {{"office", at(value, "office")},
                     {"time", at(value, "time") +
                                  (value.value("time_trusted", false) ? "" : " (not trusted)")},
                     {"clock", clock_text(value)},
                     {"directory", "version " + at(value, "directory_version") +
                                       (value.value("rehearsal", false) ? ", rehearsal" : "")},
                     {"route digest", at(value, "route_digest")},
                     {"epoch", at(value, "epoch")},
                     {"store", mebibytes(value["store"]["used_bytes"]) + " of " +
                                   mebibytes(value["store"]["map_bytes"])}});
  TextTable room({"room", "used", "limit"});
  for (const auto& [name, quota] : value["room"].items())
    room.add({name, mebibytes(quota["used_bytes"]), mebibytes(quota["limit_bytes"])});
  TextTable counters({"counted", "since start"});
  for (const auto& [name, count] : value["counters"].items()) counters.add({name, cell(count)});
  for (TextTable* table : {&room, &counters}) {
    if (table->empty()) continue;
    out << "\n";
    table->align_right(1);
    table->align_right(2);
    table->print(out);
  }
}

void print_queues(std::ostream& out, const json& value) {
  print_clock(out, value);
  if (value["queues"].empty() && value["held"].empty()) {
    out << "nothing queued\n";
    return;
  }
  print_rows(out, value["queues"],
             {"neighbour", "lane", "gated", "waiting_for_clock", "ready", "sent", "bytes", "oldest",
              "next_gate"});
  if (value["held"].empty()) return;
  out << "\nheld 已挂起\n";
  print_rows(out, value["held"], {"id", "origin", "since", "next", "reason"});
}

void print_links(std::ostream& out, const json& value) {
  print_rows(out, value["links"],
             {"neighbour", "channel", "state", "class", "class_proof", "carries", "dialled",
              "outstanding", "window", "directory_version", "digest_differs"});
}

void print_envelope(std::ostream& out, const json& value) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [name, field] : value.items()) {
    if (field.is_null()) continue;
    const auto state = name == "state" ? from_word<State>(field.get<std::string>()) : std::nullopt;
    fields.emplace_back(name, cell(field) + (state ? " " + std::string(to_zh(*state)) : ""));
  }
  print_fields(out, fields);
}

void print_trace(std::ostream& out, const json& value) {
  print_envelope(out, value["here"]);
  if (value["ledger"].is_object()) {
    out << "\nledger of this origin\n";
    print_envelope(out, value["ledger"]);
  }
  if (value.contains("custody") && !value["custody"].empty()) {
    out << "\ncustody 保管责任\n";
    print_rows(out, value["custody"], {"direction", "neighbour", "channel", "consignment", "time"});
  }
  out << "\naudit log 审计日志\n";
  for (const json& line : value["events"]) out << printable(cell(line)) << "\n";
}

Result<> ask(const Context& context, const std::string& command, Options options,
             const Human& human) {
  XJ_TRY(const json value, context.call(command, std::move(options)));
  context.print(value, human);
  return {};
}

void add_plain(CLI::App& group, Context& context, const std::string& name,
               const std::string& command, const std::string& help, const Human& human) {
  group.add_subcommand(name, help)->callback([&context, command, human] {
    context.finish(ask(context, command, {}, human));
  });
}

void add_by_id(CLI::App& group, Context& context, const std::string& name,
               const std::string& command, const std::string& help, const Human& human) {
  CLI::App* added = group.add_subcommand(name, help);
  const auto id = std::make_shared<std::string>();
  added->add_option("id", *id, "envelope id")
      ->required()
      ->type_name("ID")
      ->check(envelope_argument());
  added->callback([&context, command, human, id] {
    context.finish(ask(context, command, {{"id", *id}}, human));
  });
}

}  // namespace

void print_clock(std::ostream& out, const json& answer) {
  if (!answer.value("clock", json::object()).value("trusted", true))
    out << "clock 时钟: " << clock_text(answer) << "\n\n";
}

void add_office_commands(CLI::App& app, Context& context) {
  add_plain(app, context, "status", "status", "This office's daemon in short", print_status);
  CLI::App* queue = app.add_subcommand("queue", "What waits to leave this office (队列)");
  queue->require_subcommand(1);
  add_plain(*queue, context, "list", "queue.list", "Numbers by neighbour, and what is held",
            print_queues);
  add_by_id(*queue, context, "show", "queue.show", "One envelope's state here", print_envelope);
  add_plain(app, context, "links", "links", "The links to neighbours (链路)", print_links);
  add_by_id(app, context, "trace", "trace", "What this office knows of an envelope (流转轨迹)",
            print_trace);
}

}  // namespace xianjie::node::cli
