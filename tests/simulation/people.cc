#include "tests/simulation/people.h"

#include <algorithm>

#include "crypto/hash.h"
#include "tests/simulation/office.h"

namespace xianjie::simulation {
namespace {

constexpr std::uint32_t kLease = 8;

}  // namespace

Hash numbered(std::string_view what, std::uint64_t number) {
  return crypto::hash({as_bytes(what), Encoder().u64(number).bytes()});
}

bool is_kept_back(const broker::Reply& reply) {
  return !reply.result && reply.result.error().code == ErrorCode::kRetry;
}

People::OnReply good(People& people) {
  return [&people](const broker::Reply& reply) {
    if (!is_kept_back(reply)) must(people.world(), people.id(), reply.result);
  };
}

OfficeId People::id() const {
  return office_.id();
}

const broker::DirectorySnapshot& People::snapshot() const {
  return *office_.sync().snapshot();
}

const crypto::KeyRing& People::keys() const {
  return office_.ring();
}

void People::died() {
  ++life_;
  waiting_.clear();
  lease_next_ = lease_end_ = 0;
}

broker::Token People::wait_for(OnReply on_reply) {
  waiting_[++token_] = std::move(on_reply);
  return token_;
}

void People::reply(const broker::Reply& reply) {
  if (reply.token == 0) return;  // nobody waits for it
  const auto found = waiting_.find(reply.token);
  if (found == waiting_.end()) violated(world_, id(), "a reply to nothing");
  const OnReply next = std::move(found->second);
  waiting_.erase(found);
  next(reply);
}

void People::give(broker::Event event) {
  office_.post(std::move(event));
}

void People::with_batch_number(const Numbered& next) {
  if (lease_next_ < lease_end_) return next(lease_next_++);
  broker::Lease lease;
  lease.count = kLease;
  post(lease, [this, next](const broker::Reply& reply) {
    lease_next_ = reply.first + 1;
    lease_end_ = reply.first + kLease;
    next(reply.first);
  });
}

std::vector<Result<broker::PreparedOrder>> People::seal(std::span<const broker::Order> orders,
                                                        std::uint64_t batch_number) {
  const routing::CalendarOptions calendar;
  const broker::SealContext context{*office_.sync().snapshot(), office_.running()->keys().current(),
                                    calendar, random_};
  return broker::prepare_orders(orders, context, batch_number, now());
}

broker::PreparedOrder People::seal_one(const broker::Order& order, std::uint64_t batch_number) {
  return must(world_, id(), std::move(seal({&order, 1}, batch_number).front()));
}

void People::submit(const Hash& submission, std::vector<broker::Order> orders,
                    std::vector<broker::SubmitItem> items, OnReply on_reply) {
  with_batch_number([this, submission, orders = std::move(orders), items = std::move(items),
                     on_reply = std::move(on_reply)](std::uint64_t number) {
    auto sealed = seal(orders, number);
    const auto ended = [](const auto& one) {
      return !one && one.error().text.starts_with("ended: ");
    };
    if (std::ranges::any_of(sealed, ended)) return;  // this office is over
    broker::Submit submit;
    submit.submission = submission;
    for (std::size_t k = 0; k < sealed.size(); ++k) {
      submit.items.push_back(items[k]);
      submit.items.back().order = must(world_, id(), std::move(sealed[k]));
    }
    post(std::move(submit), on_reply);
  });
}

void People::settle(const broker::EnvelopeKey& key, std::optional<broker::Order> answer,
                    std::uint8_t outcome, OnReply on_reply) {
  broker::Settle settle;
  settle.key = key;
  settle.outcome = outcome;
  if (!answer) return post(std::move(settle), std::move(on_reply));
  with_batch_number([this, settle, order = std::move(*answer),
                     on_reply = std::move(on_reply)](std::uint64_t number) mutable {
    settle.answer = seal_one(order, number);
    post(std::move(settle), on_reply);
  });
}

void People::pass_on(const broker::EnvelopeKey& key, const broker::Order& order, OnReply on_reply) {
  with_batch_number([this, key, order, on_reply = std::move(on_reply)](std::uint64_t number) {
    broker::Continue event;
    event.key = key;
    event.order = seal_one(order, number);
    post(std::move(event), on_reply);
  });
}

void People::in_this_life(Duration wait, std::function<void()> act) {
  world_.timeline.in(wait, [this, life = life_, act = std::move(act)] {
    if (life == life_) act();
  });
}

std::unique_ptr<broker::ReadTxn> People::read() {
  return must(world_, id(), office_.store().read());
}

std::optional<node::Item> People::open_work(broker::ReadTxn& txn, const broker::EnvelopeKey& key) {
  auto item = must(world_, id(), node::load_item(txn, key));
  if (item.state.place != broker::Place::kInbox) return std::nullopt;
  const auto row =
      must(world_, id(), txn.get(broker::Table::kInbox, broker::seq_key(item.state.inbox_seq)));
  if (!row) violated(world_, id(), "an inbox item without its row: " + to_text(key.id));
  if (must(world_, id(), broker::decode_inbox_row(*row)).continued_by.is_set()) return std::nullopt;
  return item;
}

}  // namespace xianjie::simulation
