// The hands of all clerks: every round they look into the inboxes and do what a rule says with each
// item, many at a time, for what several ask of one daemon it commits together. A daemon that dies
// meanwhile finds the rest in the next round. What a rule decides must not depend on when that is.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "node/rehearsal/fleet.h"

namespace xianjie::node::rehearsal {

// A command of the local API, about one item: its id is added.
struct Deed {
  std::string command;
  std::map<std::string, std::string> options;
};
using Deeds = std::vector<Deed>;

// An item of an inbox, as the watch's command tells it. `show` opens it: asks the daemon.
struct Case {
  OfficeId office;
  const nlohmann::json& item;
  WallTime now;
  std::function<Result<nlohmann::json>()> show;
};
// Not set: not yet, look again. Empty: it is left as it is, for good. Called from several threads.
using Decide = std::function<Result<std::optional<Deeds>>(const Case&)>;

// Whose items are looked at, which ones, and what is done with them.
struct Watch {
  std::string name;
  std::function<bool(OfficeId)> at;
  std::string command, list;  // `inbox.list` answers `items`, `due` answers `due`
  std::map<std::string, std::string> options;
  Decide decide;
  std::function<bool(const nlohmann::json&)> about = {};  // others are not looked at; empty: all
};

class Hands {
 public:
  explicit Hands(Fleet& fleet) : fleet_(fleet) {}

  // True: every desk answered, and had nothing left to do.
  Result<bool> round(const Watch& watch, WallTime now);
  [[nodiscard]] std::size_t acts() const { return done_.size(); }  // items dealt with
  // What daemons refused to do, in their words, with the office in front.
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  using Key = std::tuple<std::string, OfficeId, std::string>;  // watch, office, id
  // Some items of one office, for one pair of hands.
  struct Pile {
    const OfficeSite* site = nullptr;
    std::vector<nlohmann::json> items;
  };
  struct Worked {
    std::vector<std::string> done;
    std::vector<std::string> complaints;
  };
  Result<bool> collect(const Watch& watch, std::vector<Pile>& piles);
  static Result<Worked> work_off(const Pile& pile, const Watch& watch, WallTime now,
                                 const std::function<bool()>& stop);

  Fleet& fleet_;
  std::set<Key> done_;
  std::vector<std::string> complaints_;
};

// The daemon is away, or went away: it will be asked again.
bool is_away(const Error& error);

}  // namespace xianjie::node::rehearsal
