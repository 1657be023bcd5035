// The destination's application and its inbox. Every act may be repeated: the second time changes
// nothing and answers like the first.
#include "broker/broker.h"

namespace xianjie::broker {

// The outer Result is the store's, the inner one the answer.
Result<Result<>> Broker::settle(Turn& turn, const EnvelopeKey& key) {
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
    XJ_TRY_VOID(turn.txn.put(Table::kInbox, seq_key(row->inbox_seq), encode(inbox)));
  }
  audit(turn, "settled", name_of(key));
  add_receipt(turn, key, *row);
  XJ_TRY_VOID(put_state(turn, key, *row));
  return Result<>{};
}

Result<> Broker::on(Turn& turn, Settle& event) {
  XJ_TRY(const auto before, state(turn, event.key));
  XJ_TRY(auto settled, settle(turn, event.key));
  const bool first = before && before->place == Place::kInbox;
  if (settled && first && event.answer) {
    LedgerRow ledger;
    ledger.in_reply_to = event.key.id;
    XJ_TRY_VOID(accept_order(turn, *event.answer, ledger));
  }
  turn.effects.replies.push_back({event.token, std::move(settled), {}, 0});
  return {};
}

Result<> Broker::on(Turn& turn, const Collect& event) {
  Reply reply;
  reply.token = event.token;
  XJ_TRY(auto row, state(turn, event.key));
  if (!row || row->inbox_seq == 0) {
    reply.result = fail(ErrorCode::kNotFound, "not_found: no such item in the inbox");
  } else if (row->place != Place::kInbox && row->place != Place::kSettled) {
    reply.result =
        refused("copy: a path copy is read, never collected; its destination collects it");
  } else if (row->place == Place::kInbox && !row->collected) {
    row->collected = true;
    row->changed = turn.now.wall;
    audit(turn, "collected", name_of(event.key));
    add_receipt(turn, event.key, *row);
    XJ_TRY_VOID(put_state(turn, event.key, *row));
  }
  turn.effects.replies.push_back(std::move(reply));
  return {};
}

Result<> Broker::on(Turn& turn, const NoteOutcome& event) {
  XJ_TRY(auto row, ledger(turn, event.notice));
  // Only the notice's own destination may say what it found.
  if (row && row->destination == event.result.origin) {
    row->outcome = event.outcome;
    XJ_TRY_VOID(put_ledger(turn, event.notice, *row));
  } else {
    audit(turn, "outcome_refused", "id=" + to_text(event.notice));
  }
  XJ_TRY(const auto settled, settle(turn, event.result));
  (void)settled;
  return {};
}

}  // namespace xianjie::broker
