// The people who ask and answer (flows E, A9): assistance requests and work orders with their
// feedback, collaboration notices that a clerk signs for, arrivals reported to the origin. Some
// never answer, some answer twice. Forms, due instants and refusals are those of node/office.
#pragma once

#include <set>

#include "node/office/continuation.h"
#include "tests/simulation/people.h"

namespace xianjie::simulation {

class Requests {
 public:
  explicit Requests(People& people) : people_(people) {}

  void plan(const Request& request) { planned_.push_back(request); }
  void started();
  static bool handles(Kind kind);
  void handle(const node::Item& item);
  void report_arrival(const broker::EnvelopeKey& notice);  // settled here as own area

  // By request number; those that were handed in while this office had its present store.
  [[nodiscard]] const std::map<std::uint32_t, EnvelopeId>& accepted() const { return accepted_; }
  void disk_lost() { accepted_.clear(); }

 private:
  void hand_in(std::size_t index);
  void answer(const node::Item& item, const node::OpenedItem& opened, const Request& request);
  void answer_again(const Request& request, const broker::Order& order);
  void sign_for(const node::Item& item);

  People& people_;
  std::vector<Request> planned_;
  std::set<std::uint32_t> handed_in_;
  std::map<std::uint32_t, EnvelopeId> accepted_;
};

}  // namespace xianjie::simulation
