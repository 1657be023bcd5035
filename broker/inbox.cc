// The destination's application and its inbox. Every act may be repeated: the second time changes
// nothing and answers like the first.
#include "broker/broker.h"

namespace xianjie::broker {

namespace {

// What a restored store keeps back nobody may act on yet.
std::unexpected<Error> kept_back() {
  return fail(ErrorCode::kRetry,
              "reconciling: a backup was restored here, and this item's origin has not said yet "
              "what became of it");
}

}  // namespace

// The outer Result is the store's, the inner one the answer.
Result<Result<>> Broker::settle(Turn& turn, const EnvelopeKey& key, std::uint8_t outcome) {
  XJ_TRY(auto row, state(turn, key));
  if (!row || row->inbox_seq == 0)
    return Result<>(fail(ErrorCode::kNotFound, "not_found: no such item in the inbox"));
  if (row->place == Place::kSettled) return Result<>{};
  if (row->place != Place::kInbox)
    return Result<>(
        refused("copy: a path copy is read, never settled; its destination settles it"));
  row->place = Place::kSettled;
  row->changed = turn.now.wall;
  XJ_TRY(const auto value, turn.txn.get(Table::kInbox, seq_key(row->inbox_seq)));
  if (value) {
    XJ_TRY(InboxRow inbox, decode_inbox_row(*value));
    inbox.settled = true;
    inbox.outcome = outcome;
    XJ_TRY_VOID(turn.txn.put(Table::kInbox, seq_key(row->inbox_seq), encode(inbox)));
  }
  audit(turn, "settled", name_of(key));
  add_receipt(turn, key, *row);
  XJ_TRY_VOID(put_state(turn, key, *row));
  return Result<>{};
}

// Empty where this office has it in no inbox.
Result<std::optional<InboxRow>> Broker::inbox_row(Turn& turn, const EnvelopeKey& key) {
  XJ_TRY(const auto row, state(turn, key));
  if (!row || row->inbox_seq == 0) return std::optional<InboxRow>{};
  XJ_TRY(const auto value, turn.txn.get(Table::kInbox, seq_key(row->inbox_seq)));
  if (!value) return std::optional<InboxRow>{};
  XJ_TRY(auto inbox, decode_inbox_row(*value));
  return std::optional<InboxRow>(std::move(inbox));
}

Result<> Broker::set_continued(Turn& turn, const EnvelopeKey& key, const EnvelopeId& by) {
  XJ_TRY(const auto row, state(turn, key));
  XJ_TRY(auto inbox, inbox_row(turn, key));
  if (!row || !inbox) return {};
  inbox->continued_by = by;
  return turn.txn.put(Table::kInbox, seq_key(row->inbox_seq), encode(*inbox));
}

Result<> Broker::on(Turn& turn, Settle& event) {
  XJ_TRY(const auto before, state(turn, event.key));
  XJ_TRY(const auto inbox, inbox_row(turn, event.key));
  const bool first = before && before->place == Place::kInbox;
  XJ_TRY(const bool kept, is_kept_back(turn.txn, event.key));
  Result<> settled;
  if (kept) {
    settled = kept_back();
  } else if (first && inbox && inbox->continued_by.is_set()) {
    settled = refused("continued: it went on as " + to_text(inbox->continued_by) +
                      ", whose end settles it");
  } else {
    XJ_TRY(settled, settle(turn, event.key, event.outcome));
  }
  if (settled && first && event.answer) {
    LedgerRow ledger;
    ledger.in_reply_to = event.key.id;
    XJ_TRY_VOID(accept_order(turn, *event.answer, ledger));
    for (const Hash& hash : event.remembered)
      XJ_TRY_VOID(turn.txn.put(Table::kPersons, hash, event.key.id.bytes));
  }
  turn.effects.replies.push_back({event.token, std::move(settled), {}, 0});
  return {};
}

Result<> Broker::on(Turn& turn, Continue& event) {
  Reply reply;
  reply.token = event.token;
  XJ_TRY(const auto row, state(turn, event.key));
  XJ_TRY(const auto inbox, inbox_row(turn, event.key));
  XJ_TRY(const bool kept, is_kept_back(turn.txn, event.key));
  if (kept) {
    reply.result = kept_back();
  } else if (!row || !inbox) {
    reply.result = fail(ErrorCode::kNotFound, "not_found: no such item in the inbox");
  } else if (row->place == Place::kSettled) {
    reply.result = refused("settled: it is done here already");
  } else if (row->place != Place::kInbox) {
    reply.result = refused("copy: a path copy is read, never passed on; its destination decides");
  } else if (inbox->continued_by.is_set()) {
    reply.result = refused("continued: it went on already, as " + to_text(inbox->continued_by));
  } else {
    LedgerRow ledger;
    ledger.continues = event.key;
    const EnvelopeId by = event.order.main.header.id;
    XJ_TRY_VOID(set_continued(turn, event.key, by));
    XJ_TRY_VOID(accept_order(turn, event.order, ledger));
    audit(turn, "continued", name_of(event.key) + " by=" + to_text(by));
  }
  turn.effects.replies.push_back(std::move(reply));
  return {};
}

Result<> Broker::on(Turn& turn, const NotePerson& event) {
  XJ_TRY(const auto row, state(turn, event.key));
  XJ_TRY(auto inbox, inbox_row(turn, event.key));
  if (!row || !inbox || inbox->copy) return {};
  inbox->looked = true;
  inbox->person = event.person;
  inbox->first = event.first;
  return turn.txn.put(Table::kInbox, seq_key(row->inbox_seq), encode(*inbox));
}

Result<> Broker::on(Turn& turn, const Collect& event) {
  Reply reply;
  reply.token = event.token;
  XJ_TRY(auto row, state(turn, event.key));
  XJ_TRY(const bool kept, is_kept_back(turn.txn, event.key));
  if (kept) {
    reply.result = kept_back();
  } else if (!row || row->inbox_seq == 0) {
    reply.result = fail(ErrorCode::kNotFound, "not_found: no such item in the inbox");
  } else if (row->place != Place::kInbox && row->place != Place::kSettled) {
    reply.result =
        refused("copy: a path copy is read, never collected; its destination collects it");
  } else if (row->place == Place::kInbox && !row->collected) {
    row->collected = true;
    row->changed = turn.now.wall;
    audit(turn, "collected",
          name_of(event.key) + (event.clerk.empty() ? "" : " by=" + event.clerk));
    add_receipt(turn, event.key, *row);
    XJ_TRY_VOID(put_state(turn, event.key, *row));
  }
  turn.effects.replies.push_back(std::move(reply));
  return {};
}

Result<> Broker::on(Turn& turn, NoteOutcome& event) {
  XJ_TRY(auto row, ledger(turn, event.notice));
  // Only the notice's own destination may say what it found.
  if (row && row->is_answered_by(event.result.origin)) {
    row->outcome = event.outcome;
    row->result = event.result;
    row->checked_by = event.checked_by.is_set() ? event.checked_by : event.result.origin;
    XJ_TRY_VOID(put_ledger(turn, event.notice, *row));
    if (row->continues.id.is_set()) {
      XJ_TRY(const auto before, state(turn, row->continues));
      const bool waits = before && before->place == Place::kInbox;
      XJ_TRY(const auto settled, settle(turn, row->continues, event.outcome));
      if (settled && waits && event.answer) {
        LedgerRow answer;
        answer.in_reply_to = row->continues.id;
        XJ_TRY_VOID(accept_order(turn, *event.answer, answer));
      }
    }
  } else {
    audit(turn, "outcome_refused", "id=" + to_text(event.notice));
  }
  XJ_TRY(const auto settled, settle(turn, event.result));
  (void)settled;
  return {};
}

}  // namespace xianjie::broker
