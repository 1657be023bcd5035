// Where offices move, two custodians may each pass the same envelope on, or one passes on what
// arrives by itself too; it comes to the inbox once. `continues` names what an envelope goes on
// with: whatever goes on with an item here, or with what an item here of somebody else goes on
// with, is a repeat. The same office twice has lost its store, and needs an answer to the new one.
//
// The repeat of a continuation is returned, which settles the item that it continues where that is
// (finish_at_origin). An envelope whose continuation is here ends without a word: its receipts come
// from whoever passed it on.
#include "broker/broker.h"
#include "routing/kinds.h"

namespace xianjie::broker {
namespace {

constexpr std::size_t kForgottenPerDay = 65'536;

// Answers go to whoever asked, by themselves.
bool may_repeat(const Header& header) {
  return !header.in_reply_to.is_set() && !header.copy_of.is_set();
}

}  // namespace

// Has just arrived, for this office; what it repeats, or empty.
Result<std::optional<EnvelopeKey>> Broker::repeated_item(Turn& turn, const EnvelopeKey& key,
                                                         const Header& header) {
  if (!may_repeat(header)) return std::optional<EnvelopeKey>{};
  for (const EnvelopeId& id : {key.id, header.continues}) {
    if (!id.is_set()) continue;
    XJ_TRY(const auto value, turn.txn.get(Table::kItems, id.bytes));
    if (!value) continue;
    const EnvelopeKey here = parse_seen_key(*value);
    const bool told_again = here.origin == key.origin && here.id != id;
    if (here != key && !told_again) return std::optional(here);
  }
  return std::optional<EnvelopeKey>{};
}

Result<std::optional<AckOutcome>> Broker::end_repeat(Turn& turn, const EnvelopeKey& key,
                                                     StateRow row, const Header& header,
                                                     const EnvelopeKey& here) {
  audit(turn, "repeated", name_of(key) + " is here as " + name_of(here));
  if (!header.continues.is_set()) return std::optional(AckOutcome::kKnown);
  row.place = Place::kSettled;
  row.returned = true;
  add_receipt(turn, key, row);
  XJ_TRY_VOID(put_state(turn, key, row));
  return std::optional(AckOutcome::kTaken);
}

Result<> Broker::note_item(Turn& turn, const EnvelopeKey& key, const Header& header) {
  if (!may_repeat(header)) return {};
  XJ_TRY_VOID(turn.txn.put(Table::kItems, key.id.bytes, seen_key(key)));
  if (!header.continues.is_set()) return {};
  return turn.txn.put(Table::kItems, header.continues.bytes, seen_key(key));
}

// It is taken out of the inbox: a thief's word must not keep out what comes after it.
Result<> Broker::forget_item(Turn& turn, const EnvelopeKey& key) {
  XJ_TRY(const auto bytes, envelope(turn, key));
  const auto header = bytes ? decode_header(bytes->header) : corrupt("");
  if (!header) return {};
  for (const EnvelopeId& id : {key.id, header->continues}) {
    XJ_TRY(const auto value, turn.txn.get(Table::kItems, id.bytes));
    if (value && parse_seen_key(*value) == key)
      XJ_TRY_VOID(turn.txn.erase(Table::kItems, id.bytes));
  }
  return {};
}

// Ids begin with the moment at which they were made: the oldest come first. Two ways, because what
// goes on with one may have been made at its end.
Result<> Broker::sweep_items(Turn& turn) {
  std::vector<Bytes> old;
  const WallTime until = turn.now.wall - routing::longest_way() - routing::longest_way();
  XJ_TRY_VOID(turn.txn.scan(Table::kItems, {}, {}, [&](const Row& row) {
    if (EnvelopeId{Decoder(row.key).array<16>()}.created() > until) return false;
    old.push_back(to_bytes(row.key));
    return old.size() < kForgottenPerDay;
  }));
  for (const Bytes& key : old) XJ_TRY_VOID(turn.txn.erase(Table::kItems, key));
  return {};
}

}  // namespace xianjie::broker
