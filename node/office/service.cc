#include "node/office/service.h"

#include "crypto/hash.h"
#include "node/office/answers.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using broker::EnvelopeKey;
using broker::Table;

Served done(bool opened, std::optional<Act> act = {}) {
  return {opened, std::move(act)};
}

Result<Served> note_outcome(broker::ReadTxn& txn, const EnvelopeKey& key,
                            const ServiceContext& context) {
  XJ_TRY(const Item item, load_item(txn, key));
  XJ_TRY(const Payload payload, open_item(item, context.keys));
  if (std::holds_alternative<FormPayload>(payload)) return Served{};  // for a person to read
  const auto* result = std::get_if<CheckResultPayload>(&payload);
  if (result == nullptr || result->notice != item.header.in_reply_to)
    return corrupt("outcome_unreadable: no check result for what it answers");
  Act act;
  broker::NoteOutcome note{key, result->notice, static_cast<std::uint8_t>(result->outcome)};
  note.checked_by = result->checked_by;
  XJ_TRY(const auto value, txn.get(Table::kLedger, broker::ledger_key(result->notice)));
  if (value) {
    XJ_TRY(const auto ledger, broker::decode_ledger_row(*value));
    if (ledger.continues.id.is_set() && ledger.is_answered_by(key.origin)) {
      XJ_TRY(const Item before, load_item(txn, ledger.continues));
      const OfficeId by = result->checked_by.is_set() ? result->checked_by : key.origin;
      XJ_TRY(act.order,
             check_result_order(before, {result->outcome, by, result->steps, result->remarks}));
    }
  }
  act.event = std::move(note);
  return done(true, std::move(act));
}

// Keeps nothing of the person but a hash under this office's own key.
Result<Served> note_person(broker::ReadTxn& txn, const EnvelopeKey& key,
                           const ServiceContext& context) {
  XJ_TRY(const Item item, load_item(txn, key));
  if (item.state.place != broker::Place::kInbox) return Served{};  // settled meanwhile
  XJ_TRY(const OpenedNotice opened, open_notice(item, context.keys, context.snapshot));
  broker::NotePerson event{key, {}, opened.first_header.origin};
  if (!opened.notice.id_number.empty())
    event.person = crypto::keyed_hash(
        context.keys.local_key(), {as_bytes("XJ1/same-person"), as_bytes(opened.notice.id_number)});
  return done(true, Act{event, {}});
}

Result<Served> distribute(broker::ReadTxn& txn, const EnvelopeKey& key,
                          const ServiceContext& context) {
  XJ_TRY(const Item item, load_item(txn, key));
  XJ_TRY(const OpenedNotice opened, open_notice(item, context.keys, context.snapshot));
  XJ_TRY(auto order, distribute_order(item, opened, context.snapshot.directory, context.now));
  if (!order) return done(true);  // stays in the inbox: a person decides
  broker::Continue event;
  event.key = key;
  return done(true, Act{std::move(event), std::move(order)});
}

// An answer to what this office had passed on goes to whoever asked; to what it asked itself, it
// stays for a clerk to read.
Result<Served> forward_answer(broker::ReadTxn& txn, const EnvelopeKey& key,
                              const ServiceContext& context) {
  XJ_TRY(const Item item, load_item(txn, key));
  const EnvelopeId& asked = item.header.in_reply_to;
  XJ_TRY(const auto value, txn.get(Table::kLedger, broker::ledger_key(asked)));
  if (!value) return Served{};
  XJ_TRY(const auto ledger, broker::decode_ledger_row(*value));
  if (!ledger.continues.id.is_set() || !ledger.is_answered_by(key.origin)) return Served{};
  XJ_TRY(const Item before, load_item(txn, ledger.continues));
  XJ_TRY(const Payload payload, open_item(item, context.keys));
  return done(true,
              Act{broker::NoteOutcome{key, asked}, forwarded_answer(before, item.header, payload)});
}

Result<Served> take_records(broker::ReadTxn& txn, const EnvelopeKey& key,
                            const ServiceContext& context) {
  XJ_TRY(const Item item, load_item(txn, key));
  XJ_TRY(const Payload payload, open_item(item, context.keys));
  const auto* batch = std::get_if<FormPayload>(&payload);
  if (batch == nullptr) return corrupt("records: there is no form in it");
  const IsKnown is_known = [&](const Hash& record) -> Result<bool> {
    XJ_TRY(const auto row, txn.get(Table::kPersons, record));
    return row.has_value();
  };
  XJ_TRY(RecordsChecked checked, check_records(item, *batch, context.keys, is_known, context.now));
  broker::Settle settle;
  settle.key = key;
  settle.remembered = std::move(checked.remembered);
  return done(true, Act{std::move(settle), std::move(checked.answer)});
}

// Empty: it stays here, for this office's own services and clerks.
Result<std::optional<Served>> follow(broker::ReadTxn& txn, const EnvelopeKey& key,
                                     const ServiceContext& context) {
  XJ_TRY(const Item item, load_item(txn, key));
  const OfficeId self = context.keys.office();
  const auto to = follows_to(item, context.snapshot.directory, self);
  if (!to) return std::optional<Served>{};
  if (item.state.place != broker::Place::kInbox) return std::optional(Served{});
  XJ_TRY(const OpenedItem opened, open_first(item, context.keys, context.snapshot));
  XJ_TRY(auto order, follow_order(item, opened, self, *to, context.now));
  broker::Continue event;
  event.key = key;
  return std::optional(done(true, Act{std::move(event), std::move(order)}));
}

}  // namespace

Result<std::vector<broker::Delivered>> items_to_follow(broker::ReadTxn& txn,
                                                       const ServiceContext& context) {
  const OfficeId self = context.keys.office();
  const bool ended = context.snapshot.directory.has_ended(self);
  std::vector<broker::Delivered> out;
  XJ_TRY_VOID(txn.scan(broker::Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto inbox = broker::decode_inbox_row(row.value);
    if (!inbox || inbox->copy || inbox->settled || inbox->continued_by.is_set()) return true;
    const auto value = txn.get(broker::Table::kSeen, broker::seen_key(inbox->key));
    const auto state = value && *value ? broker::decode_state_row(**value) : corrupt("");
    if (state && (ended || state->destination != self))
      out.push_back({inbox->key, inbox->kind, true});
    return true;
  }));
  return out;
}

broker::Event complete(Act act, std::optional<broker::PreparedOrder> sealed) {
  XJ_CHECK(act.order.has_value() == sealed.has_value());
  if (auto* note = std::get_if<broker::NoteOutcome>(&act.event)) note->answer = std::move(sealed);
  if (auto* settle = std::get_if<broker::Settle>(&act.event)) settle->answer = std::move(sealed);
  if (auto* next = std::get_if<broker::Continue>(&act.event)) next->order = std::move(*sealed);
  return std::visit([](auto&& event) { return broker::Event(std::move(event)); },
                    std::move(act.event));
}

bool served_here(OfficeId self, Kind kind) {
  return looks_for_persons(self, kind) || kind == Kind::kCheckResult ||
         kind == Kind::kUnlinkedReturn || kind == Kind::kRecordBatch ||
         routing::kind_row(kind).goes == routing::Goes::kToRequester;
}

bool waits_for_service(const broker::InboxRow& row) {
  return !row.copy && !row.settled && !row.continued_by.is_set() && !row.looked;
}

Result<Served> serve(broker::ReadTxn& txn, const broker::Delivered& item,
                     const ServiceContext& context) {
  if (item.passes_on) {
    XJ_TRY(auto followed, follow(txn, item.key, context));
    if (followed) return std::move(*followed);
    if (!served_here(context.keys.office(), item.kind)) return Served{};
  }
  switch (item.kind) {
    case Kind::kCheckResult:
      return note_outcome(txn, item.key, context);
    case Kind::kUnlinkedReturn:
      return distribute(txn, item.key, context);
    case Kind::kRecordBatch:
      return take_records(txn, item.key, context);
    default:
      return looks_for_persons(context.keys.office(), item.kind)
                 ? note_person(txn, item.key, context)
                 : forward_answer(txn, item.key, context);
  }
}

}  // namespace xianjie::node
