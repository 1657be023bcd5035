#include "tests/simulation/application.h"

#include "node/office/service.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kServiceMax = seconds(2);
constexpr Duration kDeskMax = hours(6);  // from delivery to settling

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

// What is inside was signed with a key of a directory that is still on its way here.
bool needs_newer_directory(const Error& error) {
  return error.text.find(broker::kUnknownKey) != std::string::npos;
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

void Application::started() {
  for (std::size_t k = 0; k < submissions_.size(); ++k) {
    const Duration wait = submissions_[k].when - people_.now();
    people_.in_this_life(std::max(wait, seconds(1)), [this, k] { hand_in(k); });
  }
  requests_.started();
  media_.started();
  reports_.started();
  look_through_inbox();
  directory_moved();
}

void Application::look_through_inbox() {
  const auto txn = people_.read();
  must(people_.world(), people_.id(),
       txn->scan(broker::Table::kInbox, {}, {}, [&](const broker::Row& row) {
         const auto item = must(people_.world(), people_.id(), broker::decode_inbox_row(row.value));
         if (item.copy || item.settled || item.continued_by.is_set()) return true;
         if (must(people_.world(), people_.id(), broker::is_kept_back(*txn, item.key))) return true;
         const broker::Delivered delivered{item.key, item.kind};
         if (node::waits_for_service(item) && node::served_here(people_.id(), item.kind))
           people_.in_this_life(up_to(people_.random(), kServiceMax),
                                [this, delivered] { serve(delivered); });
         handle_later(delivered);
         return true;
       }));
}

// What is to go on because an office moved or has ended.
void Application::directory_moved() {
  const auto txn = people_.read();
  for (const broker::Delivered& item :
       must(people_.world(), people_.id(),
            node::items_to_follow(*txn, {people_.keys(), people_.snapshot(), people_.now()})))
    people_.in_this_life(up_to(people_.random(), kServiceMax), [this, item] { serve(item); });
}

void Application::died() {
  people_.died();
  busy_.clear();
}

// An item that was passed on in vain waits for a person again.
void Application::alarmed(const std::string& text) {
  if (text.starts_with("not_continued")) look_through_inbox();
}

// All rows each time, answered ones too: the same (submission, row) gets the first answer again.
void Application::hand_in(std::size_t index) {
  const Submission& submission = submissions_[index];
  if (submission.answered.size() == submission.rows.size()) return;
  std::vector<broker::Order> orders;
  std::vector<broker::SubmitItem> items;
  const Period period = routing::period_for_submission(submission.when);
  for (const Notice& notice : submission.rows) {
    orders.push_back(order_of(notice, period));
    broker::SubmitItem item;
    item.row = static_cast<std::uint32_t>(orders.size());
    item.person = numbered("person", notice.duplicate ? notice.number - 1 : notice.number);
    item.code = notice.destination.code();
    items.push_back(std::move(item));
  }
  people_.submit(submission.id, std::move(orders), std::move(items),
                 [this, index](const broker::Reply& reply) { note_answers(index, reply); });
}

void Application::note_answers(std::size_t index, const broker::Reply& reply) {
  Submission& submission = submissions_[index];
  if (reply.answers.size() != submission.rows.size())
    violated(people_.world(), people_.id(), "a submission has not one answer a row");
  for (const broker::SubmitAnswer& answer : reply.answers) {
    const Notice& notice = submission.rows.at(answer.row - 1);
    if (!answer.outcome && answer.outcome.error().code == ErrorCode::kFull) continue;
    submission.answered.insert(answer.row);
    if (notice.duplicate) {
      if (answer.outcome) violated(people_.world(), people_.id(), "a person was taken twice");
      continue;
    }
    const EnvelopeId id = must(people_.world(), people_.id(), answer.outcome);
    const auto [known, first] = accepted_.emplace(notice.number, id);
    if (known->second != id) violated(people_.world(), people_.id(), "a row got a second answer");
  }
  people_.in_this_life(hours(1), [this, index] { hand_in(index); });
}

void Application::delivered(const broker::Delivered& item) {
  if (item.passes_on || node::served_here(people_.id(), item.kind))
    people_.in_this_life(up_to(people_.random(), kServiceMax), [this, item] { serve(item); });
  if (node::is_report(item.kind)) reports_.arrived();
  handle_later(item);
}

// What the daemon does of itself; the same code.
void Application::serve(const broker::Delivered& item) {
  const auto txn = people_.read();
  auto tried = node::serve(*txn, item, {people_.keys(), people_.snapshot(), people_.now()});
  if (!tried && needs_newer_directory(tried.error()))
    return people_.in_this_life(hours(1), [this, item] { serve(item); });
  auto served = must(people_.world(), people_.id(), std::move(tried));
  if (!served.act) return;
  if (!served.act->order) return people_.give(node::complete(std::move(*served.act), {}));
  people_.with_batch_number(
      [this, key = item.key, act = std::move(*served.act)](std::uint64_t number) {
        auto sealed = std::move(people_.seal({&*act.order, 1}, number).front());
        // What an ended office had been asked until a day that is past stays, and everybody sees
        // it.
        if (!sealed && sealed.error().text.starts_with("due: "))
          return people_.world().watcher->left_open(people_.office(), key);
        people_.give(node::complete(act, must(people_.world(), people_.id(), std::move(sealed))));
      });
}

void Application::handle_later(const broker::Delivered& item) {
  if (!busy_.insert(item.key).second) return;
  people_.in_this_life(kServiceMax + up_to(people_.random(), kDeskMax), [this, item] {
    busy_.erase(item.key);
    handle(item);
  });
}

void Application::handle(const broker::Delivered& item) {
  const auto txn = people_.read();
  const auto work = people_.open_work(*txn, item.key);
  if (!work) return;  // the service has settled it, or passed it on
  if (!work->header.in_reply_to.is_set() &&
      people_.directory().successor(work->header.destination) != people_.id())
    return handle_later(item);  // it will
  if (const auto opened = node::open_first(*work, people_.keys(), people_.snapshot());
      !opened && needs_newer_directory(opened.error()))
    return handle_later(item);
  if (node::carries_notice(item.kind)) return desk_.handle(*work);
  if (item.kind == Kind::kCheckResult) return;  // the service's
  if (node::is_report(item.kind)) return reports_.handle(*work);
  if (Requests::handles(item.kind)) return requests_.handle(*work);
  violated(people_.world(), people_.id(),
           "nobody handles " + std::string(to_word(item.kind)) + " " + to_text(item.key.id));
}

}  // namespace xianjie::simulation
