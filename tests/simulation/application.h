// The people's side of one office: hands notices in, opens what is delivered, settles it with an
// answer, notes answers at the origin. What it has done is durable in a store of its own, which
// survives everything here; what it is waiting for dies with the process and is found again in the
// inbox.
#pragma once

#include <functional>
#include <set>

#include "broker/broker.h"
#include "node/office/desk.h"
#include "tests/simulation/world.h"

namespace xianjie::simulation {

class Application {
 public:
  Application(SimOffice& office, World& world, std::uint64_t seed)
      : office_(office), world_(world), random_(seed) {}

  void plan(WallTime when, std::vector<Notice> rows);  // one submission
  void started();
  void died();
  void delivered(const broker::Delivered& item);
  void reply(const broker::Reply& reply);

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
  using Continue = std::function<void(const broker::Reply&)>;

  void hand_in(std::size_t index);
  void send_submission(std::size_t index, std::uint64_t batch_number);
  void note_answers(std::size_t index, const broker::Reply& reply);
  void handle_later(const broker::EnvelopeKey& key);
  void handle(const broker::EnvelopeKey& key);
  void settle(const broker::EnvelopeKey& key, const node::Item& item, const Notice& notice);
  std::vector<Result<broker::PreparedOrder>> prepare(std::span<const broker::Order> orders,
                                                     std::uint64_t batch_number);
  broker::Token wait_for(Continue next);
  void in_this_life(Duration wait, std::function<void()> act);

  SimOffice& office_;
  World& world_;
  tests::SeededRandom random_;
  std::vector<Submission> submissions_;
  std::map<std::uint32_t, EnvelopeId> accepted_;
  std::set<broker::EnvelopeKey> busy_;         // scheduled or waiting, this life
  std::map<broker::Token, Continue> waiting_;  // this life
  broker::Token token_ = 0;
  std::uint64_t life_ = 0;
};

}  // namespace xianjie::simulation
