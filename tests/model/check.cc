#include "tests/model/check.h"

#include <algorithm>

#include "crypto/seal.h"
#include "crypto/statement.h"
#include "tests/model/pool.h"

namespace xianjie::tests {

using namespace broker;

void require(bool holds, const std::string& what) {
  if (!holds) throw Mismatch(what);
}

namespace {
std::string place_name(Place place) {
  return "place " + std::to_string(static_cast<int>(place));
}

void check_answers(const Twin& twin, const Effects& effects) {
  std::vector<std::pair<OfficeId, std::vector<AckOutcome>>> acks;
  for (const Send& send : effects.sends) {
    const auto frame = decode_frame(send.frame);
    require(frame.has_value(), "a frame that was sent can be read");
    if (const auto* ack = std::get_if<Ack>(&*frame))
      acks.emplace_back(send.neighbour, ack->outcomes);
  }
  require(acks == twin.expected.acks, "the acknowledged outcomes are the twin's");
  std::vector<EnvelopeKey> delivered;
  for (const Delivered& each : effects.delivered) delivered.push_back(each.key);
  require(delivered == twin.expected.delivered, "what was delivered is the twin's");
  std::vector<bool> settled;
  std::vector<std::vector<bool>> accepted;
  for (const Reply& reply : effects.replies) {
    if (reply.answers.empty()) {
      settled.push_back(reply.result.has_value());
      continue;
    }
    accepted.emplace_back();
    for (const SubmitAnswer& answer : reply.answers)
      accepted.back().push_back(answer.outcome.has_value());
  }
  require(settled == twin.expected.settled, "what was settled is the twin's");
  require(accepted == twin.expected.accepted, "what was accepted is the twin's");
}

void check_departure(Twin& twin, const Envelope& envelope, OfficeId neighbour, bool again,
                     const Now& now) {
  const EnvelopeKey key = key_of(envelope);
  const auto found = twin.items.find(key);
  require(found != twin.items.end(), name_of(key) + " left but is not known");
  TwinItem& item = found->second;
  const bool resent_by_origin = item.own && item.place == Place::kAway;
  require(item.place == Place::kQueued || resent_by_origin,
          name_of(key) + " left from " + place_name(item.place));
  require(item.next == neighbour, name_of(key) + " left for the wrong office");
  require(twin.hears(neighbour), name_of(key) + " left over a link that is not up");
  require(twin.allowed(item), name_of(key) + " left over a channel it may not use");
  require(again || item.left || resent_by_origin || twin.open(item, now),
          name_of(key) + " left before its gate");
  require(crypto::leaf_of(envelope) == item.leaf, name_of(key) + " left with other bytes");
  require(envelope.hops == item.hops, name_of(key) + " left with a wrong hop count");
  item.left = true;
}

// Queue rows and outstanding batches: each queued envelope stands in exactly one of them.
struct Waiting {
  std::map<EnvelopeKey, int> queued, batched;
  decltype(Twin::outstanding) batches;
};
Waiting waiting(OneBroker& real) {
  Waiting out;
  for (const auto& [key, value] : real.rows(Table::kQueue))
    ++out.queued[parse_seen_key(ByteView(value).first(24))];
  for (const auto& [key, value] : real.rows(Table::kBatches)) {
    if (key.at(0) != 0) continue;
    const auto row = decode_batch_row(value);
    require(row.has_value(), "a batch row can be read");
    Decoder in(ByteView(key).subspan(1));
    const OfficeId neighbour = OfficeId::from_value(in.u64()).value_or(OfficeId{});
    auto& keys = out.batches[{neighbour, in.u64()}];
    for (const BatchItem& item : row->items) {
      ++out.batched[item.key];
      keys.push_back(item.key);
    }
  }
  return out;
}

// Steps that come of themselves: the origin's resend and its own `expired`, bytes found bad, a
// channel that forbids. The twin follows where they are allowed.
void follow(Twin& twin, OneBroker& broker, const EnvelopeKey& key, TwinItem& item, Place real) {
  const Now& now = broker.now;
  if (item.own) {
    TwinLedger& own = twin.ledger.at(key.id);
    const bool unheard = !is_terminal(own.receipt) && now.wall_trusted;  // of its end
    const auto row = broker.ledger(key.id);
    if (unheard && !own.delivered && row && row->receipt == ReceiptType::kExpired &&
        now.wall > own.not_after + kClockSkew)
      twin.expire(key);
    const bool back = real == Place::kQueued || real == Place::kHeld || real == Place::kCorrupt;
    if (unheard && item.place == Place::kAway && back) {
      item.place = Place::kQueued;
      item.opens = {};
    }
  }
  if (item.place != Place::kQueued || !twin.hears(item.next) ||
      !(item.left || twin.open(item, now)))
    return;
  if (real == Place::kCorrupt && item.bad) item.place = Place::kCorrupt;
  if (real == Place::kHeld && !twin.allowed(item)) {
    item.place = Place::kHeld;
    item.why = "channel";
  }
}

void check_item(Twin& twin, OneBroker& real, const EnvelopeKey& key, TwinItem& item,
                const StateRow& row, Waiting& at, bool pumped) {
  const Now& now = real.now;
  require(row.leaf == item.leaf, name_of(key) + " has another leaf");
  follow(twin, real, key, item, row.place);
  require(row.place == item.place, name_of(key) + " stands at " + place_name(row.place) +
                                       ", the twin says " + place_name(item.place));
  if (item.place == Place::kHeld) {
    const auto held = real.held(key);
    require(held && held->reason.starts_with(item.why),
            name_of(key) + " is held for another reason");
  }
  const int queued = at.queued[key], batched = at.batched[key];
  if (item.place != Place::kQueued) {
    require(queued == 0, name_of(key) + " is queued but stands at " + place_name(item.place));
    return;
  }
  require(queued + batched == 1, name_of(key) + " waits in " + std::to_string(queued) +
                                     " queue rows and " + std::to_string(batched) + " batches");
  if (!pumped || queued == 0 || !twin.hears(item.next) || !twin.open(item, now)) return;
  const auto peer = real.broker().peers().find(item.next);
  require(peer != real.broker().peers().end(), "the broker knows its neighbour");
  const auto best = peer->second.best();
  require(best.has_value(), "the broker has a link to its neighbour");
  require(now.instant < peer->second.links.at(*best).blocked_until,
          name_of(key) + " may leave and has not");
}

void check_ledger(const Twin& twin, OneBroker& real, bool pumped) {
  require(real.rows(Table::kLedger).size() == twin.ledger.size(),
          "as many ledger rows as the twin");
  for (const auto& [id, own] : twin.ledger) {
    const auto row = real.ledger(id);
    require(row.has_value(), "ledger row of " + to_text(id));
    require(row->receipt == own.receipt, "the newest receipt of " + to_text(id));
    require(row->delivered.is_set() == own.delivered, "delivered of " + to_text(id));
    if (!pumped || is_terminal(own.receipt) || !real.now.wall_trusted) continue;
    // Never forgotten: something happens to it within a day, or after the path's last gate.
    const WallTime from = std::max(real.now.wall, kModelStart + days(4));
    require(row->due_next > real.now.wall && row->due_next <= from + hours(26),
            to_text(id) + " has its next moment at " + to_text(row->due_next));
  }
}

void check_room(const Twin& twin, OneBroker& real) {
  std::uint64_t transit = 0, origin = 0, inbox = 0, copies = 0;
  std::size_t envelopes = 0;
  for (const auto& [key, item] : twin.items) {
    const bool moving =
        item.place == Place::kQueued || item.place == Place::kHeld || item.place == Place::kCorrupt;
    if (item.own)
      origin += item.freed ? 0 : item.bytes;
    else if (moving)
      transit += item.bytes;
    else if (item.place != Place::kAway)
      inbox += item.bytes;
    if (item.path_copy) copies += item.bytes;
    const bool bytes = item.own ? !item.freed : item.path_copy || item.place != Place::kAway;
    envelopes += bytes ? 1U : 0U;
  }
  const Room& room = real.broker().room();
  const auto said = [](std::string_view quota, std::uint64_t is, std::uint64_t twins) {
    require(is == twins, "room of " + std::string(quota) + ": " + std::to_string(is) +
                             ", the twin counts " + std::to_string(twins));
  };
  said("transit", room.used(Quota::kClimbing) + room.used(Quota::kDescending), transit);
  said("origin", room.used(Quota::kOrigin), origin);
  said("inbox", room.used(Quota::kInbox), inbox);
  said("copies", room.used(Quota::kCopies), copies);
  const auto txn = real.store.read();
  require(txn && (*txn)->count(Table::kEnvelopes) == envelopes,
          "as many envelopes kept as the twin keeps");
  require((*txn)->count(Table::kProofs) == envelopes, "as many proofs kept as the twin keeps");
}

}  // namespace

void check_effects(Twin& twin, const Effects& effects, OneBroker& real) {
  check_answers(twin, effects);
  for (const Send& send : effects.sends) {
    auto frame = decode_frame(send.frame);
    if (!frame) continue;
    const auto* batch = std::get_if<EnvelopeBatch>(&*frame);
    if (batch == nullptr) continue;
    std::vector<EnvelopeKey> keys;
    const std::pair number{send.neighbour, batch->number};
    const bool again = twin.outstanding.contains(number);
    for (const Envelope& envelope : batch->envelopes) {
      check_departure(twin, envelope, send.neighbour, again, real.now);
      keys.push_back(key_of(envelope));
    }
    twin.outstanding[number] = std::move(keys);
  }
}

void check_store(Twin& twin, OneBroker& real, bool pumped) {
  const auto rows = real.rows(Table::kSeen);
  Waiting at = waiting(real);
  require(rows.size() == twin.items.size(),
          "as many envelopes known (" + std::to_string(rows.size()) + ") as the twin knows (" +
              std::to_string(twin.items.size()) + ")");
  for (const auto& [bytes, value] : rows) {
    const EnvelopeKey key = parse_seen_key(bytes);
    const auto found = twin.items.find(key);
    require(found != twin.items.end(), name_of(key) + " is not known to the twin");
    const auto row = decode_state_row(value);
    require(row.has_value(), name_of(key) + " can be read");
    check_item(twin, real, key, found->second, *row, at, pumped);
  }
  std::vector<TwinInbox> inbox, twins;
  for (const InboxRow& row : real.inbox()) inbox.push_back({row.key, row.copy, row.settled});
  for (const auto& [seq, row] : twin.inbox) twins.push_back(row);
  require(inbox == twins, "the inbox is the twin's");
  check_ledger(twin, real, pumped);
  check_room(twin, real);
  // A turn whose effects were lost may have sent, or left out of a resend, what nobody saw.
  twin.outstanding = std::move(at.batches);
}

}  // namespace xianjie::tests
