// A month of a nation, run by real daemons on this machine (CONTRACT, "Rehearsal"):
//   inputs.cc         nation and notices, read and split by origin
//   nation_setup.cc   keys, ports, the signed directory, configurations
//   fleet.cc          the daemons: started, asked, killed, started again
//   clerks.cc         who hands in and who settles
//   balance.cc        what became of every row
// Wall time is virtual and stands at the 9th, 12:00, until all daemons are there.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "node/rehearsal/inputs.h"
#include "schemas/result.h"

namespace xianjie::node::rehearsal {

// What the operator is told meanwhile.
struct Teller {
  std::function<void(const std::string& line)> note;      // warnings and accidents, to be kept
  std::function<void(const std::string& line)> progress;  // replaced by the next one
};

struct Outcome {
  nlohmann::json account;  // CONTRACT's JSON
  bool in_time = true;     // false: not over 60 s after its end
  [[nodiscard]] bool good() const;
};

// Blocks SIGINT, SIGTERM and SIGHUP meanwhile; one of them ends it in order, with an error.
Result<Outcome> rehearse(const RehearsalOptions& options, const Teller& teller);

}  // namespace xianjie::node::rehearsal
