// Work of many turns: submissions and benches, advanced a slice at a time between other mail. One
// at a time; the next waits. Progress goes to the client as it happens.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "node/daemon/engine.h"
#include "node/office/submission.h"

namespace xianjie::node {

// How a job speaks to its client: `final` ends the conversation.
using Answer = std::function<void(Result<nlohmann::json> answer, bool final)>;

class Job {
 public:
  virtual ~Job() = default;
  // Posts the next slice, if the last one has been answered and a batch number is there.
  virtual void advance(Engine& engine) = 0;
  [[nodiscard]] virtual bool waiting() const = 0;  // for a turn's answer
  [[nodiscard]] virtual bool done() const = 0;
};

class Jobs {
 public:
  void add(std::unique_ptr<Job> job) { jobs_.push_back(std::move(job)); }
  void advance(Engine& engine);
  [[nodiscard]] std::size_t size() const { return jobs_.size(); }
  [[nodiscard]] bool runnable() const { return !jobs_.empty() && !jobs_.front()->waiting(); }

 private:
  std::deque<std::unique_ptr<Job>> jobs_;
};

std::unique_ptr<Job> submission_job(std::unique_ptr<Submission> submission, Answer answer);

struct BenchRequest {
  OfficeId destination;
  Kind kind = Kind::kAdHocReport;
  std::uint64_t count = 0;
  std::size_t bytes = 0;
  std::vector<OfficeId> readers;
};
std::unique_ptr<Job> bench_job(BenchRequest request, Answer answer);

}  // namespace xianjie::node
