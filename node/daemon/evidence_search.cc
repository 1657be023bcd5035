#include "node/daemon/evidence_search.h"

#include <algorithm>

#include "crypto/hash.h"

namespace xianjie::node {
namespace {

constexpr std::size_t kSearchSliceBytes = 8U << 20;
constexpr std::size_t kChainMax = 1U << 18;  // 32 bytes each in the file

}  // namespace

Result<bool> EvidenceSearch::advance(Engine& engine) {
  std::size_t bytes = 0;
  bool more = false;
  XJ_TRY_VOID(engine.archive().scan(next_, [&](const broker::ArchiveRecord& record) {
    if (bytes > kSearchSliceBytes) {
      more = true;
      return false;
    }
    bytes += record.bytes.size() + 64;
    if (record.number != next_) before_.reset();  // older segments were moved away
    look(record.bytes);
    look_at_line(record.number, record.bytes, before_);
    if (found_.audit && record.number >= found_.audit->first)
      found_.chain[record.number] = record.hash;
    before_ = record.hash;
    next_ = record.number + 1;
    return true;
  }));
  if (more) return false;
  XJ_TRY_VOID(look_at_store(engine));
  return true;
}

// What the archive does not have yet, and the acknowledgements that wait for a repeat.
Result<> EvidenceSearch::look_at_store(Engine& engine) {
  XJ_TRY(const auto txn, engine.read());
  XJ_TRY_VOID(
      txn->scan(broker::Table::kAudit, broker::seq_key(next_), {}, [&](const broker::Row& row) {
        look(row.value);
        return true;
      }));
  return txn->scan(broker::Table::kBatches, Bytes{1}, Bytes{1}, [&](const broker::Row& row) {
    Decoder key(row.key.subspan(1));
    broker::CustodyRow custody{OfficeId::from_value(key.u64()).value_or(OfficeId{}), true, {}};
    auto batch = broker::decode_batch_row(row.value);
    if (!batch) return true;
    custody.batch = std::move(*batch);
    add_custody(custody);
    return true;
  });
}

void EvidenceSearch::look(ByteView bytes) {
  if (bytes.empty()) return;
  if (bytes[0] == 'B') {
    if (const auto row = broker::read_custody_row(bytes)) add_custody(*row);
  } else if (bytes[0] == 'R') {
    if (wanted_.ids.empty()) return;
    if (const auto record = broker::read_record_row(bytes)) add_record(*record);
  } else if (bytes[0] == 'E') {
    if (wanted_.ids.empty()) return;
    const auto proofs = broker::read_proofs_row(bytes);
    if (!proofs) return;
    for (const broker::KeptProof& proof : *proofs)
      if (const auto found = wanted_.leaves.find(proof.leaf()); found != wanted_.leaves.end())
        found_.proofs.emplace(found->second, proof);
  }
}

void EvidenceSearch::look_at_line(std::uint64_t number, ByteView bytes,
                                  const std::optional<Hash>& before) {
  if (wanted_.line.empty() || bytes.empty()) return;
  const bool text = bytes[0] != 'B' && bytes[0] != 'R' && bytes[0] != 'E';
  const bool shown = text && as_text(bytes).find(wanted_.line) != std::string_view::npos;
  if (!found_.audit) {
    if (!shown || !before) return;
    found_.audit = evidence::AuditSection{self_, number, *before, {}};
  }
  evidence::AuditEntry entry{{}, crypto::hash(bytes)};
  if (shown) {
    entry.bytes = to_bytes(bytes);
    found_.audit_last_shown = number;
  }
  found_.audit->entries.push_back(std::move(entry));
  if (found_.audit->entries.size() > kChainMax) {  // too long a way to any head: shown without
    found_.audit.reset();
    found_.chain.clear();
    wanted_.line.clear();
  }
}

void EvidenceSearch::add_custody(const broker::CustodyRow& row) {
  const bool about = std::ranges::any_of(row.batch.items, [&](const broker::BatchItem& item) {
    return wanted_.leaves.contains(item.leaf);
  });
  const auto frame = about ? decode_frame(row.batch.ack) : corrupt("");
  const auto* ack = frame ? std::get_if<Ack>(&*frame) : nullptr;
  if (ack == nullptr || ack->outcomes.size() != row.batch.items.size()) return;
  evidence::Custody out;
  out.from = row.taken ? row.neighbour : self_;
  out.to = row.taken ? self_ : row.neighbour;
  out.ack = *ack;
  out.ack.retry_after_ms = 0;
  for (const broker::BatchItem& item : row.batch.items) out.leaves.push_back(item.leaf);
  found_.custodies.push_back(std::move(out));
}

void EvidenceSearch::add_record(const SignedRecord& record) {
  const auto body = decode_record_body(record.body);
  if (!body) return;
  bool about = false;
  for (const Receipt& receipt : body->receipts) {
    const auto found = wanted_.leaves.find(receipt.leaf);
    about = about || (found != wanted_.leaves.end() && found->second == receipt.id);
  }
  const bool manifest =
      body->type == RecordType::kManifest || body->type == RecordType::kManifestAnswer;
  if (about || (manifest && wanted_.month && body->manifest.period == *wanted_.month))
    found_.records.push_back(record);
}

}  // namespace xianjie::node
