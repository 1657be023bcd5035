// The people's side of one office and what its daemon does of itself with what arrives: hands
// notices in, lets the service look at each delivery (node/office/service.h), gives it to whoever
// handles its kind. What it has done is durable in a store of its own, which survives everything
// here; what it is waiting for dies with the process and is found again in the inbox. Read next:
// desk.h, requests.h.
#pragma once

#include <set>

#include "tests/simulation/courier.h"
#include "tests/simulation/desk.h"
#include "tests/simulation/people.h"
#include "tests/simulation/reports.h"
#include "tests/simulation/requests.h"

namespace xianjie::simulation {

class Application {
 public:
  Application(SimOffice& office, World& world, std::uint64_t seed)
      : people_(office, world, seed),
        requests_(people_),
        desk_(people_, requests_),
        media_(people_),
        reports_(people_) {}

  void plan(WallTime when, std::vector<Notice> rows);  // one submission
  void started();
  void died();
  void delivered(const broker::Delivered& item);
  void reply(const broker::Reply& reply) { people_.reply(reply); }
  void alarmed(const std::string& text);
  void directory_moved();

  [[nodiscard]] Reports& reports() { return reports_; }
  [[nodiscard]] MediaClerk& media() { return media_; }
  [[nodiscard]] Requests& requests() { return requests_; }
  // Every row of every submission has its answer; accepted ones by notice number.
  [[nodiscard]] bool all_answered() const;
  [[nodiscard]] const std::map<std::uint32_t, EnvelopeId>& accepted() const { return accepted_; }

 private:
  struct Submission {
    WallTime when;
    Hash id{};
    std::vector<Notice> rows;
    std::set<std::uint32_t> answered;
  };

  void hand_in(std::size_t index);
  void note_answers(std::size_t index, const broker::Reply& reply);
  void look_through_inbox();
  void serve(const broker::Delivered& item);
  void handle_later(const broker::Delivered& item);
  void handle(const broker::Delivered& item);

  People people_;
  Requests requests_;
  Desk desk_;
  MediaClerk media_;
  Reports reports_;
  std::vector<Submission> submissions_;
  std::map<std::uint32_t, EnvelopeId> accepted_;
  std::set<broker::EnvelopeKey> busy_;  // scheduled, this life
};

}  // namespace xianjie::simulation
