// The people of a rehearsal: clerks of prisons who hand their notices in, clerks of townships and
// of population-police who settle what arrives. What they decide depends on seed and row alone,
// never on when a daemon died.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "node/rehearsal/fleet.h"
#include "node/rehearsal/inputs.h"

namespace xianjie::node::rehearsal {

class Clerks {
 public:
  Clerks(Fleet& fleet, const Inputs& inputs, Period month, std::uint64_t seed)
      : fleet_(fleet), inputs_(inputs), month_(month), seed_(seed) {}

  // Each origin's part through its own daemon, again where that died meanwhile. `told` sees how
  // many rows are in. False: it took until after the 10th, and notices joined the next month.
  Result<bool> hand_in(const std::function<void(std::size_t rows)>& told);
  // One round of all desks that settle. True: every desk answered, and had nothing left to do.
  Result<bool> settle();

  // What was refused, by rows of the whole file, sorted.
  [[nodiscard]] const std::vector<NoticeRefusal>& refusals() const { return refusals_; }
  [[nodiscard]] std::size_t warnings() const { return warnings_; }
  [[nodiscard]] std::size_t notices_settled() const { return notices_settled_.size(); }
  // The row of the whole file of an envelope handed in here; 0: of none.
  [[nodiscard]] std::size_t row_of(const std::string& id) const;

 private:
  // Some items of one office, for one pair of hands.
  struct Pile {
    const OfficeSite* site = nullptr;
    std::vector<std::string> ids, outcomes;  // outcome "": none
  };
  Result<bool> collect(std::vector<Pile>& piles);
  Result<> work_off(std::vector<Pile> piles);
  [[nodiscard]] bool is_unlinked(std::size_t row) const;  // 1 in 20

  Fleet& fleet_;
  const Inputs& inputs_;
  Period month_;
  std::uint64_t seed_;
  std::vector<NoticeRefusal> refusals_;
  std::size_t warnings_ = 0;
  std::map<std::string, std::size_t> rows_;  // envelope id → row of the whole file
  std::set<std::string> notices_settled_;
};

}  // namespace xianjie::node::rehearsal
