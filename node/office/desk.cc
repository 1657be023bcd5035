#include "node/office/desk.h"

#include <algorithm>

#include "crypto/seal.h"

namespace xianjie::node {

using broker::EnvelopeKey;
using broker::Table;

Result<EnvelopeKey> find_key(broker::ReadTxn& txn, OfficeId self, std::string_view id_text) {
  const auto id = EnvelopeId::parse(id_text);
  if (!id) return refused("id: 32 hex digits expected, as `inbox list` shows them");
  const EnvelopeKey own{self, *id};
  XJ_TRY(const auto mine, txn.get(Table::kSeen, broker::seen_key(own)));
  if (mine) return own;
  // `seen` is ordered by (origin, id): one look a distinct origin, not one a row.
  std::optional<EnvelopeKey> found;
  std::uint64_t origin = 0;
  for (bool more = true; more && !found;) {
    more = false;
    const Bytes from = Encoder().u64(origin).raw(id->bytes).bytes();
    XJ_TRY_VOID(txn.scan(Table::kSeen, from, {}, [&](const broker::Row& row) {
      const EnvelopeKey key = broker::parse_seen_key(row.key);
      if (key.id == *id) found = key;
      const std::uint64_t here = key.origin.value();
      more = true;
      origin = here > origin ? here : origin + 1;
      return false;
    }));
  }
  if (!found)
    return fail(ErrorCode::kNotFound,
                "not_found: no envelope " + std::string(id_text) + " at this office");
  return *found;
}

Result<Item> load_item(broker::ReadTxn& txn, const EnvelopeKey& key) {
  Item item;
  item.key = key;
  const Bytes row_key = broker::seen_key(key);
  XJ_TRY(const auto state, txn.get(Table::kSeen, row_key));
  if (!state) return fail(ErrorCode::kNotFound, "not_found: no such envelope at this office");
  XJ_TRY(item.state, broker::decode_state_row(*state));
  XJ_TRY(const auto proof, txn.get(Table::kProofs, row_key));
  const Bytes proof_bytes = proof ? to_bytes(*proof) : Bytes{};
  XJ_TRY(const auto row, txn.get(Table::kEnvelopes, row_key));
  if (!row) return fail(ErrorCode::kNotFound, "gone: its content is no longer kept here");
  XJ_TRY(item.envelope, broker::decode_envelope_row(*row, proof_bytes));
  XJ_TRY(item.header, decode_header(item.envelope.header));
  return item;
}

Result<Item> load_whole_item(broker::ReadTxn& txn, const EnvelopeKey& key) {
  XJ_TRY(Item item, load_item(txn, key));
  for (std::size_t index = 0; index < chunk_count(item.header.sealed_bytes); ++index) {
    XJ_TRY(const auto chunk, txn.get(Table::kChunks, broker::chunk_key(key, index)));
    if (!chunk) return fail(ErrorCode::kNotFound, "gone: its content is no longer kept here");
    item.envelope.chunks.push_back(to_bytes(*chunk));
  }
  return item;
}

Result<Payload> open_item(const Item& item, const crypto::KeyRing& keys) {
  const Reader* slot = item.header.reader(keys.office());
  if (slot == nullptr)
    return refused("no_reader: this office carries the envelope but may not read it");
  const crypto::OfficeKeys* opener = keys.find(slot->key);
  if (opener == nullptr)
    return refused("retired_key: sealed to key " + std::to_string(slot->key.number) +
                   ", whose key file is not here; put it back, or its sender seals anew");
  XJ_TRY(const Bytes plain, crypto::open_envelope(item.envelope, item.header, keys.office(),
                                                  slot->key, opener->sealing_secret()));
  return decode_payload(plain);
}

Result<> may_check(OfficeType self, Kind kind, std::optional<CheckOutcome> outcome) {
  if (self == OfficeType::kTownship)
    return outcome ? Result<>{} : refused("outcome: own-area (属本辖区) or unlinked (未衔接)");
  // At a province a search may end that never began: where there is no population-police to ask.
  const bool searched = kind == Kind::kUnlinkedReturn || self == OfficeType::kProvince;
  if (searched && outcome == CheckOutcome::kUnlinked) return {};
  return refused("desk: only a township checks a person; this desk assigns or returns");
}

bool looks_for_persons(OfficeId self, Kind kind) {
  return carries_notice(kind) && kind != Kind::kUnlinkedReturn &&
         self.type() != OfficeType::kPopulationPolice;
}

bool carries_notice(Kind kind) {
  return kind == Kind::kPreReleaseNotice || kind == Kind::kAdHocReport ||
         kind == Kind::kUnlinkedReturn;
}

Result<broker::Order> check_result_order(const Item& item, Check check) {
  if (!carries_notice(item.header.kind))
    return refused("kind: only notices are settled as own area or unlinked");
  broker::Order order;
  order.kind = Kind::kCheckResult;
  order.destination = item.key.origin;
  order.period = item.header.period;
  order.in_reply_to = item.key.id;
  CheckResultPayload payload{item.key.id, check.outcome, std::move(check.remarks)};
  payload.checked_by = check.checked_by;
  payload.steps = std::move(check.steps);
  order.payload = encode(Payload(std::move(payload)));
  return order;
}

std::optional<CheckOutcome> check_outcome_from_word(std::string_view word) {
  if (word == "own-area") return CheckOutcome::kOwnArea;
  if (word == "unlinked") return CheckOutcome::kUnlinked;
  return std::nullopt;
}

std::string_view check_outcome_word(std::uint8_t outcome) {
  switch (static_cast<CheckOutcome>(outcome)) {
    case CheckOutcome::kOwnArea:
      return "own-area";
    case CheckOutcome::kUnlinked:
      return "unlinked";
  }
  return "";
}

}  // namespace xianjie::node
