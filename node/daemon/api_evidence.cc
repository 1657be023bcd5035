// The evidence commands of the local API: one file to be handed out, and whether this office's own
// audit log is whole.
#include <nlohmann/json.hpp>

#include "broker/heads.h"
#include "node/daemon/api.h"
#include "node/daemon/evidence_jobs.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr std::size_t kAuditSliceBytes = 16U << 20;

// The local chain from its first record on, against each head that a neighbour countersigned.
class AuditJob final : public Job {
 public:
  explicit AuditJob(Answer answer) : answer_(std::move(answer)) {}

  void advance(Engine& engine) override {
    if (auto all = step(engine); !all) {
      done_ = true;  // the archive's own text names the segment and what to do
      answer_(json{{"whole", false},
                   {"records", records_},
                   {"last", last_},
                   {"heads", json::array()},
                   {"broken", json::array({all.error().text})}},
              true);
    }
  }
  [[nodiscard]] bool waiting() const override { return false; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  Result<> step(Engine& engine) {
    if (heads_.empty() && last_ == 0) XJ_TRY_VOID(read_heads(engine));
    std::size_t bytes = 0;
    bool more = false;
    XJ_TRY_VOID(engine.archive().scan(last_ + 1, [&](const broker::ArchiveRecord& record) {
      if (bytes > kAuditSliceBytes) {
        more = true;
        return false;
      }
      if (records_ == 0) first_ = record.number;
      bytes += record.bytes.size() + 64;
      ++records_;
      last_ = record.number;
      if (wanted_.contains(record.number)) hashes_[record.number] = record.hash;
      return true;
    }));
    if (!more) tell(engine);
    return {};
  }
  Result<> read_heads(Engine& engine) {
    XJ_TRY(const auto txn, engine.read());
    XJ_TRY(heads_, broker::kept_heads(*txn, false));
    for (const broker::KeptHead& head : heads_) wanted_.insert(head.record.audit_number);
    return {};
  }
  void tell(Engine& engine) {
    done_ = true;
    json heads = json::array(), broken = json::array();
    for (const broker::KeptHead& head : heads_) {
      const Record& record = head.record;
      const auto found = hashes_.find(record.audit_number);
      const bool gone = record.audit_number > last_;
      const std::string state = gone                                 ? "cut"
                                : found == hashes_.end()             ? "moved_away"
                                : found->second != record.audit_head ? "differs"
                                                                     : "agrees";
      heads.push_back({{"by", to_text(record.issuer)},
                       {"number", record.audit_number},
                       {"time", to_text(record.created)},
                       {"state", state}});
      const std::string name = "record " + std::to_string(record.audit_number) + ", which " +
                               to_text(record.issuer) + " countersigned on " +
                               to_text(record.created);
      if (state == "cut") broken.push_back("the log ends before " + name);
      if (state == "differs") broken.push_back("the log has another hash at " + name);
    }
    answer_(json{{"whole", broken.empty()},
                 {"records", records_},
                 {"first", first_},
                 {"last", last_},
                 {"head", to_hex(engine.archive().head())},
                 {"heads", std::move(heads)},
                 {"broken", std::move(broken)}},
            true);
  }

  Answer answer_;
  std::vector<broker::KeptHead> heads_;
  std::set<std::uint64_t> wanted_;
  std::map<std::uint64_t, Hash> hashes_;
  std::uint64_t first_ = 0, last_ = 0, records_ = 0;
  bool done_ = false;
};

}  // namespace

Api::Outcome Api::evidence_export(const Call& call) {
  EvidenceRequest request;
  const std::string id = call.option("id"), month = call.option("month");
  if (id.empty() == month.empty())
    return refused("evidence: an envelope's id or a month, one of the two");
  request.with_payload_key = call.flag("with_payload_key");
  request.account = call.option("account");
  if (request.account.size() > 64 || request.account.find_first_of(" \n\r") != std::string::npos)
    return refused("account: one word of at most 64 characters");
  if (!month.empty()) {
    request.month = Period::parse(month);
    if (!request.month) return refused("month: a month such as 2026-12 expected");
    if (request.with_payload_key)
      return refused("with_payload_key: content is disclosed one envelope at a time, by its id");
  } else {
    const auto parsed = EnvelopeId::parse(id);
    if (!parsed) return refused("id: 32 hex digits expected, as `inbox list` shows them");
    XJ_TRY(const auto txn, engine_.read());
    const auto key = find_key(*txn, engine_.broker().self(), id);
    // What `seen` has forgotten an origin's ledger may still have.
    request.envelope = key ? *key : broker::EnvelopeKey{engine_.broker().self(), *parsed};
  }
  if (const std::string wait = call.option("wait"); !wait.empty()) {
    const auto said = std::strtoull(wait.c_str(), nullptr, 10);
    request.wait =
        std::min(seconds(static_cast<std::int64_t>(std::min(said, 3600ULL))), kCustodyWaitMax);
  }
  Call kept{call.client, {call.request.id, call.request.command, {}, {}}};
  exports_.add(evidence_job(std::move(request), [this, kept](Result<json> summary, Bytes file) {
    if (!summary) return answer(kept, std::unexpected(std::move(summary).error()), true);
    ApiReply reply;
    reply.id = kept.request.id;
    reply.ok = true;
    reply.json = summary->dump();
    reply.body = std::move(file);
    server_.reply(kept.client, reply);
  }));
  return later();
}

Api::Outcome Api::audit_verify(const Call& call) {
  exports_.add(std::make_unique<AuditJob>(answerer(call)));
  return later();
}

}  // namespace xianjie::node
