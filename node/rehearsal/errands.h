// What clerks do of themselves, at a virtual time: hand a file in, ask, urge. Each is done once, by
// its office's own daemon, again where that died over it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "node/rehearsal/fleet.h"

namespace xianjie::node::rehearsal {

struct Errand {
  WallTime at;
  OfficeId office;
  std::string command;
  std::map<std::string, std::string> options;
  std::string body;
  std::size_t refused = 0;  // rows that the daemon should refuse
};

// A file handed in under an id of its own, so that twice is once.
Errand hand_in(WallTime at, OfficeId office, const std::string& kind, const std::string& name,
               std::string file);

class Errands {
 public:
  Errands(Fleet& fleet, std::vector<Errand> list);

  // Does what is due by now, in order. True: nothing is left.
  Result<bool> run(WallTime now);
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  // Rows that a daemon refused as they were handed in, by kind.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& refused() const { return refused_; }
  // The envelopes that an office made of what was handed in while a freeze was on.
  [[nodiscard]] const std::map<OfficeId, std::set<std::string>>& frozen() const { return frozen_; }

 private:
  void note(const Errand& errand, const nlohmann::json& answer);
  Result<> urge(const Errand& errand);

  Fleet& fleet_;
  std::deque<Errand> list_;  // by time
  std::vector<std::string> complaints_;
  std::map<std::string, std::uint64_t> refused_;
  std::map<OfficeId, std::set<std::string>> frozen_;
};

// The command of an errand that urges every answer owed to its office for one kind (`kind`).
inline constexpr const char* kUrgeAll = "urge all";

}  // namespace xianjie::node::rehearsal
