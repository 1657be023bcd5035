// An operator's acts on single envelopes, each recorded with its reason and who did it. None of
// them touches custody: what is here stays here until the next office has signed for it.
#include <array>

#include "broker/broker.h"
#include "routing/route.h"

namespace xianjie::broker {
namespace {

constexpr std::array kActWords{
    Word{static_cast<std::uint8_t>(Act::kHold), "hold", "挂起"},
    Word{static_cast<std::uint8_t>(Act::kRelease), "release", "恢复发送"},
    Word{static_cast<std::uint8_t>(Act::kRequeue), "requeue", "重新排队"},
    Word{static_cast<std::uint8_t>(Act::kExpire), "expire", "作废"},
};
constexpr std::string_view kByHand = "operator";

// The word that a held row's reason begins with.
std::string_view token_of(std::string_view reason) {
  return reason.substr(0, std::min(reason.find(':'), reason.size()));
}

// Of an audit line: one line, its parts told apart.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"') out += c;
  return out + "\"";
}

}  // namespace

std::span<const Word> words_of(Act) {
  return kActWords;
}

Result<> Broker::on(Turn& turn, const Operate& event) {
  Reply reply;
  reply.token = event.token;
  XJ_TRY(reply.result, operate(turn, event));
  if (reply.result && !event.only_asked)
    audit(turn, kByHand,
          name_of(event.key) + " act=" + std::string(xianjie::to_word(event.act)) +
              " by=" + quoted(event.by) + " reason=" + quoted(event.reason));
  turn.effects.replies.push_back(std::move(reply));
  return {};
}

// The outer result: the store's. The inner one: what the operator is told.
Result<Result<>> Broker::operate(Turn& turn, const Operate& event) {
  if (event.reason.empty() || event.reason.size() > kOperatorReasonMax)
    return Result<>(refused("reason: 1 to 300 bytes; it is kept in the audit log"));
  XJ_TRY(auto row, state(turn, event.key));
  if (!row) return Result<>(fail(ErrorCode::kNotFound, "not_found: no such envelope here"));
  switch (event.act) {
    case Act::kHold:
      return hold_by_hand(turn, event, std::move(*row));
    case Act::kRelease:
      return release_by_hand(turn, event, *row);
    case Act::kRequeue:
      return requeue(turn, event, std::move(*row));
    case Act::kExpire:
      return expire(turn, event);
  }
  return Result<>(refused("act: unknown"));
}

Result<Result<>> Broker::hold_by_hand(Turn& turn, const Operate& event, StateRow row) {
  if (row.place != Place::kQueued)
    return Result<>(refused("place: only what waits in a queue can be held"));
  const Bytes queue = queue_key({row.next, row.lane, row.not_before, row.seq});
  XJ_TRY(const auto waiting, turn.txn.get(Table::kQueue, queue));
  if (!waiting)
    return Result<>(
        fail(ErrorCode::kRetry, "sent: it is on the wire to " + to_text(row.next) +
                                    "; if it comes back unacknowledged, it can be held then"));
  if (event.only_asked) return Result<>{};
  XJ_TRY_VOID(turn.txn.erase(Table::kQueue, queue));
  const OfficeId next = row.next;
  XJ_TRY_VOID(put_held(turn, event.key, row, next, std::string(kByHand) + ": " + event.reason));
  return Result<>{};
}

Result<Result<>> Broker::release_by_hand(Turn& turn, const Operate& event, const StateRow& row) {
  XJ_TRY(const auto value, turn.txn.get(Table::kHeld, seen_key(event.key)));
  if (row.place != Place::kHeld || !value) return Result<>(refused("place: it is not held"));
  XJ_TRY(const HeldRow held, decode_held_row(*value));
  if (event.only_asked) return Result<>{};
  XJ_TRY_VOID(release_held(turn, event.key, token_of(held.reason)));
  XJ_TRY(const auto still, turn.txn.get(Table::kHeld, seen_key(event.key)));
  if (still) return Result<>(refused("held: what holds it still stands: " + held.reason));
  return Result<>{};
}

// Waiting for its retry: at once. Passed on by its origin, and nobody has told of its arrival, or
// given up before its time: the same bytes again, for the others may still be on their way. Dead
// at its origin else: sealed anew, in its place.
Result<Result<>> Broker::requeue(Turn& turn, const Operate& event, StateRow row) {
  if (row.place == Place::kQueued) {
    if (event.only_asked) return Result<>{};
    Peer& peer = peers_[row.next];
    peer.work = true;
    for (auto& [channel, link] : peer.links) link.blocked_until = turn.now.instant;
    row.attempts = 0;
    XJ_TRY_VOID(put_state(turn, event.key, row));
    return Result<>{};
  }
  XJ_TRY(auto own, event.key.origin == self() ? ledger(turn, event.key.id)
                                              : Result<std::optional<LedgerRow>>(std::nullopt));
  if (own && row.place == Place::kAway && !own->delivered.is_set()) {
    if (!event.only_asked) {
      XJ_TRY_VOID(resend(turn, event.key.id, *own));
      XJ_TRY_VOID(put_ledger(turn, event.key.id, *own));
    }
    return Result<>{};
  }
  if (own && row.place == Place::kDead && own->receipt == ReceiptType::kExpired &&
      turn.now.wall <= own->not_after) {
    if (event.only_asked) return Result<>{};
    own->receipt = ReceiptType::kAccepted;
    own->finished = {};
    row.changed = turn.now.wall;
    XJ_TRY_VOID(enqueue(turn, event.key, row));  // behind its gate, if it has not passed it
    XJ_TRY_VOID(set_timer(turn, event.key.id, *own, tomorrow(turn, *own)));
    XJ_TRY_VOID(put_ledger(turn, event.key.id, *own));
    return Result<>{};
  }
  if (own && row.place == Place::kDead && !own->copy_of.is_set()) {
    if (event.only_asked) return Result<>{};
    const OfficeId by_code =
        own->code == 0 ? OfficeId{} : routing::office_for_code(snapshot_->directory, own->code);
    retired_.insert(event.key.id);
    turn.effects.stale.push_back(
        {event.key.id, by_code.is_set() ? by_code : own->destination, own->code});
    return Result<>{};
  }
  return Result<>(
      refused("place: only what waits for its retry, what its origin has no word of, or "
              "what is dead at its origin can be tried again"));
}

Result<Result<>> Broker::expire(Turn& turn, const Operate& event) {
  if (event.key.origin != self())
    return Result<>(refused("origin: only " + to_text(event.key.origin) +
                            " can give its envelope up; here it can be held"));
  XJ_TRY(auto own, ledger(turn, event.key.id));
  if (!own || is_terminal(own->receipt))
    return Result<>(refused("ended: there is nothing to give up any more"));
  if (own->delivered.is_set())
    return Result<>(refused("delivered: " + to_text(own->destination) +
                            " has it already; it is settled there"));
  if (event.only_asked) return Result<>{};
  XJ_TRY_VOID(finish_at_origin(turn, event.key.id, *own, ReceiptType::kExpired));
  XJ_TRY_VOID(put_ledger(turn, event.key.id, *own));
  return Result<>{};
}

}  // namespace xianjie::broker
