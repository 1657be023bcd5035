// What everybody at one office needs who wants something done there: the next turn and its answer,
// batch numbers for sealing, and acts that die with the process. Read next: application.h.
#pragma once

#include <functional>
#include <map>

#include "broker/broker.h"
#include "node/office/desk.h"
#include "tests/simulation/world.h"

namespace xianjie::simulation {

class People {
 public:
  using OnReply = std::function<void(const broker::Reply&)>;
  using Numbered = std::function<void(std::uint64_t batch_number)>;

  People(SimOffice& office, World& world, std::uint64_t seed)
      : office_(office), world_(world), random_(seed) {}

  void died();
  void reply(const broker::Reply& reply);

  // For the next turn; `on_reply` runs after the turn that commits it, in this life only.
  template <class E>
  void post(E event, OnReply on_reply) {
    event.token = wait_for(std::move(on_reply));
    give(std::move(event));
  }
  void give(broker::Event event);
  // `next` gets a number of its own, from a lease.
  void with_batch_number(const Numbered& next);
  std::vector<Result<broker::PreparedOrder>> seal(std::span<const broker::Order> orders,
                                                  std::uint64_t batch_number);
  broker::PreparedOrder seal_one(const broker::Order& order, std::uint64_t batch_number);
  // Hands in; the same `submission` again gets the first answers.
  void submit(const Hash& submission, std::vector<broker::Order> orders,
              std::vector<broker::SubmitItem> items, OnReply on_reply);
  void settle(const broker::EnvelopeKey& key, std::optional<broker::Order> answer,
              std::uint8_t outcome, OnReply on_reply);
  void pass_on(const broker::EnvelopeKey& key, const broker::Order& order, OnReply on_reply);

  void in_this_life(Duration wait, std::function<void()> act);

  [[nodiscard]] SimOffice& office() { return office_; }
  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] tests::SeededRandom& random() { return random_; }
  [[nodiscard]] std::uint64_t life() const { return life_; }
  [[nodiscard]] OfficeId id() const;
  [[nodiscard]] WallTime now() const { return world_.timeline.now(); }
  [[nodiscard]] const crypto::KeyRing& keys() const;
  [[nodiscard]] const broker::DirectorySnapshot& snapshot() const;  // as its office knows it
  [[nodiscard]] const routing::Directory& directory() const { return snapshot().directory; }
  [[nodiscard]] std::unique_ptr<broker::ReadTxn> read();
  // Of an item still to be settled here and not passed on; else none.
  [[nodiscard]] std::optional<node::Item> open_work(broker::ReadTxn& txn,
                                                    const broker::EnvelopeKey& key);

 private:
  broker::Token wait_for(OnReply on_reply);

  SimOffice& office_;
  World& world_;
  tests::SeededRandom random_;
  std::map<broker::Token, OnReply> waiting_;  // this life
  broker::Token token_ = 0;
  std::uint64_t life_ = 0;
  std::uint64_t lease_next_ = 0, lease_end_ = 0;  // this life
};

// An older store came to light meanwhile: the item is handed out again later.
bool is_kept_back(const broker::Reply& reply);
// The reply must be good, or that.
People::OnReply good(People& people);

Hash numbered(std::string_view what, std::uint64_t number);

}  // namespace xianjie::simulation
