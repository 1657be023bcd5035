#include "tests/model/twin.h"

#include <algorithm>
#include <utility>

#include "routing/calendar.h"
#include "routing/kinds.h"
#include "routing/route.h"
#include "tests/model/pool.h"

namespace xianjie::tests {

using namespace broker;

namespace {

int weight(ReceiptType type, bool delivered) {
  if (type == ReceiptType::kAccepted) return 0;
  if (type == ReceiptType::kDelivered) return 2;
  if (type == ReceiptType::kCollected) return 3;
  return type == ReceiptType::kExpired && !delivered ? 1 : 4;
}

}  // namespace

void Twin::link_up(OfficeId neighbour, ChannelClass own) {
  links[neighbour] = {true, false, links[neighbour].directory, own, own};
}

void Twin::link_down(OfficeId neighbour) {
  links[neighbour].up = false;
  links[neighbour].greeted = false;
}

bool Twin::hears(OfficeId neighbour) const {
  const auto link = links.find(neighbour);
  return link != links.end() && link->second.up && link->second.greeted;
}

// Records that say nothing of their subject come over what any person's kind may use.
bool Twin::hears_records(OfficeId neighbour) const {
  return hears(neighbour) && routing::record_allowed(Kind::kNone, links.at(neighbour).both,
                                                     neighbour.type(), kUnderTest.type());
}

bool Twin::open(const TwinItem& item, const Now& now) const {
  return !item.opens.is_set() || (now.wall_trusted && now.wall >= item.opens);
}

bool Twin::allowed(const TwinItem& item) const {
  const auto link = links.find(item.next);
  return link != links.end() && routing::channel_allowed(item.kind, link->second.both,
                                                         kUnderTest.type(), item.next.type());
}

void Twin::hello(OfficeId neighbour, ChannelClass theirs, std::uint64_t directory) {
  TwinLink& link = links[neighbour];
  link.up = link.greeted = true;
  link.both = std::min(link.own, theirs);
  const bool moved = std::exchange(link.directory, directory) != directory;
  for (auto& [key, item] : items)
    if (item.place == Place::kHeld && item.next == neighbour && !item.bad &&
        ((item.why == "channel" && allowed(item)) || (item.why == "refused_by_next" && moved)))
      item.place = Place::kQueued;
}

void Twin::batch(OfficeId from, const CheckedBatch& batch, const Now& now) {
  if (!hears(from)) return;
  std::vector<Hash> leaves;
  for (const CheckedEnvelope& checked : batch.envelopes) leaves.push_back(checked.leaf);
  const auto before = answered_.find({from, batch.number});
  if (before != answered_.end() && before->second.first == leaves) {
    expected.acks.emplace_back(from, before->second.second);
    return;
  }
  std::vector<AckOutcome> outcomes;
  for (const CheckedEnvelope& checked : batch.envelopes)
    outcomes.push_back(take(from, checked, now));
  std::erase_if(answered_, [&](const auto& row) {
    return row.first.first == from && row.first.second < batch.settled_below;
  });
  answered_[{from, batch.number}] = {leaves, outcomes};
  expected.acks.emplace_back(from, outcomes);
}

AckOutcome Twin::take(OfficeId from, const CheckedEnvelope& checked, const Now& now) {
  const Header& header = checked.header;
  if (checked.fault || header.origin == kUnderTest) return AckOutcome::kRefused;
  if (!routing::channel_allowed(header.kind, links.at(from).both, from.type(), kUnderTest.type()))
    return AckOutcome::kRefused;
  const EnvelopeKey key{header.origin, header.id};
  const bool too_far = checked.envelope.hops >= kHopsMax;
  const auto known = items.find(key);
  if (known == items.end()) {
    if (header.not_after <= horizon_ || too_far) return AckOutcome::kRefused;
    if (now.wall_trusted && now.wall > header.not_after + kClockSkew) return AckOutcome::kRefused;
    TwinItem& item = items[key];
    item.leaf = checked.leaf;
    item.destination = header.destination;
    item.kind = header.kind;
    item.taken = item.changed = now.wall;
    item.not_after = header.not_after;
    item.bytes = checked.envelope.size();
    item.from = from;
    item.hops = static_cast<std::uint8_t>(checked.envelope.hops + 1);
    if (header.destination == kUnderTest) {
      item.place = Place::kInbox;
      inbox[++inbox_next_] = {key, false, false};
      expected.delivered.push_back(key);
    } else {
      relay(item, key, header, now);
    }
    return AckOutcome::kTaken;
  }
  TwinItem& item = known->second;
  if (item.leaf != checked.leaf) return AckOutcome::kConflict;
  if (item.place != Place::kAway && item.place != Place::kCorrupt) return AckOutcome::kKnown;
  if (item.place == Place::kAway && now.wall < item.changed + minutes(10))
    return AckOutcome::kDeferred;
  if (too_far) return AckOutcome::kRefused;
  item.from = from;
  item.changed = now.wall;
  item.hops = static_cast<std::uint8_t>(checked.envelope.hops + 1);
  item.bad = false;
  relay(item, key, header, now);
  return AckOutcome::kTaken;
}

void Twin::relay(TwinItem& item, const EnvelopeKey& key, const Header& header, const Now& now) {
  const bool to_path = routing::kind_row(item.kind).readers == routing::ReaderRule::kPath &&
                       !header.copy_of.is_set();
  const auto reads = [&](OfficeId office) {
    return std::ranges::any_of(header.readers, [&](const Reader& r) { return r.office == office; });
  };
  WallTime opens = header.not_before;
  if (const auto gate = routing::gate(item.kind, header.period, kUnderTest, {}))
    opens = std::max(opens, *gate);
  item.opens = now.wall_trusted && now.wall >= opens ? WallTime{} : opens;
  item.left = false;
  if (to_path && reads(kUnderTest) && !item.copied) {
    item.copied = item.path_copy = true;
    inbox[++inbox_next_] = {key, true, false};
  }
  item.next = *routing::next_hop(nation().snapshot()->directory, kUnderTest, item.destination);
  const bool lost = item.next == item.from || (to_path && !reads(item.next));
  item.place = lost ? Place::kHeld : Place::kQueued;
  item.why = lost ? "route_disagrees" : "";
}

void Twin::ack(OfficeId from, const Ack& ack, bool valid, const Now& now) {
  const auto sent = outstanding.find({from, ack.number});
  if (!hears(from) || !valid || sent == outstanding.end()) return;
  for (std::size_t i = 0; i < sent->second.size(); ++i) {
    const auto found = items.find(sent->second[i]);
    if (found == items.end() || found->second.place != Place::kQueued) continue;
    TwinItem& item = found->second;
    item.opens = {};
    switch (ack.outcomes.at(i)) {
      case AckOutcome::kTaken:
      case AckOutcome::kKnown:
        item.place = Place::kAway;
        item.changed = now.wall;
        if (!item.own && !item.path_copy) item.bad = false;
        break;
      case AckOutcome::kDeferred:
        break;
      default:
        item.place = Place::kHeld;
        item.why = ack.outcomes[i] == AckOutcome::kConflict ? "conflict" : "refused_by_next";
    }
  }
  outstanding.erase(sent);
}

void Twin::submit(const Submit& event, const Now& now) {
  std::vector<bool> answers;
  for (const SubmitItem& row : event.items) {
    const auto first = submissions_.find(row.row);
    if (first != submissions_.end()) {
      answers.push_back(first->second);
      continue;
    }
    const bool duplicate = row.person && !persons_.insert(*row.person).second;
    submissions_[row.row] = !duplicate;
    answers.push_back(!duplicate);
    if (duplicate) continue;
    const Outgoing& out = row.order.main;
    TwinItem& item = items[{kUnderTest, out.header.id}];
    item.leaf = out.leaf;
    item.destination = out.header.destination;
    item.kind = out.header.kind;
    item.next = out.next;
    item.own = true;
    item.taken = item.changed = now.wall;
    item.not_after = out.header.not_after;
    item.bytes = out.envelope.size();
    const auto gate = routing::gate(item.kind, out.header.period, kUnderTest, {});
    if (gate && (!now.wall_trusted || now.wall < *gate)) item.opens = *gate;
    ledger[out.header.id] = {item.destination, item.leaf, item.not_after, ReceiptType::kAccepted,
                             false};
  }
  expected.accepted.push_back(std::move(answers));
}

void Twin::settle(const EnvelopeKey& key, const Now& now) {
  const auto item = items.find(key);
  const bool mine =
      item != items.end() && (item->second.place == Place::kInbox ||
                              (item->second.place == Place::kSettled && !item->second.own));
  expected.settled.push_back(mine);
  if (!mine || item->second.place == Place::kSettled) return;
  item->second.place = Place::kSettled;
  item->second.changed = now.wall;
  for (auto& [seq, row] : inbox)
    if (row.key == key) row.settled = true;
}

void Twin::receipt(OfficeId via, OfficeId issuer, const Receipt& receipt, const Now&) {
  const auto row = ledger.find(receipt.id);
  if (!hears_records(via) || row == ledger.end()) return;
  TwinLedger& own = row->second;
  if (own.destination != issuer || own.leaf != receipt.leaf) return;
  if (weight(receipt.type, own.delivered) <= weight(own.receipt, own.delivered)) return;
  own.delivered = true;
  if (is_terminal(receipt.type))
    finish(receipt.id, receipt.type);
  else
    own.receipt = receipt.type;
}

void Twin::finish(const EnvelopeId& id, ReceiptType type) {
  ledger.at(id).receipt = type;
  const auto item = items.find({kUnderTest, id});
  if (item == items.end()) return;
  const bool good = type == ReceiptType::kProcessed || type == ReceiptType::kReturned;
  item->second.place = good ? Place::kSettled : Place::kDead;
  if (type == ReceiptType::kProcessed) item->second.freed = true;
}

void Twin::expire(const EnvelopeKey& key) {
  finish(key.id, ReceiptType::kExpired);
}

void Twin::epoch(OfficeId via, OfficeId issuer, std::uint64_t epoch, WallTime created) {
  if (!hears_records(via)) return;
  const auto said = epochs_.find(issuer);
  if (said != epochs_.end() && (said->second.first == epoch || said->second.second >= created))
    return;
  epochs_[issuer] = {epoch, created};
  for (auto& [id, own] : ledger) {
    if (own.destination != issuer || !own.delivered || is_terminal(own.receipt)) continue;
    own.receipt = ReceiptType::kAccepted;
    own.delivered = false;
    const auto item = items.find({kUnderTest, id});
    if (item == items.end() || item->second.place != Place::kAway) continue;
    item->second.place = Place::kQueued;
    item->second.opens = {};
  }
}

void Twin::end_turn(const Now& now) {
  if (!now.wall_trusted) return;
  if (!swept_.is_set()) swept_ = now.wall;
  if (now.wall < swept_ + days(1)) return;
  swept_ = now.wall;
  for (auto at = items.begin(); at != items.end();) {
    auto& [key, item] = *at;
    const auto forget_row = [&, k = key] {
      std::erase_if(inbox, [&](const auto& row) { return row.second.key == k; });
    };
    if (item.path_copy && item.place == Place::kAway && now.wall > item.taken + days(60)) {
      item.path_copy = item.bad = false;
      forget_row();
    }
    const bool over = item.place == Place::kSettled || (item.place == Place::kAway && !item.own);
    if (over && !item.path_copy && now.wall > item.not_after + kClockSkew + days(30)) {
      horizon_ = std::max(horizon_, item.not_after);
      forget_row();
      at = items.erase(at);
    } else {
      ++at;
    }
  }
}

}  // namespace xianjie::tests
