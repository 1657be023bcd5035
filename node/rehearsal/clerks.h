// The people of a rehearsal: clerks of prisons who hand their notices in, clerks of townships and
// of population-police who settle what arrives; where all flows are played, those of every office.
// What they decide depends on seed and row alone, never on when a daemon died. Read next: flows.h.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "node/rehearsal/flows.h"
#include "node/rehearsal/inputs.h"

namespace xianjie::node::rehearsal {

class Clerks {
 public:
  Clerks(Fleet& fleet, const Inputs& inputs, const Scene& scene, Play play);

  // Each origin's part through its own daemon, again where that died meanwhile. `told` sees how
  // many rows are in. False: it took until after the 10th, and notices joined the next month.
  Result<bool> hand_in(const std::function<void(std::size_t rows)>& told);
  // One round of all desks and errands. True: every desk answered, and nothing is left to do.
  Result<bool> round(WallTime now);

  // What was refused, by rows of the whole file, sorted.
  [[nodiscard]] const std::vector<NoticeRefusal>& refusals() const { return refusals_; }
  [[nodiscard]] std::size_t warnings() const { return warnings_; }
  // Persons of the file whom somebody checked: each check result comes home.
  [[nodiscard]] std::size_t notices_checked() const { return checked_.size(); }
  [[nodiscard]] std::size_t acts() const { return hands_.acts(); }
  // The row of the whole file of an envelope handed in here; 0: of none.
  [[nodiscard]] std::size_t row_of(const std::string& id) const;
  // What daemons refused to do for a clerk, in their words.
  [[nodiscard]] std::vector<std::string> complaints() const;
  [[nodiscard]] const Errands& errands() const { return errands_; }

 private:
  void add_watches(Play play);
  Decision decide(const Case& item);

  Fleet& fleet_;
  const Inputs& inputs_;
  const Scene& scene_;
  std::vector<NoticeRefusal> refusals_;
  std::size_t warnings_ = 0;
  std::map<std::string, std::size_t> rows_;  // envelope id → row of the whole file
  std::vector<Watch> watches_;
  Hands hands_;
  Errands errands_;
  std::optional<Reporters> reporters_;
  std::mutex mutex_;
  std::set<std::string> checked_;  // items of notices, by whoever checked them
};

}  // namespace xianjie::node::rehearsal
