// After a backup was restored (lives.h): nothing that this office had settled meanwhile is handed
// to its application again. Open items of the inbox, and mail from before the restore that arrives
// anew, are kept back until their origin has said what this office told it last. What had ended
// there is settled here too; the rest is handed out. The same for those that get no answer, once
// the way to their origin has been up for `recall_patience`, or when an operator says so.
//
// What went on as an envelope of this office is asked about too: the result that ended it may have
// been taken after the backup was made, and does not come twice. Where its origin has none either,
// a person decides again.
//
// An origin answers only what is certain: where an answer is still owed to it, that may be on its
// way, and it keeps silent; it is asked again. Results of checks are not kept back: settling them
// is this store's own bookkeeping, which was restored too and has to see them again.
#include <algorithm>

#include "broker/broker.h"
#include "routing/channels.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::broker {
namespace {

constexpr int kPatienceByHand = 72;  // times as long where only disks and ferries go

bool is_recalled(Kind kind) {
  return kind != Kind::kCheckResult;
}

bool is_answered(const LedgerRow& row) {
  const Kind owed = routing::kind_row(row.kind).answer_kind;
  return owed == Kind::kNone || row.outcome != 0 ||
         std::ranges::find(row.answers, owed, &LedgerAnswer::kind) != row.answers.end();
}

}  // namespace

Result<bool> is_kept_back(ReadTxn& txn, const EnvelopeKey& key) {
  XJ_TRY(const auto value, txn.get(Table::kRecalls, seen_key(key)));
  return value.has_value();
}

Result<> Broker::put_restored(Turn& turn) {
  return turn.txn.put(Table::kMeta, as_bytes(kMetaRestored), encode(*restored_));
}

// What passed to and from this store counts for it as it was: with a new epoch both ends of each
// manifest begin anew.
Result<> Broker::forget_passages(Turn& turn) {
  std::vector<Bytes> keys;
  XJ_TRY_VOID(turn.txn.scan(Table::kPassages, {}, {}, [&](const Row& row) {
    keys.push_back(to_bytes(row.key));
    return true;
  }));
  for (const Bytes& key : keys) XJ_TRY_VOID(turn.txn.erase(Table::kPassages, key));
  manifests_next_ = {};
  return {};
}

// Notes that it was restored, keeps the open items back, and asks of its own mail before it is sent
// again.
Result<> Broker::begin_recalls(Turn& turn, const std::string& why) {
  restored_ = RestoredRow{turn.now.wall_trusted ? turn.now.wall : WallTime{}, 0, false};
  XJ_TRY_VOID(put_restored(turn));
  XJ_TRY_VOID(forget_passages(turn));
  std::vector<EnvelopeKey> open;
  XJ_TRY_VOID(turn.txn.scan(Table::kInbox, {}, {}, [&](const Row& row) {
    const auto inbox = decode_inbox_row(row.value);
    if (inbox && !inbox->copy && !inbox->settled && is_recalled(inbox->kind))
      open.push_back(inbox->key);
    return true;
  }));
  for (const EnvelopeKey& key : open)
    XJ_TRY_VOID(turn.txn.put(Table::kRecalls, seen_key(key), Encoder().i64(0).bytes()));
  recalls_ = true;
  recalls_asked_.reset();
  turn.effects.alarms.push_back(
      "restored: this store is an older copy of itself (" + why + "); it goes on as a new one, " +
      std::to_string(open.size()) +
      " open items are kept back until their origins have said what became of them");
  audit(turn, "restored", "open=" + std::to_string(open.size()));
  return ask_of_own(turn);
}

// Destinations are asked what became of this office's mail; it is sent again a day later.
Result<> Broker::ask_of_own(Turn& turn) {
  std::vector<std::pair<EnvelopeId, LedgerRow>> open;
  XJ_TRY_VOID(turn.txn.scan(Table::kLedger, {}, {}, [&](const Row& row) {
    auto ledger = decode_ledger_row(row.value);
    if (!ledger || is_terminal(ledger->receipt)) return true;
    EnvelopeId id;
    std::ranges::copy(row.key, id.bytes.begin());
    open.emplace_back(id, std::move(*ledger));
    return true;
  }));
  for (auto& [id, row] : open) {
    turn.inquiries[{row.destination, row.kind}].push_back({id, row.leaf});
    row.asked = true;
    if (!turn.now.wall_trusted) continue;
    XJ_TRY_VOID(set_timer(turn, id, row, std::max(tomorrow(turn, row), row.due_next)));
    XJ_TRY_VOID(put_ledger(turn, id, row));
  }
  return {};
}

// Whether what arrives now may have been here before the restore.
bool Broker::may_have_been_here(const Header& header) const {
  if (!restored_ || !is_recalled(header.kind)) return false;
  return !restored_->at.is_set() || header.id.created() <= restored_->at + options_.skew;
}

Result<> Broker::keep_back(Turn& turn, const EnvelopeKey& key, const StateRow& row) {
  recalls_ = true;
  turn.recalls[{key.origin, row.kind}].push_back({key.id, row.leaf});
  audit(turn, "kept_back", name_of(key));
  return turn.txn.put(Table::kRecalls, seen_key(key), Encoder().i64(0).bytes());
}

Result<> Broker::hand_out(Turn& turn, const EnvelopeKey& key) {
  XJ_TRY_VOID(turn.txn.erase(Table::kRecalls, seen_key(key)));
  XJ_TRY(const auto row, state(turn, key));
  if (!row || row->place != Place::kInbox) return {};
  XJ_TRY(const auto inbox, inbox_row(turn, key));
  if (inbox && inbox->continued_by.is_set()) {
    XJ_TRY(const auto own, ledger(turn, inbox->continued_by));
    if (!own || own->receipt != ReceiptType::kProcessed || is_answered(*own))
      return {};  // its end settles this one
    XJ_TRY_VOID(set_continued(turn, key, {}));
    turn.effects.alarms.push_back("not_continued: " + name_of(key) +
                                  " waits for a person again, what came back for id=" +
                                  to_text(inbox->continued_by) + " is not in the backup");
  }
  turn.effects.delivered.push_back({key, row->kind, row->destination != self()});
  audit(turn, "handed_out", name_of(key));
  return {};
}

// Asks, asks again, and ends the waiting where the way has been up for long enough.
Result<> Broker::run_recalls(Turn& turn) {
  if (restored_ && !restored_->at.is_set() && turn.now.wall_trusted) {
    restored_->at = turn.now.wall;
    XJ_TRY_VOID(put_restored(turn));
  }
  if (!recalls_ || (recalls_asked_ && turn.now.instant < *recalls_asked_ + recall_every()))
    return {};
  recalls_asked_ = turn.now.instant;
  if (!recalls_began_) recalls_began_ = turn.now.instant;
  recalls_ = false;
  std::vector<EnvelopeKey> over;
  std::vector<std::pair<EnvelopeKey, StateRow>> open;
  XJ_TRY_VOID(turn.txn.scan(Table::kRecalls, {}, {}, [&](const Row& row) {
    over.push_back(parse_seen_key(row.key));
    return true;
  }));
  for (const EnvelopeKey& key : over) {
    XJ_TRY(const auto row, state(turn, key));
    if (row && row->place == Place::kInbox && !waited_enough(turn, key.origin)) {
      recalls_ = true;
      turn.recalls[{key.origin, row->kind}].push_back({key.id, row->leaf});
    } else {
      XJ_TRY_VOID(hand_out(turn, key));
    }
  }
  return {};
}

bool Broker::waited_enough(const Turn& turn, OfficeId origin) const {
  const auto next = routing::next_hop(snapshot_->directory, self(), origin);
  if (!next) return true;  // nobody to ask
  const auto channels = routing::channels_between(snapshot_->directory, self(), *next);
  if (!channels.empty() && std::ranges::none_of(channels, is_wire))
    return recalls_began_ &&
           turn.now.instant >= *recalls_began_ + options_.recall_patience * kPatienceByHand;
  const auto peer = peers_.find(*next);
  return peer != peers_.end() && peer->second.met_at &&
         turn.now.instant >= *peer->second.met_at + options_.recall_patience;
}

Result<> Broker::on(Turn& turn, const HandOut& event) {
  std::vector<EnvelopeKey> all;
  XJ_TRY_VOID(turn.txn.scan(Table::kRecalls, {}, {}, [&](const Row& row) {
    all.push_back(parse_seen_key(row.key));
    return true;
  }));
  for (const EnvelopeKey& key : all) XJ_TRY_VOID(hand_out(turn, key));
  recalls_ = false;
  Reply reply;
  reply.token = event.token;
  reply.first = all.size();
  turn.effects.replies.push_back(std::move(reply));
  return {};
}

// The origin's side: what that office told here last, as far as it is certain.
Result<> Broker::on_recall(Turn& turn, const Record& record) {
  for (const InquiryEntry& entry : record.inquiries) {
    XJ_TRY(const auto row, ledger(turn, entry.id));
    if (!row || row->leaf != entry.leaf || row->destination != record.issuer) continue;
    if (row->receipt == ReceiptType::kProcessed && !is_answered(*row)) continue;
    const WallTime said = row->finished.is_set()    ? row->finished
                          : row->delivered.is_set() ? row->delivered
                                                    : row->accepted;
    turn.recalled[{record.issuer, row->kind}].push_back({entry.id, entry.leaf, row->receipt, said});
  }
  return {};
}

Result<> Broker::on_recalled(Turn& turn, const Record& record) {
  for (const Receipt& said : record.receipts) {
    const EnvelopeKey key{record.issuer, said.id};
    XJ_TRY(const bool kept, is_kept_back(turn.txn, key));
    XJ_TRY(auto row, state(turn, key));
    if (!kept || !row || row->leaf != said.leaf) continue;
    if (row->place == Place::kInbox && is_terminal(said.type) &&
        said.type != ReceiptType::kExpired) {
      XJ_TRY_VOID(turn.txn.erase(Table::kRecalls, seen_key(key)));
      audit(turn, "settled_before", name_of(key) + " as=" + std::string(to_word(said.type)));
      XJ_TRY(const auto settled, settle(turn, key));
      (void)settled;
      continue;
    }
    if (said.type == ReceiptType::kCollected && !row->collected) {
      row->collected = true;
      XJ_TRY_VOID(put_state(turn, key, *row));
    }
    XJ_TRY(const auto inbox, inbox_row(turn, key));
    if (inbox && inbox->continued_by.is_set()) continue;  // its result may be on its way
    XJ_TRY_VOID(hand_out(turn, key));
  }
  return {};
}

// A receipt for something that this store does not know: handed in after the backup was made. It
// exists elsewhere; people have to know that this office's own books lack it.
Result<> Broker::note_unknown_own(Turn& turn, const EnvelopeId& id) {
  constexpr std::size_t kRememberedMax = 100'000;  // counted once each, in one process
  if (!restored_ || unknown_own_.size() >= kRememberedMax || !unknown_own_.insert(id).second)
    return {};
  if (restored_->unknown_own++ == 0)
    turn.effects.alarms.push_back(
        "restored: receipts come for envelopes that this store does not know; they were handed in "
        "after the backup was made, and are on their way or delivered; `status` counts them");
  audit(turn, "unknown_own", "id=" + to_text(id));
  return put_restored(turn);
}

}  // namespace xianjie::broker
