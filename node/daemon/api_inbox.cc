// The inbox commands of the local API: look, sign for, settle, assign, return.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "adapters/csv.h"
#include "node/daemon/api.h"
#include "node/office/answers.h"
#include "node/office/duplicates.h"
#include "node/office/form_rows.h"
#include "node/office/views.h"
#include "schemas/text.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr std::size_t kInboxItemsPerPage = 1000;

// A notice's columns, or those of another kind's forms.
std::vector<std::string> export_columns(std::optional<Kind> kind) {
  std::vector<std::string> out{"id", "origin", "kind", "period", "state"};
  if (kind && !carries_notice(*kind)) {
    out.emplace_back("form");
    for (const FileColumn& column : file_columns(*kind)) out.emplace_back(column.word);
    return out;
  }
  for (const char* name :
       {"name", "sex", "id_number", "registration_code", "registration_address", "release_date",
        "release_type", "risk", "focus", "identity_doubtful", "remarks"})
    out.emplace_back(name);
  return out;
}

bool is_account(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-@").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, plain);
}

}  // namespace

std::string Api::under_account(const Call& call) {
  const std::string account = call.option("operator");
  return is_account(account) ? " operator=" + account : "";
}

void Api::note_opened(const Call& call, const EnvelopeId& id, std::string_view by) {
  engine_.post(
      broker::Audit{"opened id=" + to_text(id) + " by=" + std::string(by) + under_account(call)});
}

Result<InboxFilter> Api::Call::inbox_filter() const {
  InboxFilter filter;
  XJ_TRY(filter.kind, kind());
  XJ_TRY(filter.period, period());
  const std::string& state = option("state");
  if (!state.empty() && state != "collected" && state != "settled")
    return refused("state: collected or settled expected");
  filter.collected_only = state == "collected";
  filter.settled_only = state == "settled";
  filter.settled_too = flag("all") || filter.settled_only;
  filter.notices = !flag("other");
  filter.copies = flag("copies");
  filter.items = !filter.copies || option("copies") == "with";
  if (!option("id").empty()) {
    const auto id = EnvelopeId::parse(option("id"));
    if (!id) return refused("id: 32 hex digits expected");
    filter.id = *id;
  }
  filter.after = option("after");
  XJ_TRY(filter.limit, number("limit", filter.limit, kInboxItemsPerPage));
  return filter;
}

Api::Outcome Api::inbox_list(const Call& call) {
  XJ_TRY(const auto filter, call.inbox_filter());
  return look(
      call,
      [filter, &watch = watch_, age = call.age(Age::kNow)](broker::ReadTxn& txn) -> Result<json> {
        XJ_TRY(const auto duplicates, watch.duplicates(txn, age));
        return inbox_view(txn, filter, *duplicates);
      });
}

Api::Outcome Api::inbox_show(const Call& call) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), call.option("id")));
  XJ_TRY(const Item item, load_whole_item(*txn, key));
  XJ_TRY(Payload payload, open_item(item, engine_.keys()));
  note_opened(call, key.id, "show");
  XJ_TRY(json view, envelope_view(*txn, key, engine_.now()));
  if (std::holds_alternative<ContinuationPayload>(payload)) {
    XJ_TRY(OpenedItem opened, open_first(item, engine_.keys(), engine_.broker().snapshot()));
    view["first"] = {{"origin", to_text(opened.first_header.origin)},
                     {"id", to_text(opened.first_header.id)}};
    view["steps"] = steps_view(opened.steps);
    payload = std::move(opened.payload);
  }
  view["payload"] = payload_view(payload);
  XJ_TRY(const auto duplicates, possible_duplicates(*txn));
  view["possible_duplicate_of"] = duplicates_view(duplicates, key);
  if (carries_notice(item.header.kind)) {
    XJ_TRY(view["corrections"], corrections_of(*txn, key.id));
    if (const auto* notice = std::get_if<NoticePayload>(&payload)) {
      XJ_TRY(view["attachments"], attachments_view(*txn, item, *notice, engine_.keys()));
    }
  }
  return std::optional<json>(std::move(view));
}

Api::Outcome Api::inbox_export(const Call& call) {
  XJ_TRY(const auto filter, call.inbox_filter());
  if (filter.kind == Kind::kAttachment)
    return refused("kind: attachments are files: `inbox show ID --attachments DIR` takes them out");
  const std::vector<std::string> columns = export_columns(filter.kind);
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto duplicates, possible_duplicates(*txn));
  XJ_TRY(const json list, inbox_view(*txn, filter, duplicates));
  std::string csv = "\xEF\xBB\xBF" + adapters::csv_line(columns);
  std::size_t exported = 0, unreadable = 0;
  for (const json& entry : list["items"]) {
    XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), entry["id"].get<std::string>()));
    const auto item = load_item(*txn, key);
    if (item && !filter.kind && !carries_notice(item->header.kind)) continue;
    auto opened = item ? open_first(*item, engine_.keys(), engine_.broker().snapshot())
                       : std::unexpected(item.error());
    if (!opened) {
      ++unreadable;
      continue;
    }
    json row = payload_view(opened->payload);
    row.update(entry);
    std::vector<std::string> cells;
    for (const std::string& column : columns) {
      const json& cell = row[column];
      cells.push_back(cell.is_boolean()  ? (cell.get<bool>() ? "是" : "否")
                      : cell.is_string() ? cell.get<std::string>()
                                         : "");
    }
    csv += adapters::csv_line(cells);
    note_opened(call, key.id, "export");
    ++exported;
  }
  ApiReply reply;
  reply.id = call.request.id;
  reply.ok = true;
  reply.json = json({{"exported", exported}, {"unreadable", unreadable}}).dump();
  reply.body = to_bytes(as_bytes(csv));
  server_.reply(call.client, reply);
  return later();
}

Api::Outcome Api::inbox_collect(const Call& call) {
  broker::Collect collect;
  collect.clerk = call.option("clerk");
  if (!is_account(collect.clerk))
    return refused("clerk: an account name of letters, digits and . _ - @ signs for it");
  {
    XJ_TRY(const auto txn, engine_.read());
    XJ_TRY(collect.key, find_key(*txn, engine_.broker().self(), call.option("id")));
  }
  engine_.post(collect, tell_when_done(call, {{"id", call.option("id")},
                                              {"state", "collected"},
                                              {"clerk", collect.clerk}}));
  return later();
}

Api::Outcome Api::inbox_settle(const Call& call) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), call.option("id")));
  XJ_TRY(const Item item, load_item(*txn, key));
  const std::string word = call.option("outcome");
  const bool is_copy = item.header.copy_of.is_set();
  Finish finish;
  finish.key = key;
  finish.answer = {{"id", call.option("id")}, {"state", "settled"}, {"outcome", word}};
  if (is_copy && !word.empty()) return refused("outcome: a copy is settled without one");
  if (!is_copy && carries_notice(item.header.kind)) {
    const auto outcome = check_outcome_from_word(word);
    XJ_TRY_VOID(may_check(engine_.broker().self().type(), item.header.kind, outcome));
    if (item.state.place == broker::Place::kInbox) {
      XJ_TRY(const OpenedNotice opened,
             open_notice(item, engine_.keys(), engine_.broker().snapshot()));
      note_opened(call, key.id, "settle");
      Check check{*outcome, {}, opened.steps, call.option("measures")};
      if (outcome == CheckOutcome::kOwnArea && is_high_risk(opened.notice) && check.remarks.empty())
        return refused(
            "measures: a person of high risk is settled with the measures taken for the hand-over "
            "(--measures)");
      if (!is_utf8(check.remarks) || check.remarks.size() > kTextBytesMax)
        return refused("measures: at most " + std::to_string(kTextBytesMax) + " bytes of UTF-8");
      finish.outcome = static_cast<std::uint8_t>(*outcome);
      XJ_TRY(auto order, check_result_order(item, std::move(check)));
      finish.orders.push_back(std::move(order));
    }
  }
  return with_batch_number(call, std::move(finish), &Api::settle_now);
}

Api::Outcome Api::inbox_assign(const Call& call) {
  const auto to = OfficeId::parse(call.option("to"));
  if (!to) return refused("to: an office id such as township:610802001 expected");
  return pass_on(call, [&](const Item& item, const OpenedItem& opened) {
    return assign_order(item, opened, *to, call.option("reason"), engine_.directory(),
                        engine_.now().wall);
  });
}

Api::Outcome Api::inbox_return(const Call& call) {
  const auto reason = from_word<ReturnReason>(call.option("reason"));
  if (!reason) return refused("reason: not-ours, not-found, false-identity or found expected");
  return pass_on(call, [&](const Item& item, const OpenedItem& opened) -> Result<broker::Order> {
    if (!carries_notice(item.header.kind)) return refused("kind: only notices are returned");
    return return_order(item, opened, {*reason, call.option("code"), call.option("remarks")},
                        engine_.directory(), engine_.now().wall);
  });
}

Api::Outcome Api::pass_on(const Call& call, const OrderOf& order_of) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), call.option("id")));
  XJ_TRY(const Item item, load_item(*txn, key));
  if (item.header.destination != engine_.broker().self() || item.header.copy_of.is_set())
    return refused("copy: it is read here, never passed on; its destination decides");
  if (item.state.place == broker::Place::kSettled)
    return refused("settled: it is done here already");
  if (!carries_notice(item.header.kind) && item.header.kind != Kind::kWorkOrder)
    return refused("kind: only notices and work orders are passed on");
  XJ_TRY(const OpenedItem opened, open_first(item, engine_.keys(), engine_.broker().snapshot()));
  XJ_TRY(broker::Order order, order_of(item, opened));
  note_opened(call, key.id, "desk");
  Finish finish;
  finish.key = key;
  finish.answer = {{"id", call.option("id")},
                   {"state", "continued"},
                   {"to", to_text(order.destination)},
                   {"kind", std::string(to_word(order.kind))}};
  finish.orders.push_back(std::move(order));
  return with_batch_number(call, std::move(finish), &Api::continue_now);
}

// The lease of batch numbers comes with the next turn, where it has run out.
Api::Outcome Api::with_batch_number(const Call& call, Finish finish, Finisher finisher) {
  if (finish.orders.empty() || engine_.batch_number_ready()) {
    (this->*finisher)(call, std::move(finish));
  } else {
    engine_.post(broker::Lease{}, [this, call, finish, finisher](broker::Reply&) {
      (this->*finisher)(call, finish);
    });
  }
  return later();
}

void Api::settle_now(const Call& call, Finish finish) {
  broker::Settle settle;
  settle.key = finish.key;
  settle.outcome = finish.outcome;
  if (!finish.orders.empty()) {
    auto prepared = engine_.prepare_one(std::move(finish.orders.front()));
    if (!prepared) return answer(call, std::unexpected(prepared.error()), true);
    settle.answer = std::move(*prepared);
  }
  engine_.post(std::move(settle), tell_when_done(call, std::move(finish.answer)));
}

void Api::continue_now(const Call& call, Finish finish) {
  broker::Continue event;
  event.key = finish.key;
  auto prepared = engine_.prepare_one(std::move(finish.orders.front()));
  if (!prepared) return answer(call, std::unexpected(prepared.error()), true);
  event.order = std::move(*prepared);
  finish.answer["continued_by"] = to_text(event.order.main.header.id);
  engine_.post(std::move(event), tell_when_done(call, std::move(finish.answer)));
}

// What a restored store keeps back is handed out without waiting for its origins any longer.
Api::Outcome Api::inbox_release(const Call& call) {
  engine_.post(broker::HandOut{}, [this, kept = answerer(call)](broker::Reply& reply) {
    kept(json{{"released", reply.first}}, true);
  });
  return later();
}

Engine::OnReply Api::tell_when_done(const Call& call, json done) {
  return [tell = answerer(call), done = std::move(done)](broker::Reply& reply) {
    if (reply.result)
      tell(done, true);
    else
      tell(std::unexpected(reply.result.error()), true);
  };
}

}  // namespace xianjie::node
