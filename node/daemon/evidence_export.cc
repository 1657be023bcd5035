// One evidence file: search what this office holds, ask the other custodians for what it does not,
// put it together, record that it was handed out, hand it out.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "broker/heads.h"
#include "crypto/seal.h"
#include "node/daemon/evidence_jobs.h"
#include "node/daemon/evidence_ledger.h"
#include "node/daemon/evidence_search.h"
#include "node/office/desk.h"
#include "routing/route.h"

namespace xianjie::node {
namespace {

using evidence::Relation;
using nlohmann::json;

constexpr std::size_t kProofsPerSlice = 2048;

class EvidenceJob final : public Job {
 public:
  EvidenceJob(EvidenceRequest request, EvidenceAnswer answer)
      : request_(std::move(request)), answer_(std::move(answer)) {}

  void advance(Engine& engine) override {
    if (auto done = step(engine); !done) {
      done_ = true;
      answer_(std::unexpected(std::move(done).error()), {});
    }
  }
  [[nodiscard]] bool waiting() const override { return waiting_; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  enum class Stage { kArchive, kBegin, kSearch, kAsk, kProofs, kFinish, kOver };

  Result<> step(Engine& engine) {
    switch (stage_) {
      case Stage::kArchive:
        return archive(engine);
      case Stage::kBegin:
        return begin(engine);
      case Stage::kSearch: {
        XJ_TRY(const bool all, search_->advance(engine));
        if (all) stage_ = Stage::kAsk;
        return {};
      }
      case Stage::kAsk:
        stage_ = Stage::kProofs;
        return ask(engine);
      case Stage::kProofs:
        return take_proofs(engine);
      case Stage::kFinish:
        return finish(engine);
      case Stage::kOver:
        return {};
    }
    return {};
  }

  // What was committed a moment ago is to be in the chain too.
  Result<> archive(Engine& engine) {
    stage_ = Stage::kBegin;
    waiting_ = true;
    engine.after_archived([this](auto&) { waiting_ = false; });
    return {};
  }

  Result<> begin(Engine& engine) {
    XJ_TRY(const auto txn, engine.read());
    EvidenceSearch::Wanted wanted;
    if (request_.month) {
      XJ_TRY_VOID(add_month(*txn, engine.month_context(), *request_.month, pieces_));
      wanted.month = request_.month;
      for (const auto& entry : pieces_.ledger->entries)
        related_.push_back({{engine.keys().office(), entry.id}, entry.leaf, Relation::kMain});
    } else {
      XJ_TRY(related_, related_envelopes(*txn, engine.keys().office(), *request_.envelope));
      wanted.line = "id=" + to_text(request_.envelope->id);
    }
    for (const RelatedEnvelope& each : related_) {
      wanted.leaves[each.leaf] = each.key.id;
      wanted.ids.insert(each.key.id);
    }
    search_.emplace(engine.keys().office(), std::move(wanted));
    stage_ = Stage::kSearch;
    return {};
  }

  // Both ends of each hand-over that nobody has signed for here.
  Result<> ask(Engine& engine) {
    if (request_.month || request_.wait.ms <= 0) return {};
    const RelatedEnvelope& main = related_.front();
    XJ_TRY(const auto txn, engine.read());
    XJ_TRY(const auto row, txn->get(broker::Table::kSeen, broker::seen_key(main.key)));
    if (!row) return {};
    XJ_TRY(const auto state, broker::decode_state_row(*row));
    const auto path = routing::path(engine.directory(), main.key.origin, state.destination);
    if (!path) return {};
    std::set<std::pair<OfficeId, OfficeId>> known;
    for (const evidence::Custody& custody : search_->found().custodies)
      if (std::ranges::find(custody.leaves, main.leaf) != custody.leaves.end())
        known.insert({custody.from, custody.to});
    std::set<OfficeId> offices;
    for (std::size_t i = 1; i < path->size(); ++i)
      if (!known.contains({(*path)[i - 1], (*path)[i]}))
        for (const OfficeId end : {(*path)[i - 1], (*path)[i]})
          if (end != engine.keys().office()) offices.insert(end);
    if (offices.empty()) return {};
    asked_ = offices;
    waiting_ = true;
    engine.ask_custody(main.key, std::move(offices), request_.wait,
                       [this](std::vector<broker::CustodyTalk> told) {
                         told_ = std::move(told);
                         waiting_ = false;
                       });
    return {};
  }

  // From the store where the bytes are still there, else what the archive kept of them.
  Result<> take_proofs(Engine& engine) {
    XJ_TRY(const auto txn, engine.read());
    if (!request_.month && pieces_.subjects.empty())
      for (const RelatedEnvelope& each : related_)
        pieces_.subjects.push_back({each.role, each.key, each.leaf});
    const std::size_t end = std::min(related_.size(), proofs_taken_ + kProofsPerSlice);
    for (; proofs_taken_ < end; ++proofs_taken_) {
      const RelatedEnvelope& each = related_[proofs_taken_];
      const auto item = load_item(*txn, each.key);
      const auto kept = search_->found().proofs.find(each.key.id);
      if (item) {
        const auto proof = evidence::proof_of(item->envelope, each.role);
        if (proof && proof->leaf() == each.leaf) pieces_.envelopes.push_back(*proof);
      } else if (kept != search_->found().proofs.end()) {
        pieces_.envelopes.push_back({kept->second, each.role});
      }
    }
    if (proofs_taken_ == related_.size()) stage_ = Stage::kFinish;
    return {};
  }

  Result<> finish(Engine& engine) {
    EvidenceSearch::Found& found = search_->found();
    pieces_.subject = request_.month ? evidence::Subject::kMonth : evidence::Subject::kEnvelope;
    pieces_.directory = engine.directory_file();
    pieces_.custodies = std::move(found.custodies);
    pieces_.records.insert(pieces_.records.end(), found.records.begin(), found.records.end());
    add_told(engine);
    XJ_TRY(const auto txn, engine.read());
    XJ_TRY_VOID(add_audit(*txn));
    if (request_.with_payload_key) XJ_TRY_VOID(add_content(*txn, engine));
    XJ_TRY(Bytes file, evidence::build(pieces_, engine.keys().current(), engine.now().wall));
    if (file.size() > kApiBytesMax - 4096)
      return fail(ErrorCode::kFull,
                  "too_large: the file would have " + std::to_string(file.size() >> 20) + " MiB");
    const std::string what = request_.month ? "month=" + to_text(*request_.month)
                                            : "id=" + to_text(request_.envelope->id);
    const std::string by = request_.account.empty() ? "" : " account=" + request_.account;
    engine.post(broker::Audit{"evidence " + what + by});
    if (!pieces_.contents.empty())
      engine.post(broker::Audit{"opened " + what + " by=evidence" + by});
    stage_ = Stage::kOver;
    waiting_ = true;
    json summary = summarise(file);
    engine.after_turn([this, summary = std::move(summary), file = std::move(file)](auto&) mutable {
      waiting_ = false;
      done_ = true;
      answer_(std::move(summary), std::move(file));
    });
    return {};
  }

  // Statements of others are taken only where they verify: one that lies is as if it said nothing.
  void add_told(Engine& engine) {
    const Hash& leaf = related_.empty() ? Hash{} : related_.front().leaf;
    std::set<OfficeId> answered;
    for (const broker::CustodyTalk& told : told_) {
      answered.insert(told.office);
      const auto statements = evidence::decode_custodies(told.statements);
      if (!statements || told.leaf != leaf) continue;
      for (const evidence::Custody& one : *statements)
        if (verifies(one, leaf, engine.directory())) pieces_.custodies.push_back(one);
    }
    for (const OfficeId office : asked_) {
      pieces_.asked.push_back({office, answered.contains(office)});
      if (!answered.contains(office)) silent_.push_back(to_text(office));
    }
  }

  // The chain goes on to the first countersigned head that covers all the lines shown, or else to
  // the last head there is, or to the last line.
  Result<> add_audit(broker::ReadTxn& txn) {
    EvidenceSearch::Found& found = search_->found();
    if (!found.audit) return {};
    XJ_TRY(const auto heads, broker::kept_heads(txn, false));
    std::uint64_t end = 0;
    for (const broker::KeptHead& head : heads) {
      const auto at = found.chain.find(head.record.audit_number);
      if (at == found.chain.end() || at->second != head.record.audit_head) continue;
      const std::uint64_t number = head.record.audit_number;
      const bool covers = number >= found.audit_last_shown;
      if (end == 0 || (covers && (number < end || end < found.audit_last_shown)) ||
          (!covers && end < found.audit_last_shown && number > end))
        end = number;
    }
    for (const broker::KeptHead& head : heads)
      if (head.record.audit_number <= end && found.chain.contains(head.record.audit_number))
        pieces_.records.push_back(head.bytes);
    const std::uint64_t last = std::max(end, found.audit_last_shown);
    found.audit->entries.resize(last - found.audit->first + 1);
    pieces_.audits = {std::move(*found.audit)};
    return {};
  }

  Result<> add_content(broker::ReadTxn& txn, Engine& engine) {
    XJ_TRY(const Item item, load_whole_item(txn, *request_.envelope));
    const auto self = engine.keys().office();
    const Reader* slot = item.header.reader(self);
    if (slot == nullptr)
      return refused("reader: this office cannot open the envelope; ask one that can");
    evidence::Content content;
    content.id = item.key.id;
    const crypto::OfficeKeys* const keys = engine.keys().find(slot->key);
    if (keys == nullptr)
      return refused("key: the envelope is sealed to key " + std::to_string(slot->key.number) +
                     ", whose secrets are not here any more");
    XJ_TRY(content.key, crypto::payload_key(item.envelope, item.header, self, slot->key,
                                            keys->sealing_secret()));
    content.sealed = item.envelope.sealed;
    content.chunks = item.envelope.chunks;
    pieces_.contents.push_back(std::move(content));
    return {};
  }

  [[nodiscard]] json summarise(const Bytes& file) const {
    json asked = json::array();
    for (const OfficeId office : asked_) asked.push_back(to_text(office));
    json out{{"bytes", file.size()},
             {"envelopes", pieces_.envelopes.size()},
             {"custody", pieces_.custodies.size()},
             {"records", pieces_.records.size()},
             {"content", !pieces_.contents.empty()},
             {"asked", std::move(asked)},
             {"not_answered", silent_}};
    if (request_.month)
      out["month"] = to_text(*request_.month);
    else
      out["id"] = to_text(request_.envelope->id);
    return out;
  }

  EvidenceRequest request_;
  EvidenceAnswer answer_;
  Stage stage_ = Stage::kArchive;
  evidence::Pieces pieces_;
  std::vector<RelatedEnvelope> related_;  // of an envelope, it itself first
  std::size_t proofs_taken_ = 0;
  std::optional<EvidenceSearch> search_;
  std::set<OfficeId> asked_;
  std::vector<broker::CustodyTalk> told_;
  json silent_ = json::array();
  bool waiting_ = false, done_ = false;
};

}  // namespace

std::unique_ptr<Job> evidence_job(EvidenceRequest request, EvidenceAnswer answer) {
  return std::make_unique<EvidenceJob>(std::move(request), std::move(answer));
}

}  // namespace xianjie::node
