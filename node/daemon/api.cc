#include "node/daemon/api.h"

#include <nlohmann/json.hpp>

#include "node/daemon/audit_log.h"
#include "node/daemon/guarded.h"
#include "node/daemon/handed_in.h"
#include "node/daemon/log.h"
#include "node/office/consignments_view.h"
#include "node/office/desk.h"
#include "node/office/views.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

constexpr std::size_t kTraceLinesMax = 1000;

Result<std::optional<json>> now_or_error(Result<json> result) {
  if (!result) return std::unexpected(std::move(result).error());
  return std::optional<json>(std::move(*result));
}

constexpr std::size_t kAnswerHead = 1024;  // of a reply, beside its JSON

std::string name_of_office(const routing::Directory& directory, OfficeId office) {
  const auto record = directory.find(office);
  return record ? record->name : "";
}

// Where it was and is, by this office's store and audit log. `opened`: the line for that log where
// an answer to it was opened.
Result<json> trace_view(broker::ReadTxn& txn, const std::string& id, const Scene& scene,
                        const adapters::ArchiveFiles& files, const Looks& looks,
                        std::string& opened) {
  const OfficeId self = scene.keys.office();
  XJ_TRY(const auto key, find_key(txn, self, id));
  XJ_TRY(json here, envelope_view(txn, key, scene.now));
  json out{{"id", id}, {"office", to_text(self)}, {"here", std::move(here)}, {"ledger", nullptr}};
  XJ_TRY(const auto ledger, txn.get(broker::Table::kLedger, broker::ledger_key(key.id)));
  if (ledger && key.origin == self) {
    XJ_TRY(const auto row, broker::decode_ledger_row(*ledger));
    out["ledger"] = ledger_row_view(key.id, row);
    if (row.result.id.is_set()) {
      const auto item = load_item(txn, row.result);
      const auto payload = item ? open_item(*item, scene.keys) : std::unexpected(item.error());
      const auto* result = payload ? std::get_if<CheckResultPayload>(&*payload) : nullptr;
      if (result) {
        out["checked_by"] =
            to_text(result->checked_by.is_set() ? result->checked_by : row.destination);
        out["history"] = steps_view(result->steps, false);
        opened = "opened id=" + to_text(row.result.id) + " by=trace";
      }
    }
  }
  json events = json::array();
  const std::string needle = "id=" + to_text(key.id);
  XJ_TRY(json hops, custody_hops(txn, broker::seen_key(key)));
  const auto collect = [&](ByteView bytes) {
    if (!bytes.empty() && bytes[0] == 'B') {
      json hop = custody_hop(bytes, broker::seen_key(key));
      if (!hop.is_null()) hops.push_back(std::move(hop));
    }
    if (!holds_lines(bytes)) return;
    for_each_line(bytes, [&](std::string_view line) {
      if (events.size() < kTraceLinesMax && line.find(needle) != std::string_view::npos)
        events.push_back(line);
    });
  };
  XJ_TRY(const auto waiting, not_archived(txn));
  const adapters::ArchiveView archive = files.view();
  XJ_TRY_VOID(archive.scan(1, [&](const broker::ArchiveRecord& record) {
    collect(record.bytes);
    return events.size() < kTraceLinesMax && !looks.ending();
  }));
  for (const auto& [number, bytes] : waiting)
    if (number > archive.last_number()) collect(bytes);
  out["custody"] = std::move(hops);
  out["events"] = std::move(events);
  return out;
}

}  // namespace

std::string Api::Call::option(const std::string& name) const {
  const auto found = request.options.find(name);
  return found == request.options.end() ? "" : found->second;
}
bool Api::Call::flag(const std::string& name) const {
  const std::string value = option(name);
  return !value.empty() && value != "false";
}

const std::map<std::string, Api::Handler>& Api::handlers() {
  static const std::map<std::string, Handler> kHandlers{
      {"status", &Api::status},
      {"directory.status", &Api::directory_status},
      {"directory.import", &Api::directory_import},
      {"submit", &Api::submit},
      {"inbox.list", &Api::inbox_list},
      {"inbox.show", &Api::inbox_show},
      {"inbox.export", &Api::inbox_export},
      {"inbox.release", &Api::inbox_release},
      {"inbox.collect", &Api::inbox_collect},
      {"inbox.settle", &Api::inbox_settle},
      {"inbox.assign", &Api::inbox_assign},
      {"inbox.return", &Api::inbox_return},
      {"inbox.answer", &Api::inbox_answer},
      {"inbox.arrived", &Api::inbox_arrived},
      {"inbox.correct", &Api::inbox_correct},
      {"inbox.add", &Api::inbox_add},
      {"due", &Api::due},
      {"urge", &Api::urge},
      {"submission", &Api::submission},
      {"attach", &Api::attach},
      {"inbox.attachment", &Api::inbox_attachment},
      {"report.status", &Api::report_status},
      {"report.send", &Api::report_send},
      {"exchange.run", &Api::exchange_run},
      {"exchange.score", &Api::exchange_score_of},
      {"keys.retire", &Api::keys_retire},
      {"media.export", &Api::media_export},
      {"media.import", &Api::media_import},
      {"media.list", &Api::media_list},
      {"overview", &Api::overview},
      {"rates", &Api::rates},
      {"network", &Api::network},
      {"offices", &Api::offices},
      {"audit.list", &Api::audit_list},
      {"audit.note", &Api::audit_note},
      {"queue.census", &Api::queue_census},
      {"queue.envelopes", &Api::queue_envelopes},
      {"queue.peek", &Api::queue_peek},
      {"queue.hold", &Api::queue_hold},
      {"queue.release", &Api::queue_release},
      {"queue.requeue", &Api::queue_requeue},
      {"queue.expire", &Api::queue_expire},
      {"queue.list", &Api::queue_list},
      {"queue.show", &Api::queue_show},
      {"links", &Api::links},
      {"trace", &Api::trace},
      {"month.status", &Api::month_status},
      {"month.close", &Api::month_close},
      {"month.manifests", &Api::month_manifests},
      {"month.bulletin", &Api::month_bulletin},
      {"ledger", &Api::ledger},
      {"custody", &Api::custody},
      {"evidence.export", &Api::evidence_export},
      {"audit.verify", &Api::audit_verify},
      {"bench.submit", &Api::bench_submit}};
  return kHandlers;
}

void Api::serve(std::size_t max) {
  for (adapters::ApiCall& arrived : server_.poll(max)) {
    Call call{std::move(arrived.client), std::move(arrived.request)};
    const auto handler = handlers().find(call.request.command);
    const auto outcome_of = [&]() -> Outcome {
      if (handler == handlers().end())
        return refused("command: this daemon knows no \"" + call.request.command + "\"");
      return (this->*handler->second)(call);
    };
    Outcome outcome = guarded<std::optional<json>>(outcome_of);
    if (!outcome)
      answer(call, std::unexpected(std::move(outcome).error()), true);
    else if (*outcome)
      answer(call, std::move(**outcome), true);
  }
}

void Api::answer(const Call& call, Result<json> result, bool final) {
  answer_text(
      call,
      result ? Result<std::string>(result->dump(-1, ' ', false, json::error_handler_t::replace))
             : std::unexpected(std::move(result).error()),
      final);
}

Api::Outcome Api::look(const Call& call, Looks::Draw draw, std::function<void()> seen) {
  Call kept{call.client, {call.request.id, call.request.command, {}, {}}};
  looks_.ask(std::move(draw),
             [this, kept = std::move(kept), seen = std::move(seen)](Result<std::string> text) {
               if (seen) seen();
               answer_text(kept, std::move(text), true);
             });
  return later();
}

void Api::answer_text(const Call& call, Result<std::string> result, bool final) {
  if (result && result->size() + kAnswerHead > kApiBytesMax)
    result = fail(ErrorCode::kFull, "the answer is too long: name a period, or a limit");
  ApiReply reply;
  reply.id = call.request.id;
  reply.final = final;
  reply.ok = result.has_value();
  if (result) {
    reply.json = std::move(*result);
  } else {
    reply.code = result.error().code;
    reply.text = result.error().text;
  }
  server_.reply(call.client, reply);
}

Answer Api::answerer(const Call& call) {
  Call kept{call.client, {call.request.id, call.request.command, call.request.options, {}}};
  return [this, kept](Result<json> result, bool final) { answer(kept, std::move(result), final); };
}

Api::Outcome Api::status(const Call&) {
  return now_or_error(status_json());
}

Result<json> Api::status_json() {
  const Now now = engine_.now();
  const broker::Room& room = engine_.broker().room();
  json rooms;
  for (int i = 1; i < static_cast<int>(broker::Quota::kCount); ++i) {
    const auto quota = static_cast<broker::Quota>(i);
    rooms[std::string(quota_name(quota))] = {{"used_bytes", room.used(quota)},
                                             {"limit_bytes", room.limit(quota)}};
  }
  XJ_TRY(const auto used, engine_.store().used_bytes());
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(json restored, restored_view(*txn, engine_.broker()));
  return json({{"office", to_text(engine_.broker().self())},
               {"name", name_of_office(engine_.directory(), engine_.broker().self())},
               {"directory_version", engine_.directory().header().version},
               {"directory", engine_.directory_status()},
               {"rehearsal", engine_.directory().header().rehearsal},
               {"route_digest", to_hex(engine_.broker().snapshot().route_digest)},
               {"epoch", to_hex(Encoder().u64(engine_.broker().epoch()).bytes())},
               {"boot", engine_.broker().boot()},
               {"restored", std::move(restored)},
               {"clones", clones_view(engine_.broker())},
               {"time", to_text(now.wall)},
               {"time_trusted", now.wall_trusted},
               {"clock", clock_view(now)},
               {"store", {{"used_bytes", used}, {"map_bytes", engine_.store().map_bytes()}}},
               {"room", rooms},
               {"counters", engine_.counters()}});
}

Result<std::optional<Period>> Api::Call::period() const {
  const std::string text = option("period");
  if (text.empty()) return std::optional<Period>{};
  const auto period = Period::parse(text);
  if (!period) return refused("period: a month such as 2026-12 expected");
  return period;
}

Result<std::optional<Kind>> Api::Call::kind() const {
  const std::string text = option("kind");
  if (text.empty()) return std::optional<Kind>{};
  const auto kind = from_word<Kind>(text);
  if (!kind) return refused("kind: \"" + text + "\" is none; `xianjie kinds` lists them");
  return kind;
}

Api::Outcome Api::submit(const Call& call) {
  SubmissionRequest request;
  XJ_TRY(const auto kind, call.kind());
  if (!kind) return refused("kind: missing");
  request.kind = *kind;
  XJ_TRY(const auto period, call.period());
  request.period = period.value_or(Period{});
  request.submission = call.option("submission");
  if (request.submission.size() > 200) return refused("submission: at most 200 characters");
  request.file = call.request.body;
  request.freezes = engine_.freezes();
  XJ_TRY(request.attachments, announced_attachments(call.option("attachments")));
  XJ_TRY(auto submission,
         Submission::begin(request, engine_.keys(), engine_.directory(), engine_.now().wall));
  auto rows = read_handed_in(call.request.body, submission->file_of());
  if (rows)
    submission->set_rows(std::move(*rows));
  else
    submission->refuse_whole(std::move(rows).error());
  log(LogEvent::kSubmission,
      "kind=" + call.option("kind") + " rows=" + std::to_string(submission->file_rows()));
  jobs_.add(submission_job(std::move(submission), answerer(call)));
  return later();
}

Api::Outcome Api::queue_list(const Call& call) {
  return look(call, [self = engine_.broker().self(), now = engine_.now()](broker::ReadTxn& txn) {
    return queue_view(txn, self, now);
  });
}

Api::Outcome Api::queue_show(const Call& call) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), call.option("id")));
  return now_or_error(envelope_view(*txn, key, engine_.now()));
}

Api::Outcome Api::links(const Call&) {
  return std::optional<json>(links_view(engine_.broker(), engine_.now()));
}

Api::Outcome Api::trace(const Call& call) {
  const auto opened = std::make_shared<std::string>();
  return look(
      call,
      [id = call.option("id"), scene = engine_.scene(), &archive = engine_.archive(),
       &looks = looks_, opened](broker::ReadTxn& txn) {
        return trace_view(txn, id, scene, archive, looks, *opened);
      },
      [this, opened, by = under_account(call)] {
        if (!opened->empty()) engine_.post(broker::Audit{*opened + by});
      });
}

Api::Outcome Api::ledger(const Call& call) {
  XJ_TRY(const auto period, call.period());
  return look(call, [period](broker::ReadTxn& txn) { return ledger_view(txn, period); });
}

Api::Outcome Api::custody(const Call& call) {
  return look(call, [](broker::ReadTxn& txn) { return custody_view(txn); });
}

Api::Outcome Api::bench_submit(const Call& call) {
  if (!engine_.directory().header().rehearsal)
    return refused("bench: only in a directory marked rehearsal");
  BenchRequest request;
  const auto destination = OfficeId::parse(call.option("destination"));
  const auto kind = from_word<Kind>(call.option("kind"));
  if (!destination || !kind) return refused("bench: destination and kind are needed");
  request.destination = *destination;
  request.kind = *kind;
  request.count = std::strtoull(call.option("count").c_str(), nullptr, 10);
  request.bytes = std::strtoull(call.option("bytes").c_str(), nullptr, 10);
  if (request.bytes > kPayloadBytesMax)
    return refused("bytes: at most " + std::to_string(kPayloadBytesMax));
  const std::string listed = call.option("readers");
  std::string_view readers = listed;
  while (!readers.empty()) {
    const std::size_t end = std::min(readers.find(','), readers.size());
    const auto reader = OfficeId::parse(readers.substr(0, end));
    if (!reader) return refused("readers: office ids with commas between expected");
    request.readers.push_back(*reader);
    readers.remove_prefix(std::min(end + 1, readers.size()));
  }
  jobs_.add(bench_job(std::move(request), answerer(call)));
  return later();
}

}  // namespace xianjie::node
