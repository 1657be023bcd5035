// What a clerk does with an item of the inbox: open it, and settle it with an answer to its origin.
// Pure. Opening is recorded by the caller (Audit event): who opened what is a question auditors
// ask.
#pragma once

#include <optional>

#include "broker/prepare.h"
#include "broker/store.h"
#include "broker/tables.h"
#include "crypto/key_ring.h"
#include "schemas/payload.h"

namespace xianjie::node {

struct Item {
  broker::EnvelopeKey key;
  broker::StateRow state;
  Envelope envelope;
  Header header;
};

// Ids are given alone on the command line: the inbox item, ledger row or queued envelope with it.
// kNotFound with what to do; kCorrupt where its bytes fail their checksum.
Result<broker::EnvelopeKey> find_key(broker::ReadTxn& txn, OfficeId self, std::string_view id_text);
Result<Item> load_item(broker::ReadTxn& txn, const broker::EnvelopeKey& key);
// With its chunks, where it has some: what open_item needs of a large payload.
Result<Item> load_whole_item(broker::ReadTxn& txn, const broker::EnvelopeKey& key);
Result<Payload> open_item(const Item& item, const crypto::KeyRing& keys);

// What became of a notice: own area or unlinked (flow A9), sealed to the path back. `checked_by`
// and the steps are those of the office that checked, where the notice went on from here.
struct Check {
  CheckOutcome outcome = CheckOutcome::kOwnArea;
  OfficeId checked_by;
  std::vector<Step> steps;
  std::string remarks =
      {};  // the measures taken for a person of high risk, or what else there is to say
};
Result<broker::Order> check_result_order(const Item& item, Check check);
// Who may say so: a township what it finds; above it only the end of a search, that nobody knows
// the person. kRefused with the rule.
Result<> may_check(OfficeType self, Kind kind, std::optional<CheckOutcome> outcome);
// Whose own service looks who a notice is about as it arrives (疑似重复): every desk of justice.
bool looks_for_persons(OfficeId self, Kind kind);
bool carries_notice(Kind kind);  // of a person to be checked: first, continued or returned
std::optional<CheckOutcome> check_outcome_from_word(std::string_view word);  // own-area, unlinked
std::string_view check_outcome_word(std::uint8_t outcome);                   // "" for none yet

}  // namespace xianjie::node
