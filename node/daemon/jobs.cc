#include "node/daemon/jobs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/hash.h"

namespace xianjie::node {
namespace {

// Rows a slice: with their copies they fill one signed batch.
constexpr std::size_t kSliceRows = kBatchEnvelopesMax / 2;

class SubmissionJob final : public Job {
 public:
  SubmissionJob(std::unique_ptr<Submission> submission, Answer answer)
      : submission_(std::move(submission)), answer_(std::move(answer)) {}

  void advance(Engine& engine) override {
    if (submission_->done()) return finish();
    const auto number = engine.batch_number();
    if (!number) return;
    auto slice = submission_->next_slice(engine.directory(), kSliceRows);
    if (slice.orders.empty()) return tell();
    auto prepared =
        broker::prepare_orders(slice.orders, engine.seal_context(), *number, engine.now().wall);
    broker::Submit submit;
    submit.submission = submission_->id();
    for (std::size_t i = 0; i < prepared.size(); ++i) {
      if (prepared[i]) {
        slice.items[i].order = std::move(*prepared[i]);
        submit.items.push_back(std::move(slice.items[i]));
      } else {
        submission_->note(
            {slice.items[i].row, false, std::unexpected(prepared[i].error()), slice.items[i].part});
      }
    }
    if (submit.items.empty()) return tell();
    waiting_ = true;
    engine.post(std::move(submit), [this](broker::Reply& reply) {
      waiting_ = false;
      for (const broker::SubmitAnswer& one : reply.answers) submission_->note(one);
      tell();
    });
  }
  [[nodiscard]] bool waiting() const override { return waiting_; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  void tell() {
    answer_(nlohmann::json{{"done", submission_->rows_done()}, {"rows", submission_->file_rows()}},
            false);
  }
  void finish() {
    done_ = true;
    answer_(submission_->answer(), true);
  }

  std::unique_ptr<Submission> submission_;
  Answer answer_;
  bool waiting_ = false;
  bool done_ = false;
};

// Envelopes of random-looking bytes, as an application would hand them in.
class BenchJob final : public Job {
 public:
  BenchJob(BenchRequest request, Answer answer)
      : request_(std::move(request)), answer_(std::move(answer)) {}

  void advance(Engine& engine) override {
    if (sent_ >= request_.count) {
      done_ = true;
      return answer_(
          nlohmann::json{{"accepted", accepted_}, {"refused", refused_}, {"reason", reason_}},
          true);
    }
    const auto number = engine.batch_number();
    if (!number) return;
    const std::size_t count = std::min<std::uint64_t>(kBatchEnvelopesMax, request_.count - sent_);
    broker::Order order;
    order.kind = request_.kind;
    order.destination = request_.destination;
    order.payload.assign(request_.bytes, 0xA5);
    order.further_readers = request_.readers;
    const std::vector<broker::Order> orders(count, order);
    auto prepared =
        broker::prepare_orders(orders, engine.seal_context(), *number, engine.now().wall);
    broker::Submit submit;
    if (run_ == Hash{}) engine.seal_context().random.fill(run_);
    submit.submission = run_;
    for (auto& one : prepared) {
      ++sent_;
      if (!one) {
        note_refusal(one.error());
        continue;
      }
      broker::SubmitItem item;
      item.row = static_cast<std::uint32_t>(sent_);
      item.order = std::move(*one);
      submit.items.push_back(std::move(item));
    }
    if (submit.items.empty()) return;
    waiting_ = true;
    engine.post(std::move(submit), [this](broker::Reply& reply) {
      waiting_ = false;
      for (const broker::SubmitAnswer& one : reply.answers) {
        if (one.outcome)
          ++accepted_;
        else
          note_refusal(one.outcome.error());
      }
      answer_(nlohmann::json{{"done", sent_}}, false);
    });
  }
  [[nodiscard]] bool waiting() const override { return waiting_; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  void note_refusal(const Error& error) {
    ++refused_;
    reason_ = error.text;
  }
  BenchRequest request_;
  Answer answer_;
  Hash run_{};
  std::uint64_t sent_ = 0, accepted_ = 0, refused_ = 0;
  std::string reason_;
  bool waiting_ = false;
  bool done_ = false;
};

}  // namespace

void Jobs::advance(Engine& engine) {
  while (!jobs_.empty() && jobs_.front()->done()) jobs_.pop_front();
  if (runnable()) jobs_.front()->advance(engine);
  while (!jobs_.empty() && jobs_.front()->done()) jobs_.pop_front();
}

std::unique_ptr<Job> submission_job(std::unique_ptr<Submission> submission, Answer answer) {
  return std::make_unique<SubmissionJob>(std::move(submission), std::move(answer));
}
std::unique_ptr<Job> bench_job(BenchRequest request, Answer answer) {
  return std::make_unique<BenchJob>(std::move(request), std::move(answer));
}

}  // namespace xianjie::node
