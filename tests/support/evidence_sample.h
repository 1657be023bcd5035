// The pieces of a whole case, signed by the fixture's offices: one notice from kPrison to kTownship
// over five hand-overs, settled; the same as a month of the prison with its manifests. Tests spoil
// a piece and build it again. Needs the target to link xianjie_evidence.
#pragma once

#include <utility>

#include "broker/archive.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/seal.h"
#include "crypto/statement.h"
#include "node/evidence/build.h"
#include "schemas/payload.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {

inline Bytes signed_directory(const DirectoryContents& contents, std::uint64_t holder_seed = 7) {
  SeededRandom random(holder_seed);
  const auto holder = crypto::SigningPair::generate(random);
  SignedDirectory file;
  file.body = encode_directory_body(contents);
  file.signatures = {crypto::sign_directory(file.body, holder)};
  return encode(file);
}

inline node::evidence::Custody custody_of(OfficeId from, OfficeId to, const Hash& leaf,
                                          WallTime time, AckOutcome outcome = AckOutcome::kTaken) {
  node::evidence::Custody out;
  out.from = from;
  out.to = to;
  out.leaves = {Hash{9}, leaf};  // it was not alone in its batch
  out.ack.number = 3;
  out.ack.sender_epoch = 5;
  out.ack.time = time;
  out.ack.channel_class = ChannelClass::kVpn;
  out.ack.outcomes = {AckOutcome::kTaken, outcome};
  crypto::sign_ack(out.ack, from, out.leaves, office_keys(to));
  return out;
}

inline SignedRecord receipt_of(OfficeId issuer, OfficeId target, Receipt receipt,
                               Kind subject = Kind::kPreReleaseNotice) {
  Record record;
  record.type = RecordType::kReceipts;
  record.target = target;
  record.created = receipt.time + seconds(1);
  record.subject = subject;
  record.receipts = {receipt};
  return crypto::sign_record(record, office_keys(issuer));
}

struct EvidenceSample {
  std::vector<OfficeId> path{kPrison, kBureau, kProvince, kPrefecture, kCounty, kTownship};
  Writer prison{kPrison};
  Envelope envelope;
  EnvelopeId id;
  Hash leaf{}, key{};
  node::evidence::Pieces pieces;

  EvidenceSample() {
    envelope =
        prison.seal(prison.header(kTownship, Kind::kPreReleaseNotice, kEarly, kDecember), notice());
    const Header header = header_of(envelope);
    id = header.id;
    leaf = crypto::leaf_of(envelope);
    key = *crypto::payload_key(envelope, header, kTownship, {1},
                               office_keys(kTownship).sealing_secret());
    pieces.directory = signed_directory(nation().contents());
    pieces.envelopes = {*node::evidence::proof_of(envelope, node::evidence::Relation::kMain)};
    for (std::size_t i = 1; i < path.size(); ++i)
      pieces.custodies.push_back(
          custody_of(path[i - 1], path[i], leaf, kPrisonGate + days(static_cast<int>(i) - 1)));
    pieces.records = {
        receipt_of(kTownship, kPrison, {id, leaf, ReceiptType::kDelivered, at_township()}),
        receipt_of(kTownship, kPrison,
                   {id, leaf, ReceiptType::kProcessed, at_township() + hours(2)})};
  }
  [[nodiscard]] static WallTime at_township() { return kPrisonGate + days(4); }
  [[nodiscard]] static std::string notice() {
    const Bytes payload = encode(Payload(sample_notice()));
    return std::string(as_text(payload));
  }
  void disclose() { pieces.contents = {{id, key, envelope.sealed, {}}}; }

  // Five lines of the prison's log, the third shown; head 5 countersigned by `by`.
  void add_audit(OfficeId by = kBureau, std::uint64_t head_number = 5) {
    node::evidence::AuditSection audit;
    audit.office = kPrison;
    Hash head{};
    for (std::uint64_t n = 1; n <= 5; ++n) {
      const Bytes line = to_bytes(as_bytes(to_text(kPrisonGate) + " line " + std::to_string(n)));
      node::evidence::AuditEntry entry;
      entry.hash = crypto::hash(line);
      if (n == 3) entry.bytes = line;
      audit.entries.push_back(entry);
      if (n <= head_number) head = broker::chain_hash(head, n, entry.hash);
    }
    pieces.audits = {audit};
    Record seen;
    seen.type = RecordType::kHeadSeen;
    seen.target = kPrison;
    seen.created = kPrisonGate + hours(1);
    seen.epoch = 5;
    seen.audit_number = head_number;
    seen.audit_head = head;
    pieces.records.push_back(crypto::sign_record(seen, office_keys(by)));
  }

  // The prison's December: this one envelope, and the manifest that the bureau agreed to.
  void make_month() {
    pieces.subject = node::evidence::Subject::kMonth;
    node::evidence::LedgerEntry entry;
    entry.id = id;
    entry.leaf = leaf;
    entry.destination = kTownship;
    entry.kind = Kind::kPreReleaseNotice;
    entry.receipt = ReceiptType::kProcessed;
    entry.accepted = kEarly;
    entry.delivered = at_township();
    pieces.ledger = {kPrison, kDecember, kPrisonGate + days(6), {entry}};
    pieces.custodies.resize(1);
    node::evidence::PassageSection list;
    list.office = kPrison;
    list.neighbour = kBureau;
    list.period = kDecember;
    list.giver_epoch = 5;
    list.taker_epoch = 6;
    list.number = 1;
    list.entries = {{Kind::kPreReleaseNotice, {kPrison, id}, leaf}};
    pieces.passages = {list};
    Record record;
    record.type = RecordType::kManifest;
    record.target = kBureau;
    record.created = kPrisonGate + minutes(1);
    record.epoch = 5;
    record.manifest.period = kDecember;
    record.manifest.taker_epoch = 6;
    record.manifest.number = 1;
    record.manifest.count = 1;
    record.manifest.root = broker::passage_leaf(Kind::kPreReleaseNotice, {kPrison, id}, leaf);
    record.manifest.destinations = {{kTownship, 1}};
    pieces.records.push_back(crypto::sign_record(record, office_keys(kPrison)));
    record.type = RecordType::kManifestAnswer;
    record.target = kPrison;
    record.manifest.destinations.clear();
    record.manifest.state = ManifestState::kAgreed;
    pieces.records.push_back(crypto::sign_record(record, office_keys(kBureau)));
  }

  [[nodiscard]] Bytes file(OfficeId maker = kPrison) const {
    auto built = node::evidence::build(pieces, office_keys(maker), kPrisonGate + days(6));
    XJ_CHECK(built.has_value());
    return std::move(*built);
  }
};

}  // namespace xianjie::tests
