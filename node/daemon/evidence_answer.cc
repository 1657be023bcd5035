// What this office tells another of custody, and what others tell it.
#include <algorithm>

#include "node/daemon/evidence_jobs.h"
#include "node/daemon/evidence_search.h"
#include "node/daemon/log.h"

namespace xianjie::node {
namespace {

constexpr std::size_t kStatementsBytesMax = kRecordBytesMax - 4096;

class CustodyAnswerJob final : public Job {
 public:
  explicit CustodyAnswerJob(broker::CustodyTalk wanted) : wanted_(std::move(wanted)) {}

  void advance(Engine& engine) override {
    if (!search_)
      search_.emplace(engine.keys().office(),
                      EvidenceSearch::Wanted{{{wanted_.leaf, wanted_.key.id}}, {}, {}, {}});
    const auto all = search_->advance(engine);
    if (!all) log(LogEvent::kCustodyNotTold, all.error().text);
    if (all && !*all) return;
    done_ = true;
    if (!all) return;
    broker::TellCustody event{wanted_.office, wanted_.key, {}};
    for (const evidence::Custody& custody : search_->found().custodies) {
      const Bytes bytes = encode(custody);
      if (event.statements.size() + bytes.size() > kStatementsBytesMax) break;
      event.statements.insert(event.statements.end(), bytes.begin(), bytes.end());
    }
    engine.post(std::move(event));
  }
  [[nodiscard]] bool waiting() const override { return false; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  broker::CustodyTalk wanted_;
  std::optional<EvidenceSearch> search_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<Job> custody_answer_job(broker::CustodyTalk wanted) {
  return std::make_unique<CustodyAnswerJob>(std::move(wanted));
}

void Engine::ask_custody(const broker::EnvelopeKey& key, std::set<OfficeId> offices, Duration wait,
                         std::function<void(std::vector<broker::CustodyTalk>)> done) {
  CustodyInquiry inquiry{key, std::move(offices), {}, now().instant + wait, std::move(done)};
  if (!inquiry.open.empty())
    post(broker::AskCustody{key, {inquiry.open.begin(), inquiry.open.end()}});
  inquiries_.push_back(std::move(inquiry));
}

void Engine::custody_told(broker::CustodyTalk told) {
  for (CustodyInquiry& inquiry : inquiries_)
    if (inquiry.key == told.key && inquiry.open.erase(told.office) > 0)
      inquiry.told.push_back(told);
}

// Those that are complete, or have waited long enough, go on.
void Engine::end_inquiries() {
  const Instant at = now().instant;
  std::vector<CustodyInquiry> ended;
  std::erase_if(inquiries_, [&](CustodyInquiry& inquiry) {
    if (!inquiry.open.empty() && at < inquiry.until) return false;
    ended.push_back(std::move(inquiry));
    return true;
  });
  for (CustodyInquiry& inquiry : ended) inquiry.done(std::move(inquiry.told));
}

std::vector<broker::CustodyTalk> Engine::take_custody_wanted() {
  return std::exchange(custody_wanted_, {});
}

void Engine::after_archived(OnReply then) {
  audit_waiting_ = true;
  audit_due_ = now().instant;
  after_turn(std::move(then));
}

// The archive's head, once an hour of the calendar, to those that countersign it.
void Engine::tell_head() {
  const Now at = now();
  const std::int64_t hour = at.wall.ms / hours(1).ms;
  if (!at.wall_trusted || hour == head_hour_ || at.instant < head_due_ ||
      archive_->last_number() == 0)
    return;
  head_hour_ = hour;
  head_due_ = at.instant + kHeadEvery;
  post(broker::ArchiveHead{archive_->last_number(), archive_->head()});
}

}  // namespace xianjie::node
