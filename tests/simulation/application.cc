#include "tests/simulation/application.h"

#include "crypto/hash.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kDeskMax = hours(6);  // from delivery to settling

Hash numbered(std::string_view what, std::uint64_t number) {
  return crypto::hash({as_bytes(what), Encoder().u64(number).bytes()});
}

Bytes payload_of(const Notice& notice) {
  NoticePayload payload;
  payload.name = "试验" + std::to_string(notice.number);
  payload.identity_doubtful = true;
  payload.resolved_code = notice.destination.code();
  payload.registration_code = std::to_string(notice.destination.code());
  payload.remarks = std::to_string(notice.number);
  return encode(Payload(payload));
}

// `period`: that of the first attempt, so that a hand-in delayed by a crash is late, not next
// month's.
broker::Order order_of(const Notice& notice, Period period) {
  broker::Order order;
  order.kind = notice.kind;
  order.destination = notice.destination;
  order.period = period;
  order.payload = payload_of(notice);
  order.police_copy_code = notice.destination.code();
  return order;
}

}  // namespace

void Application::plan(WallTime when, std::vector<Notice> rows) {
  const std::uint64_t number = rows.front().number;
  submissions_.push_back({when, numbered("submission", number), std::move(rows), {}});
}

bool Application::all_answered() const {
  return std::ranges::all_of(submissions_, [](const Submission& each) {
    return each.answered.size() == each.rows.size();
  });
}

broker::Token Application::wait_for(Continue next) {
  waiting_[++token_] = std::move(next);
  return token_;
}

void Application::in_this_life(Duration wait, std::function<void()> act) {
  world_.timeline.in(wait, [this, life = life_, act = std::move(act)] {
    if (life == life_) act();
  });
}

void Application::started() {
  for (std::size_t k = 0; k < submissions_.size(); ++k) {
    const Duration wait = submissions_[k].when - world_.timeline.now();
    in_this_life(std::max(wait, seconds(1)), [this, k] { hand_in(k); });
  }
  const auto txn = must(world_, office_.id(), office_.store().read());
  must(world_, office_.id(), txn->scan(broker::Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto item = must(world_, office_.id(), broker::decode_inbox_row(row.value));
    if (!item.copy && !item.settled) handle_later(item.key);
    return true;
  }));
}

void Application::died() {
  ++life_;
  waiting_.clear();
  busy_.clear();
}

void Application::reply(const broker::Reply& reply) {
  const auto found = waiting_.find(reply.token);
  if (found == waiting_.end()) violated(world_, office_.id(), "a reply to nothing");
  const Continue next = std::move(found->second);
  waiting_.erase(found);
  next(reply);
}

std::vector<Result<broker::PreparedOrder>> Application::prepare(
    std::span<const broker::Order> orders, std::uint64_t batch_number) {
  const routing::CalendarOptions calendar;
  const broker::SealContext context{*world_.snapshot, tests::office_keys(office_.id()), calendar,
                                    random_};
  return broker::prepare_orders(orders, context, batch_number, world_.timeline.now());
}

// All rows each time, answered ones too: the same (submission, row) gets the first answer again.
void Application::hand_in(std::size_t index) {
  const Submission& submission = submissions_[index];
  if (submission.answered.size() == submission.rows.size()) return;
  office_.post(broker::Lease{
      wait_for([this, index](const broker::Reply& reply) { send_submission(index, reply.first); }),
      1});
}

void Application::send_submission(std::size_t index, std::uint64_t batch_number) {
  const Submission& submission = submissions_[index];
  std::vector<broker::Order> orders;
  const Period period = routing::period_for_submission(submission.when);
  for (const Notice& notice : submission.rows) orders.push_back(order_of(notice, period));
  auto prepared = prepare(orders, batch_number);
  broker::Submit submit;
  submit.submission = submission.id;
  for (std::size_t k = 0; k < prepared.size(); ++k) {
    const Notice& notice = submission.rows[k];
    broker::SubmitItem item;
    item.row = static_cast<std::uint32_t>(k + 1);
    item.person =
        numbered("person", notice.duplicate ? submission.rows[k - 1].number : notice.number);
    item.code = notice.destination.code();
    item.order = must(world_, office_.id(), std::move(prepared[k]));
    submit.items.push_back(std::move(item));
  }
  submit.token =
      wait_for([this, index](const broker::Reply& reply) { note_answers(index, reply); });
  office_.post(std::move(submit));
}

void Application::note_answers(std::size_t index, const broker::Reply& reply) {
  Submission& submission = submissions_[index];
  if (reply.answers.size() != submission.rows.size())
    violated(world_, office_.id(), "a submission has not one answer a row");
  for (const broker::SubmitAnswer& answer : reply.answers) {
    const Notice& notice = submission.rows.at(answer.row - 1);
    if (!answer.outcome && answer.outcome.error().code == ErrorCode::kFull) continue;
    submission.answered.insert(answer.row);
    if (notice.duplicate) {
      if (answer.outcome) violated(world_, office_.id(), "a person was taken twice");
      continue;
    }
    const EnvelopeId id = must(world_, office_.id(), answer.outcome);
    const auto [known, first] = accepted_.emplace(notice.number, id);
    if (known->second != id) violated(world_, office_.id(), "a row got a second answer");
  }
  in_this_life(hours(1), [this, index] { hand_in(index); });
}

void Application::delivered(const broker::Delivered& item) {
  handle_later(item.key);
}

void Application::handle_later(const broker::EnvelopeKey& key) {
  if (!busy_.insert(key).second)
    violated(world_, office_.id(), "delivered twice: " + to_text(key.id));
  in_this_life(up_to(random_, kDeskMax), [this, key] { handle(key); });
}

void Application::handle(const broker::EnvelopeKey& key) {
  const auto txn = must(world_, office_.id(), office_.store().read());
  const node::Item item = must(world_, office_.id(), node::load_item(*txn, key));
  const Payload payload =
      must(world_, office_.id(), node::open_item(item, tests::office_keys(office_.id())));
  if (const auto* result = std::get_if<CheckResultPayload>(&payload)) {
    world_.watcher->processed_answer(office_, key, *result);
    office_.post(
        broker::NoteOutcome{key, result->notice, static_cast<std::uint8_t>(result->outcome)});
    return;
  }
  const auto number =
      static_cast<std::uint32_t>(std::stoul(std::get<NoticePayload>(payload).remarks));
  const Notice& notice = world_.notices.at(number);
  world_.watcher->processed(office_, key, item.header, notice);
  settle(key, item, notice);
}

void Application::settle(const broker::EnvelopeKey& key, const node::Item& item,
                         const Notice& notice) {
  const auto done = [this](const broker::Reply& reply) {
    must(world_, office_.id(), reply.result);
  };
  if (item.header.copy_of.is_set()) {
    office_.post(broker::Settle{wait_for(done), key, std::nullopt});
    return;
  }
  const auto outcome = notice.unlinked ? CheckOutcome::kUnlinked : CheckOutcome::kOwnArea;
  const broker::Order order =
      must(world_, office_.id(), node::check_result_order(item, {outcome, {}, {}}));
  office_.post(broker::Lease{wait_for([this, key, order, done](const broker::Reply& reply) {
                               auto prepared = prepare({&order, 1}, reply.first);
                               office_.post(broker::Settle{
                                   wait_for(done), key,
                                   must(world_, office_.id(), std::move(prepared.front()))});
                             }),
                             1});
}

}  // namespace xianjie::simulation
