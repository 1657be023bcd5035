// Whether a month balances: the ledger counted again, each end of an envelope held against the
// receipt of its destination, each hand-over against the manifest that both neighbours signed.
#include <algorithm>

#include "crypto/merkle.h"
#include "node/evidence/case.h"
#include "routing/kinds.h"

namespace xianjie::node::evidence {
namespace {

using nlohmann::json;

enum class Column { kNone, kDelivered, kReturned, kHeld, kInTransit };

Column column_in_ledger(const LedgerEntry& entry) {
  switch (entry.receipt) {
    case ReceiptType::kDelivered:
    case ReceiptType::kCollected:
    case ReceiptType::kProcessed:
      return Column::kDelivered;
    case ReceiptType::kReturned:
      return Column::kReturned;
    case ReceiptType::kRejected:
    case ReceiptType::kExpired:
      return Column::kHeld;
    case ReceiptType::kAccepted:
      break;
  }
  return entry.stuck ? Column::kHeld : Column::kInTransit;
}

// What the destination's own receipts say; kNone: it signed none that counts.
Column column_by_receipts(const std::vector<ProvedReceipt>& receipts) {
  Column out = Column::kNone;
  for (const ProvedReceipt& receipt : receipts) {
    if (receipt.type == ReceiptType::kReturned) return Column::kReturned;
    if (receipt.type == ReceiptType::kRejected) return Column::kHeld;
    if (receipt.type != ReceiptType::kAccepted && receipt.type != ReceiptType::kExpired)
      out = Column::kDelivered;
  }
  return out;
}

struct Sums {
  std::uint64_t accepted = 0, delivered = 0, returned = 0, held = 0, in_transit = 0;
  void add(Column column) {
    ++accepted;
    if (column == Column::kDelivered) ++delivered;
    if (column == Column::kReturned) ++returned;
    if (column == Column::kHeld) ++held;
    if (column == Column::kInTransit) ++in_transit;
  }
  [[nodiscard]] bool balances() const {
    return accepted == delivered + returned + held + in_transit;
  }
  [[nodiscard]] json to_json() const {
    return {{"accepted", accepted},
            {"delivered", delivered},
            {"returned", returned},
            {"held", held},
            {"in_transit", in_transit}};
  }
  [[nodiscard]] std::string words() const {
    return "accepted " + std::to_string(accepted) + " = delivered " + std::to_string(delivered) +
           " + returned " + std::to_string(returned) + " + held " + std::to_string(held) +
           " + in transit " + std::to_string(in_transit);
  }
  [[nodiscard]] std::string zh_words() const {
    return "已登记 " + std::to_string(accepted) + " = 已送达 " + std::to_string(delivered) +
           " + 已退回 " + std::to_string(returned) + " + 已挂起 " + std::to_string(held) +
           " + 在途 " + std::to_string(in_transit);
  }
};

}  // namespace

void Case::check_month() {
  if (ledgers_.size() != 1) {
    fault_at_close(
        "no_ledger",
        "a month's evidence has one ledger, this file has " + std::to_string(ledgers_.size()),
        "月度存证应有且仅有一份台账");
    return;
  }
  if (ledgers_.front().value.office != container_.closing.maker)
    fault(ledgers_.front().section, "office", "it is another office's than the file's",
          "台账不属于生成本文件的单位");
  say_month(ledgers_.front().value);
  for (const auto& part : passages_) check_passages(part);
  check_ledger_against_passages(ledgers_.front().value);
  say_standings();
}

void Case::say_month(const LedgerSection& ledger) {
  const std::size_t section = ledgers_.front().section;
  const std::string office = to_text(ledger.office), month = to_text(ledger.period);
  std::map<EnvelopeId, const KnownEnvelope*> known;
  for (const auto& part : envelopes_)
    if (part.value.good) known[part.value.header.id] = &part.value;
  Sums first, copies;
  std::uint64_t continued = 0, ended = 0, proved = 0, written = 0;
  std::set<EnvelopeId> listed;
  for (const LedgerEntry& entry : ledger.entries) {
    const std::string id = to_text(entry.id);
    if (!listed.insert(entry.id).second) {
      fault(section, "twice", "envelope " + id + " stands in it twice", "报文 " + id + " 重复列出");
      continue;
    }
    const auto found = known.find(entry.id);
    if (found != known.end()) {
      const Header& header = found->second->header;
      if (found->second->leaf != entry.leaf || header.origin != ledger.office ||
          !answers_for(header, entry.destination) || header.kind != entry.kind ||
          header.period != ledger.period || header.copy_of != entry.copy_of)
        fault(section, "differs", "what it says of envelope " + id + " is not what was signed",
              "所述报文 " + id + " 与签名的报头不符");
      ++written;
    }
    const Column column = column_in_ledger(entry);
    const auto receipts = receipts_.find(entry.id);
    const Column said =
        receipts == receipts_.end() ? Column::kNone : column_by_receipts(receipts->second);
    if (said != Column::kNone && said != column)
      fault(section, "receipt",
            "it puts envelope " + id + " elsewhere than " + to_text(entry.destination) + " signed",
            "所列报文 " + id + " 的结果与 " + to_text(entry.destination) + " 签名的回执不符");
    if (column == Column::kDelivered || column == Column::kReturned) {
      ++ended;
      proved += said == column ? 1U : 0U;
    }
    if (entry.continues)
      ++continued;
    else
      (entry.copy_of.is_set() ? copies : first).add(column);
  }
  json& out = facts()["month"];
  out = first.to_json();
  out["period"] = month;
  out["office"] = office;
  out["as_of"] = to_text(ledger.as_of);
  out["copies"] = copies.to_json();
  out["continued"] = continued;
  out["balanced"] = first.balances() && copies.balances();
  out["open"] = first.held + first.in_transit;
  out["ends_proved"] = proved;
  out["ends"] = ended;
  prove("month",
        "month " + month + " of " + office + " balances as of " + when(ledger.as_of) + ": " +
            first.words(),
        office + " " + month + " 月度平衡（截至 " + when(ledger.as_of) + "）：" + first.zh_words());
  if (proved > 0)
    prove("ends",
          std::to_string(proved) + " of " + std::to_string(ended) +
              " envelopes delivered or returned are so by their destinations' signed receipts",
          "已送达或已退回的 " + std::to_string(ended) + " 件中，" + std::to_string(proved) +
              " 件有接收单位签名的回执");
  if (proved < ended)
    cannot("ends",
           "that " + std::to_string(ended - proved) +
               " further envelopes were delivered or returned: no signed receipt is in this file",
           "另有 " + std::to_string(ended - proved) + " 件的送达或退回：本文件中无签名回执");
  if (written > 0)
    prove("written",
          office + " signed " + std::to_string(written) + " of the " +
              std::to_string(ledger.entries.size()) +
              " envelopes of the ledger; their headers are here",
          "台账所列 " + std::to_string(ledger.entries.size()) + " 件中，" +
              std::to_string(written) + " 件的签名报头在本文件中");
  cannot("complete",
         "that the ledger leaves out nothing that was accepted and never left " + office +
             ": what was handed over is counted by both neighbours, what was not only by itself",
         "台账未遗漏从未离开 " + office + " 的报文：已交接的由双方清点，未交接的仅由其自己记载");
}

// One hand-over's list against the manifest of its giver and the answer of its taker.
void Case::check_passages(const Part<PassageSection>& part) {
  const PassageSection& list = part.value;
  const bool given = list.direction == broker::Direction::kGiven;
  const OfficeId giver = given ? list.office : list.neighbour,
                 taker = given ? list.neighbour : list.office;
  std::vector<Hash> leaves;
  for (const PassageEntry& entry : list.entries)
    leaves.push_back(broker::passage_leaf(entry.kind, entry.key, entry.leaf));
  const Hash root = crypto::MerkleTree<crypto::Blake2bTree>(std::move(leaves)).root();
  const Record *manifest = nullptr, *answer = nullptr;
  for (const auto& record : records_) {
    const Record& one = record.value;
    const Manifest& said = one.manifest;
    if (said.period != list.period || said.number != list.number || one.epoch != list.giver_epoch ||
        said.taker_epoch != list.taker_epoch)
      continue;
    if (one.type == RecordType::kManifest && one.issuer == giver && one.target == taker)
      manifest = &one;
    const bool answers =
        one.type == RecordType::kManifestAnswer && one.issuer == taker && one.target == giver;
    if (answers && (answer == nullptr || answer->created <= one.created)) answer = &one;
  }
  const std::string from = to_text(giver), to = to_text(taker), month = to_text(list.period);
  const std::string count = std::to_string(list.entries.size());
  json row{{"from", from}, {"to", to}, {"count", list.entries.size()}, {"agreed", false}};
  const auto fits = [&](const Record* one) {
    return one->manifest.count == list.entries.size() && one->manifest.root == root;
  };
  if (manifest != nullptr && !fits(manifest)) {
    fault(part.section, "manifest", "it is not the list that " + from + " signed in its manifest",
          "与 " + from + " 签名的交接清单不符");
  } else if (answer != nullptr && answer->manifest.state == ManifestState::kAgreed &&
             !fits(answer)) {
    fault(part.section, "manifest", "it is not the list that " + to + " agreed to",
          "与 " + to + " 确认的交接清单不符");
  } else if (manifest != nullptr && answer != nullptr &&
             answer->manifest.state == ManifestState::kAgreed) {
    row["agreed"] = true;
    prove("manifest",
          from + " and " + to + " both signed that exactly these " + count +
              " envelopes passed between them for " + month,
          from + " 与 " + to + " 双方签名确认 " + month + " 恰好交接以上 " + count + " 件");
  } else {
    const char* const why = manifest == nullptr ? "no manifest of the giver"
                            : answer == nullptr ? "no answer of the taker"
                                                : "no agreement: the two ends differ";
    cannot("manifest",
           "that both ends agree on what passed from " + from + " to " + to + " for " + month +
               ": " + why,
           from + " 与 " + to + " 就 " + month + " 的交接达成一致：本文件中无双方一致的清单");
  }
  facts()["manifests"].push_back(std::move(row));
}

// What left this office by a neighbour's word must stand in its ledger.
void Case::check_ledger_against_passages(const LedgerSection& ledger) {
  std::map<EnvelopeId, Hash> listed;
  for (const LedgerEntry& entry : ledger.entries) listed[entry.id] = entry.leaf;
  for (const auto& part : passages_) {
    if (part.value.direction == broker::Direction::kTaken) continue;
    for (const PassageEntry& entry : part.value.entries) {
      if (entry.key.origin != ledger.office) continue;
      const auto found = listed.find(entry.key.id);
      if (found == listed.end() || found->second != entry.leaf)
        fault(
            ledgers_.front().section, "left_out",
            "it leaves out envelope " + to_text(entry.key.id) + ", which was handed to " +
                to_text(part.value.neighbour),
            "遗漏报文 " + to_text(entry.key.id) + "，该件已交给 " + to_text(part.value.neighbour));
    }
  }
}

// What the offices below said of themselves, each under its own signature.
void Case::say_standings() {
  const Period period = ledgers_.front().value.period;
  Sums sums;
  std::size_t offices = 0;
  for (const auto& part : records_) {
    const Record& record = part.value;
    if (record.type != RecordType::kStanding) continue;
    ++offices;
    Sums one;
    for (const StandingEntry& entry : record.standing) {
      if (entry.period != period || !routing::counted_in_month(entry.kind)) continue;
      if (entry.column == StandingColumn::kAccepted) one.accepted += entry.count;
      if (entry.column == StandingColumn::kDelivered) one.delivered += entry.count;
      if (entry.column == StandingColumn::kReturned) one.returned += entry.count;
      if (entry.column == StandingColumn::kHeld) one.held += entry.count;
      if (entry.column == StandingColumn::kInTransit) one.in_transit += entry.count;
    }
    json row = one.to_json();
    row["office"] = to_text(record.issuer);
    row["as_of"] = to_text(record.created);
    facts()["below"].push_back(std::move(row));
    if (!one.balances())
      cannot("below", "that " + to_text(record.issuer) + " balances: it signed " + one.words(),
             to_text(record.issuer) + " 月度平衡：其签名数字为 " + one.zh_words());
    sums.accepted += one.accepted;
    sums.delivered += one.delivered;
    sums.returned += one.returned;
    sums.held += one.held;
    sums.in_transit += one.in_transit;
  }
  if (offices == 0) return;
  facts()["below_total"] = sums.to_json();
  prove("below",
        std::to_string(offices) + " offices below signed how they stand for " + to_text(period) +
            ": " + sums.words(),
        "下辖 " + std::to_string(offices) + " 个单位签名上报 " + to_text(period) + "：" +
            sums.zh_words());
}

}  // namespace xianjie::node::evidence
