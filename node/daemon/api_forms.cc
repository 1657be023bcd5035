// The local API's commands around forms: answer, report an arrival, correct, add; what is owed, and
// what became of a submission.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "node/daemon/api.h"
#include "node/office/forms.h"
#include "routing/kinds.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr std::string_view kFieldPrefix = "field.";

Result<broker::InboxRow> inbox_row_of(broker::ReadTxn& txn, const Item& item) {
  XJ_TRY(const auto value, txn.get(broker::Table::kInbox, broker::seq_key(item.state.inbox_seq)));
  if (!value) return fail(ErrorCode::kNotFound, "not_found: no such item in the inbox");
  return broker::decode_inbox_row(*value);
}

}  // namespace

Fields Api::Call::fields() const {
  Fields out;
  for (const auto& [name, value] : request.options)
    if (name.starts_with(kFieldPrefix)) out[name.substr(kFieldPrefix.size())] = value;
  return out;
}

Api::Outcome Api::inbox_answer(const Call& call) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), call.option("id")));
  XJ_TRY(const Item item, load_item(*txn, key));
  if (item.header.destination != engine_.broker().self())
    return refused("here: this office carries the envelope, its destination answers it");
  if (item.state.place == broker::Place::kSettled)
    return refused("second: it was answered, or settled, already");
  XJ_TRY(const OpenedItem opened, open_first(item, engine_.keys(), engine_.broker().snapshot()));
  Finish finish;
  finish.key = key;
  XJ_TRY(auto order, answer_order(item, opened, call.fields(), engine_.now().wall));
  note_opened(call, key.id, "answer");
  finish.answer = {{"id", call.option("id")},
                   {"state", "settled"},
                   {"to", to_text(order.destination)},
                   {"kind", std::string(to_word(order.kind))}};
  finish.orders.push_back(std::move(order));
  return with_batch_number(call, std::move(finish), &Api::settle_now);
}

Api::Outcome Api::inbox_arrived(const Call& call) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), call.option("id")));
  XJ_TRY(const Item item, load_item(*txn, key));
  XJ_TRY(const auto row, inbox_row_of(*txn, item));
  if (row.copy || !carries_notice(row.kind))
    return refused("kind: arrivals are reported of notices settled here");
  XJ_TRY(const OpenedNotice opened, open_notice(item, engine_.keys(), engine_.broker().snapshot()));
  Finish finish;
  finish.key = key;
  XJ_TRY(auto order, arrival_order(item, row, opened, call.fields(), engine_.now().wall));
  note_opened(call, key.id, "arrived");
  finish.act = act_of("arrival", key.id, engine_.keys());
  XJ_TRY(const auto told,
         txn->get(broker::Table::kSubmissions, broker::submission_key(finish.act, 1)));
  if (told) return refused("second: this person's arrival was reported already");
  finish.answer = {
      {"id", call.option("id")}, {"state", "reported"}, {"to", to_text(order.destination)}};
  finish.orders.push_back(std::move(order));
  return with_batch_number(call, std::move(finish), &Api::submit_now);
}

Api::Outcome Api::inbox_correct(const Call& call) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto key, find_key(*txn, engine_.broker().self(), call.option("id")));
  XJ_TRY(const Item item, load_item(*txn, key));
  if (item.header.destination != engine_.broker().self() || item.header.copy_of.is_set())
    return refused("copy: it is read here; its destination corrects it");
  XJ_TRY(const OpenedNotice opened, open_notice(item, engine_.keys(), engine_.broker().snapshot()));
  Finish finish;
  finish.key = key;
  XJ_TRY(auto order, correction_order(item, opened, call.fields(), engine_.now().wall));
  note_opened(call, key.id, "correct");
  // The same correction twice is one; another one stands beside it.
  finish.act = crypto::keyed_hash(engine_.keys().local_key(),
                                  {as_bytes("XJ1/correction"), key.id.bytes, order.payload});
  finish.answer = {
      {"id", call.option("id")}, {"state", "corrected"}, {"to", to_text(order.destination)}};
  finish.orders.push_back(std::move(order));
  return with_batch_number(call, std::move(finish), &Api::submit_now);
}

Api::Outcome Api::inbox_add(const Call& call) {
  Finish finish;
  XJ_TRY(auto order, addition_order(call.fields(), engine_.broker().self(), engine_.directory(),
                                    engine_.now().wall));
  finish.act =
      crypto::keyed_hash(engine_.keys().local_key(), {as_bytes("XJ1/addition"), order.payload});
  finish.answer = {{"state", "added"}, {"to", to_text(order.destination)}};
  finish.orders.push_back(std::move(order));
  return with_batch_number(call, std::move(finish), &Api::submit_now);
}

void Api::submit_now(const Call& call, Finish finish) {
  auto prepared = engine_.prepare_all(finish.orders);
  if (!prepared) return answer(call, std::unexpected(prepared.error()), true);
  broker::Submit submit;
  submit.submission = finish.act;
  for (broker::PreparedOrder& one : *prepared) {
    broker::SubmitItem item;
    item.row = static_cast<std::uint32_t>(submit.items.size() + 1);
    item.code = finish.code;
    item.order = std::move(one);
    submit.items.push_back(std::move(item));
  }
  engine_.post(std::move(submit), [tell = answerer(call),
                                   done = std::move(finish.answer)](broker::Reply& reply) mutable {
    json envelopes = json::array();
    for (const broker::SubmitAnswer& one : reply.answers) {
      if (!one.outcome) return tell(std::unexpected(one.outcome.error()), true);
      envelopes.push_back(to_text(*one.outcome));
    }
    done["envelope"] = envelopes.front();
    if (envelopes.size() > 1) done["envelopes"] = envelopes;
    tell(done, true);
  });
}

// The township's own copies stay readable beside the original (flow A9).
Result<json> Api::corrections_of(broker::ReadTxn& txn, const EnvelopeId& notice) {
  std::vector<EnvelopeId> ids;
  XJ_TRY_VOID(txn.scan(broker::Table::kLedger, {}, {}, [&](const broker::Row& row) {
    const auto ledger = broker::decode_ledger_row(row.value);
    if (!ledger || ledger->kind != Kind::kCheckResult || ledger->in_reply_to != notice ||
        ledger->submission == Hash{})
      return true;
    EnvelopeId id;
    std::ranges::copy(row.key, id.bytes.begin());
    ids.push_back(id);
    return true;
  }));
  json out = json::array();
  for (const EnvelopeId& id : ids) {
    const auto item = load_item(txn, {engine_.broker().self(), id});
    const auto payload = item ? open_item(*item, engine_.keys()) : std::unexpected(item.error());
    if (!payload) continue;
    out.push_back(payload_view(*payload));
    out.back()["id"] = to_text(id);
    out.back()["time"] = to_text(item->header.created);
  }
  return out;
}

Api::Outcome Api::due(const Call& call) {
  ObligationsShown shown{.overdue_only = call.flag("overdue")};
  XJ_TRY(shown.limit, call.number("limit", shown.limit, 999'999'999));
  const Age age = call.age(Age::kNow);
  return look(
      call,
      [&watch = watch_, scene = engine_.scene(), shown, age](broker::ReadTxn& txn) -> Result<json> {
        XJ_TRY(const auto owed, watch.owed(txn, scene, age));
        return obligations_view(*owed, scene.keys.office(), scene.now.wall, shown);
      });
}

// 催办: an alert to whoever owes the answer, once a day.
Api::Outcome Api::urge(const Call& call) {
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto list, engine_.owed(*txn));
  const auto found = std::ranges::find_if(list, [&](const Obligation& one) {
    return one.key.id.is_set() && to_text(one.key.id) == call.option("id") &&
           one.by != engine_.broker().self();
  });
  if (found == list.end())
    return refused("id: nobody owes this office anything for it; `xianjie due` lists what is owed");
  if (!routing::may_send(Kind::kAlert, engine_.broker().self().type()))
    return refused("sender: alerts are sent by " + routing::senders_text(Kind::kAlert));
  const Form& form = *find_form("alert.urge");
  const std::string text = call.option("text");
  auto payload = fill_form(
      form, [&](const FormField&) -> std::string_view { return text; },
      local_date(engine_.now().wall));
  if (!payload) return refused("text: " + payload.error().reason);
  Finish finish;
  broker::Order order;
  order.kind = Kind::kAlert;
  order.destination = found->by;
  order.in_reply_to = found->key.id;
  order.payload = encode(Payload(std::move(*payload)));
  finish.act =
      act_of("urge " + to_text(local_date(engine_.now().wall)), found->key.id, engine_.keys());
  finish.answer = {{"id", call.option("id")}, {"state", "urged"}, {"to", to_text(found->by)}};
  finish.orders.push_back(std::move(order));
  return with_batch_number(call, std::move(finish), &Api::submit_now);
}

// What became of everything handed in under one id: a notice to a subtree is counted here.
Api::Outcome Api::submission(const Call& call) {
  const std::string wanted = call.option("submission");
  const Hash named = crypto::keyed_hash(engine_.keys().local_key(),
                                        {as_bytes("XJ1/named-submission"), as_bytes(wanted)});
  XJ_TRY(const auto txn, engine_.read());
  json rows = json::array();
  std::map<std::string, std::uint64_t> counts;
  for (const Word& word : words_of(ReceiptType{})) counts[std::string(word.word)] = 0;
  XJ_TRY_VOID(txn->scan(broker::Table::kLedger, {}, {}, [&](const broker::Row& row) {
    const auto ledger = broker::decode_ledger_row(row.value);
    if (!ledger || ledger->copy_of.is_set()) return true;
    if (ledger->submission != named && to_hex(ByteView(ledger->submission).first(16)) != wanted)
      return true;
    EnvelopeId id;
    std::ranges::copy(row.key, id.bytes.begin());
    ++counts[std::string(to_word(ledger->receipt))];
    rows.push_back(ledger_row_view(id, *ledger));
    return true;
  }));
  if (rows.empty())
    return fail(ErrorCode::kNotFound, "not_found: nothing was handed in under this id");
  return std::optional<json>(
      {{"submission", wanted}, {"envelopes", rows.size()}, {"receipts", counts}, {"rows", rows}});
}

}  // namespace xianjie::node
