// The origin keeps (DESIGN section 4): what was submitted, what became of it, when to ask or send
// again.
#include <algorithm>
#include <utility>

#include "broker/broker.h"
#include "crypto/hash.h"
#include "routing/kinds.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kTimersPerTurn = 256;

// Spread over an hour, the same at every attempt, so that a day's resends do not come at one
// moment.
Duration jitter(const EnvelopeId& id) {
  return milliseconds(static_cast<std::int64_t>(crypto::checksum(id.bytes) % 3'600'000U));
}

// How much a receipt weighs: the heavier stays. An origin's own `expired` yields to any word from
// the destination.
int weight(const LedgerRow& row, ReceiptType type) {
  switch (type) {
    case ReceiptType::kAccepted:
      return 0;
    case ReceiptType::kDelivered:
      return 2;
    case ReceiptType::kCollected:
      return 3;
    case ReceiptType::kExpired:
      return row.delivered.is_set() ? 4 : 1;
    default:
      return 4;
  }
}

Bytes encode_answer(const Result<EnvelopeId>& answer) {
  Encoder out;
  if (answer)
    out.u8(1).raw(answer->bytes);
  else
    out.u8(0).text(answer.error().text);
  return std::move(out).bytes();
}

Result<EnvelopeId> decode_answer(ByteView value) {
  Decoder in(value);
  if (in.u8() == 1) return EnvelopeId{in.array<16>()};
  return refused(std::string(as_text(in.rest())));
}

}  // namespace

Result<> Broker::on(Turn& turn, Submit& event) {
  Reply reply;
  reply.token = event.token;
  for (SubmitItem& item : event.items) {
    SubmitAnswer answer{item.row, false, EnvelopeId{}, item.part};
    const Bytes key = submission_key(event.submission, item.row, item.part);
    XJ_TRY(const auto first, turn.txn.get(Table::kSubmissions, key));
    if (first) {
      answer.repeated = true;
      answer.outcome = decode_answer(*first);
    } else {
      XJ_TRY(answer.outcome, submit_one(turn, event.submission, item));
      const bool lasting = answer.outcome || answer.outcome.error().code != ErrorCode::kFull;
      if (lasting)
        XJ_TRY_VOID(turn.txn.put(Table::kSubmissions, key, encode_answer(answer.outcome)));
    }
    reply.answers.push_back(std::move(answer));
  }
  turn.effects.replies.push_back(std::move(reply));
  return {};
}

// The outer Result is the store's, the inner one the row's answer.
Result<Result<EnvelopeId>> Broker::submit_one(Turn& turn, const Hash& submission,
                                              SubmitItem& item) {
  const Outgoing& main = item.order.main;
  const std::size_t bytes = stored_bytes(main.header, main.envelope) +
                            (item.order.copy ? item.order.copy->envelope.size() : 0);
  if (const auto full = room_.refuses_submission(bytes))
    return Result<EnvelopeId>(fail(ErrorCode::kFull, *full));
  if (item.person) {
    XJ_TRY(const auto reported, turn.txn.get(Table::kPersons, *item.person));
    if (reported)
      return Result<EnvelopeId>(refused(
          "duplicate: this office has already reported this person for this period and kind"));
    XJ_TRY_VOID(turn.txn.put(Table::kPersons, *item.person, item.order.main.header.id.bytes));
  }
  LedgerRow ledger;
  ledger.submission = submission;
  ledger.row = item.row;
  ledger.code = item.code;
  ledger.confidence = item.confidence;
  ledger.assigned = item.assigned;
  XJ_TRY_VOID(accept_order(turn, item.order, ledger));
  return Result<EnvelopeId>(item.order.main.header.id);
}

Result<> Broker::accept_order(Turn& turn, PreparedOrder& order, LedgerRow ledger) {
  if (order.copy) {
    ledger.copy = order.copy->header.id;
    LedgerRow copy = ledger;
    copy.copy = {};
    copy.copy_of = order.main.header.id;
    XJ_TRY_VOID(accept(turn, *order.copy, copy));
  } else if (routing::kind_row(order.main.header.kind).police_copy &&
             !order.main.header.continues.is_set()) {
    audit(turn, "no_copy", "id=" + to_text(order.main.header.id));
  }
  return accept(turn, order.main, ledger);
}

Result<> Broker::accept(Turn& turn, Outgoing& outgoing, LedgerRow ledger) {
  const Header& header = outgoing.header;
  const EnvelopeKey key{header.origin, header.id};
  XJ_CHECK(header.origin == self());
  ledger.leaf = outgoing.leaf;
  ledger.kind = header.kind;
  ledger.period = header.period;
  ledger.destination = header.destination;
  ledger.in_reply_to = header.in_reply_to;
  ledger.accepted = turn.now.wall;
  ledger.not_after = header.not_after;
  ledger.due = header.due;
  StateRow row;
  row.leaf = outgoing.leaf;
  row.lane = header.lane;
  row.next = outgoing.next;
  row.taken = row.changed = turn.now.wall;
  row.not_after = header.not_after;
  bool late = false;  // sealing had a clock too, but not its trust: the gate is asked here
  row.not_before = gate_for(turn, header, late);
  row.bytes = stored_bytes(header, outgoing.envelope);
  row.kind = header.kind;
  row.period = header.period;
  row.destination = header.destination;
  row.path_copy = outgoing.keep;
  row.room = static_cast<std::uint8_t>(Quota::kOrigin);
  room_.add(Quota::kOrigin, row.next, row.bytes);
  turn.bytes += row.bytes;
  ++turn.envelopes;
  XJ_TRY_VOID(keep_bytes(turn, key, outgoing.envelope));
  if (std::string never = never_allowed(header.kind, row.next); !never.empty())
    XJ_TRY_VOID(hold(turn, key, row, row.next, std::move(never)));
  else
    XJ_TRY_VOID(enqueue(turn, key, row));
  XJ_TRY_VOID(set_timer(turn, header.id, ledger, outgoing.first_resend + jitter(header.id)));
  audit(turn, "accepted",
        "id=" + to_text(header.id) + " kind=" + std::string(to_word(header.kind)) +
            " to=" + to_text(header.destination));
  return put_ledger(turn, header.id, ledger);
}

Result<std::optional<LedgerRow>> Broker::ledger(Turn& turn, const EnvelopeId& id) {
  XJ_TRY(const auto value, turn.txn.get(Table::kLedger, ledger_key(id)));
  if (!value) return std::optional<LedgerRow>{};
  XJ_TRY(auto row, decode_ledger_row(*value));
  return std::optional<LedgerRow>(std::move(row));
}

Result<> Broker::put_ledger(Turn& turn, const EnvelopeId& id, const LedgerRow& row) {
  return turn.txn.put(Table::kLedger, ledger_key(id), encode(row));
}

// `due` not set: no timer any more.
Result<> Broker::set_timer(Turn& turn, const EnvelopeId& id, LedgerRow& row, WallTime due) {
  if (row.due_next.is_set())
    XJ_TRY_VOID(turn.txn.erase(Table::kTimers, timer_key(row.due_next, id)));
  row.due_next = due;
  if (!due.is_set()) return {};
  if (!timer_next_.is_set() || due < timer_next_) timer_next_ = due;
  return turn.txn.put(Table::kTimers, timer_key(due, id), {});
}

// A day from now; from a clock that is not trusted no moment is derived, it may lie years ahead.
WallTime Broker::tomorrow(const Turn& turn, const LedgerRow& row) const {
  if (turn.now.wall_trusted) return turn.now.wall + days(1);
  return row.due_next.is_set() ? row.due_next : row.not_after;
}

Result<> Broker::run_timers(Turn& turn) {
  if (!turn.now.wall_trusted || !timer_next_.is_set() || turn.now.wall < timer_next_) return {};
  std::vector<Timer> due;
  XJ_TRY_VOID(turn.txn.scan(Table::kTimers, {}, {}, [&](const Row& row) {
    const Timer timer = parse_timer_key(row.key);
    if (timer.due > turn.now.wall || due.size() >= kTimersPerTurn) return false;
    due.push_back(timer);
    return true;
  }));
  for (const Timer& timer : due) {
    XJ_TRY(auto row, ledger(turn, timer.id));
    if (row)
      XJ_TRY_VOID(run_timer(turn, timer.id, std::move(*row)));
    else
      XJ_TRY_VOID(turn.txn.erase(Table::kTimers, timer_key(timer.due, timer.id)));
  }
  if (due.size() >= kTimersPerTurn) unfinished_ = true;
  timer_next_ = {};
  return turn.txn.scan(Table::kTimers, {}, {}, [&](const Row& row) {
    timer_next_ = parse_timer_key(row.key).due;
    return false;
  });
}

Result<> Broker::run_timer(Turn& turn, const EnvelopeId& id, LedgerRow row) {
  if (is_terminal(row.receipt)) {
    XJ_TRY_VOID(set_timer(turn, id, row, {}));
    return put_ledger(turn, id, row);
  }
  if (row.delivered.is_set()) {
    // No answer for a day: the destination may have lost its store, and the word of it its way. One
    // that still has the envelope answers the repeat with its receipt.
    if (row.asked) XJ_TRY_VOID(resend(turn, id, row));
    row.asked = true;
    turn.inquiries[{row.destination, row.kind}].push_back({id, row.leaf});
    // On the hour, so that one signed inquiry serves all that are due to the same office.
    const std::int64_t hour = 3'600'000;
    const WallTime same_hour_tomorrow{(turn.now.wall.ms / hour) * hour + 24 * hour};
    XJ_TRY_VOID(set_timer(turn, id, row, same_hour_tomorrow));
    return put_ledger(turn, id, row);
  }
  if (turn.now.wall > row.not_after + options_.skew) {
    XJ_TRY_VOID(finish_at_origin(turn, id, row, ReceiptType::kExpired));
    turn.effects.alarms.push_back("expired: id=" + to_text(id) + " was never delivered to " +
                                  to_text(row.destination));
    return put_ledger(turn, id, row);
  }
  XJ_TRY_VOID(resend(turn, id, row));
  XJ_TRY_VOID(set_timer(turn, id, row, turn.now.wall + days(1) + jitter(id)));
  return put_ledger(turn, id, row);
}

// The same bytes again; nothing where they still wait here.
Result<> Broker::resend(Turn& turn, const EnvelopeId& id, LedgerRow& row) {
  const EnvelopeKey key{self(), id};
  XJ_TRY(auto st, state(turn, key));
  if (!st || st->place != Place::kAway) return {};
  ++row.resends;
  st->not_before = {};
  st->changed = turn.now.wall;
  audit(turn, "resend", "id=" + to_text(id));
  return enqueue(turn, key, *st);
}

// Whether it says what was not known yet.
Result<bool> Broker::apply_receipt(Turn& turn, OfficeId issuer, const Receipt& receipt) {
  XJ_TRY(auto row, ledger(turn, receipt.id));
  if (!row) {
    XJ_TRY_VOID(note_unknown_own(turn, receipt.id));
    return false;
  }
  if (row->destination != issuer && row->leaf == receipt.leaf) {
    XJ_TRY(const bool stands_in, is_custodian_of(turn, issuer, receipt.id));
    if (stands_in) {  // from now on it answers for it, whatever becomes of the bytes here
      audit(turn, "stands_in",
            "id=" + to_text(receipt.id) + " for=" + to_text(row->destination) +
                " by=" + to_text(issuer));
      std::erase(row->before, issuer);
      row->before.push_back(row->destination);
      row->destination = issuer;
    }
  }
  if (row->destination != issuer || row->leaf != receipt.leaf) {
    audit(turn, "receipt_refused", "id=" + to_text(receipt.id) + " issuer=" + to_text(issuer));
    return false;
  }
  const bool answered = std::exchange(row->asked, false);
  if (weight(*row, receipt.type) <= weight(*row, row->receipt)) {
    if (answered) XJ_TRY_VOID(put_ledger(turn, receipt.id, *row));
    return false;
  }
  audit(turn, "receipt",
        "id=" + to_text(receipt.id) + " type=" + std::string(to_word(receipt.type)));
  if (receipt.type == ReceiptType::kRejected) {
    XJ_TRY(const bool retired, sealed_to_retired(turn, receipt.id, *row));
    if (retired) {
      XJ_TRY_VOID(set_timer(turn, receipt.id, *row, tomorrow(turn, *row)));
      XJ_TRY_VOID(put_ledger(turn, receipt.id, *row));
      return true;
    }
  }
  if (receipt.type == ReceiptType::kCollected) row->collected = turn.now.wall;
  if (!row->delivered.is_set()) {
    row->delivered = receipt.time;
    ++turn.effects.receipts;
  }
  if (is_terminal(receipt.type)) {
    XJ_TRY_VOID(finish_at_origin(turn, receipt.id, *row, receipt.type));
    row->finished = receipt.time;
  } else {
    row->receipt = receipt.type;
    row->finished = {};  // an own `expired` is taken back
    XJ_TRY_VOID(set_timer(turn, receipt.id, *row, tomorrow(turn, *row)));
  }
  XJ_TRY_VOID(put_ledger(turn, receipt.id, *row));
  return true;
}

Result<> Broker::finish_at_origin(Turn& turn, const EnvelopeId& id, LedgerRow& row,
                                  ReceiptType type) {
  row.receipt = type;
  row.finished = turn.now.wall;
  XJ_TRY_VOID(set_timer(turn, id, row, {}));
  // What this one goes on with had come there already (repeats.cc).
  const bool repeat = type == ReceiptType::kReturned && row.continues.id.is_set();
  const bool done = type == ReceiptType::kProcessed || repeat;
  if (type == ReceiptType::kRejected)
    turn.effects.alarms.push_back("rejected: id=" + to_text(id) + " by " +
                                  to_text(row.destination) + ", which asked for no such answer");
  if (!done && row.continues.id.is_set()) {
    XJ_TRY_VOID(set_continued(turn, row.continues, {}));
    turn.effects.alarms.push_back("not_continued: " + name_of(row.continues) +
                                  " waits for a person again, id=" + to_text(id) + " ended as " +
                                  std::string(to_word(type)));
  }
  // What asks for no answer is done where it came from once it is done where it went.
  if (repeat || (type == ReceiptType::kProcessed && row.continues.id.is_set() &&
                 routing::kind_row(row.kind).answer_kind == Kind::kNone)) {
    XJ_TRY(const auto settled, settle(turn, row.continues));
    (void)settled;
  }
  const EnvelopeKey key{self(), id};
  XJ_TRY(auto st, state(turn, key));
  if (!st) return {};
  if (st->place == Place::kQueued)
    XJ_TRY_VOID(
        turn.txn.erase(Table::kQueue, queue_key({st->next, st->lane, st->not_before, st->seq})));
  if (st->place == Place::kHeld) XJ_TRY_VOID(turn.txn.erase(Table::kHeld, seen_key(key)));
  st->place = done || type == ReceiptType::kReturned ? Place::kSettled : Place::kDead;
  st->changed = turn.now.wall;
  if (done) {
    if (!st->path_copy) XJ_TRY_VOID(keep_proof(turn, key, *st));
    room_.remove(static_cast<Quota>(st->room), st->next, st->bytes);
    st->room = 0;
    if (st->path_copy)
      room_.add(Quota::kCopies, {}, st->bytes);
    else
      XJ_TRY_VOID(erase_bytes(turn, key, *st));
  }
  return put_state(turn, key, *st);
}

// What an envelope that has just arrived answers, noted beside it. False: it answers nothing that
// this office asked, or what was answered before, and is rejected.
Result<bool> Broker::note_answer(Turn& turn, const EnvelopeKey& key, const Header& header) {
  const bool strict = header.kind == Kind::kArrivalReport ||
                      routing::kind_row(header.kind).goes == routing::Goes::kToRequester;
  XJ_TRY(auto row, ledger(turn, header.in_reply_to));
  // What an earlier, lost store of this office asked is still answered to a person.
  const bool before_this_store =
      !counters_.born.is_set() || header.in_reply_to.created() < counters_.born;
  if (!row && before_this_store) return true;
  const bool arrival = row && header.kind == Kind::kArrivalReport &&
                       routing::kind_row(row->kind).answer_kind == Kind::kCheckResult;
  if (!row || (!arrival && routing::kind_row(row->kind).answer_kind != header.kind)) return !strict;
  // A notice that was passed on is answered by the office that checked the person.
  const bool asked = row->is_answered_by(header.origin) ||
                     (arrival && (header.origin == row->checked_by || row->outcome == 0));
  if (!asked) {
    row->faked_by = header.origin;
    XJ_TRY_VOID(put_ledger(turn, header.in_reply_to, *row));
    return !strict;
  }
  const auto first = std::ranges::find(row->answers, header.kind, &LedgerAnswer::kind);
  if (first != row->answers.end()) return !strict || first->key == key;
  row->answers.push_back({header.kind, key, turn.now.wall});
  XJ_TRY_VOID(put_ledger(turn, header.in_reply_to, *row));
  return true;
}

}  // namespace xianjie::broker
