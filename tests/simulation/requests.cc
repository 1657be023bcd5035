#include "tests/simulation/requests.h"

#include "node/office/answers.h"
#include "node/office/submission.h"
#include "routing/kinds.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kSettledAfterSigning = days(1);

// Header and one row, as a file would have them; the content carries the request's number.
std::vector<node::RawRow> rows_of(const Request& request) {
  const std::string number = std::to_string(request.number);
  std::vector<std::pair<std::string, std::string>> cells{{"name", "试验" + number},
                                                         {"content", number}};
  if (request.kind == Kind::kAssistanceRequest) cells.emplace_back("subject", "verify");
  if (request.kind == Kind::kWorkOrder) {
    cells.emplace_back("subject", "petition");
    cells.emplace_back("number", number);
    cells.emplace_back("issuer", "某人");
    cells.emplace_back("issuer_unit", "某单位");
  }
  if (request.kind == Kind::kCollaborationNotice)
    cells.emplace_back("registration_code", std::to_string(request.to.code()));
  else
    cells.emplace_back("to", to_text(request.to));
  node::RawRow header, row;
  for (auto& [name, value] : cells) {
    header.fields.push_back(std::move(name));
    row.fields.push_back(std::move(value));
  }
  return {header, row};
}

node::Fields fields_of(const Request& request) {
  if (request.kind == Kind::kAssistanceRequest) return {{"result", "confirmed"}};
  return {{"result", "answered"}, {"content", std::to_string(request.number)}};
}

const Request& request_in(World& world, const Payload& payload) {
  const auto& form = std::get<FormPayload>(payload);
  return world.requests.at(
      static_cast<std::uint32_t>(std::stoul(std::string(form.field("content")))));
}

}  // namespace

void Requests::started() {
  for (std::size_t k = 0; k < planned_.size(); ++k)
    people_.in_this_life(std::max(planned_[k].when - people_.now(), seconds(1)),
                         [this, k] { hand_in(k); });
}

void Requests::hand_in(std::size_t index) {
  const Request& request = planned_[index];
  if (handed_in_.contains(request.number) || people_.directory().has_ended(people_.id())) return;
  node::SubmissionRequest file;
  file.kind = request.kind;
  file.submission = "request-" + std::to_string(request.number);
  auto submission =
      must(people_.world(), people_.id(),
           node::Submission::begin(file, people_.keys(), people_.directory(), people_.now()));
  submission->set_rows(rows_of(request));
  auto slice = submission->next_slice(people_.directory(), kBatchEnvelopesMax);
  if (slice.orders.size() != 1)
    violated(people_.world(), people_.id(), "a request is refused as it is handed in");
  people_.submit(submission->id(), std::move(slice.orders), std::move(slice.items),
                 [this, index, number = request.number](const broker::Reply& reply) {
                   const auto& outcome = reply.answers.at(0).outcome;
                   if (!outcome && outcome.error().code == ErrorCode::kFull)
                     return people_.in_this_life(hours(1), [this, index] { hand_in(index); });
                   handed_in_.insert(number);
                   accepted_[number] = must(people_.world(), people_.id(), outcome);
                 });
}

bool Requests::handles(Kind kind) {
  return routing::kind_row(kind).goes == routing::Goes::kToRequester ||
         kind == Kind::kAssistanceRequest || kind == Kind::kWorkOrder ||
         kind == Kind::kCollaborationNotice || kind == Kind::kArrivalReport;
}

void Requests::handle(const node::Item& item) {
  World& world = people_.world();
  if (item.header.kind == Kind::kArrivalReport)
    return people_.settle(item.key, {}, 0, good(people_));
  const auto opened =
      must(world, people_.id(), node::open_first(item, people_.keys(), people_.snapshot()));
  if (item.header.kind == Kind::kAssistanceFeedback ||
      item.header.kind == Kind::kWorkOrderFeedback) {
    world.watcher->answer_read(people_.office(), item);
    return people_.settle(item.key, {}, 0, good(people_));
  }
  const Request& request = request_in(world, opened.payload);
  world.watcher->asked(people_.office(), item, request);
  if (item.header.kind == Kind::kCollaborationNotice) {
    if (!request.answered) return world.watcher->left_open(people_.office(), item.key);
    return sign_for(item);
  }
  const OfficeId handler = people_.directory().successor(request.handler);
  if (people_.id() != handler) {
    const auto order =
        node::assign_order(item, opened, handler, "请办理", people_.directory(), people_.now());
    return people_.pass_on(item.key, must(world, people_.id(), order), good(people_));
  }
  if (!request.answered) return world.watcher->left_open(people_.office(), item.key);
  answer(item, opened, request);
}

void Requests::sign_for(const node::Item& item) {
  broker::Collect collect;
  collect.key = item.key;
  collect.clerk = "clerk";
  people_.post(collect, good(people_));
  people_.in_this_life(up_to(people_.random(), kSettledAfterSigning),
                       [this, key = item.key] { people_.settle(key, {}, 0, good(people_)); });
}

void Requests::answer(const node::Item& item, const node::OpenedItem& opened,
                      const Request& request) {
  const auto order = node::answer_order(item, opened, fields_of(request), people_.now());
  if (!order) {
    if (!order.error().text.starts_with("late: "))
      violated(people_.world(), people_.id(), "an answer is refused: " + order.error().text);
    // Whoever asked must ask again. What a desk passed on here stays visible as it is.
    if (!opened.steps.empty())
      return people_.world().watcher->left_open(people_.office(), item.key);
    return people_.settle(item.key, {}, 0, good(people_));
  }
  people_.settle(item.key, *order, 0, [this, request, order = *order](const broker::Reply& reply) {
    if (is_kept_back(reply)) return;
    must(people_.world(), people_.id(), reply.result);
    people_.world().watcher->answered(request.number);
    if (request.answered_twice) answer_again(request, order);
  });
}

// Whoever asked must be spared this one.
void Requests::answer_again(const Request& request, const broker::Order& order) {
  broker::SubmitItem item;
  item.row = 1;
  people_.submit(numbered("again", request.number), {order}, {std::move(item)},
                 [](const broker::Reply&) {});
}

void Requests::report_arrival(const broker::EnvelopeKey& notice) {
  const auto txn = people_.read();
  const auto item = must(people_.world(), people_.id(), node::load_item(*txn, notice));
  const auto value = must(people_.world(), people_.id(),
                          txn->get(broker::Table::kInbox, broker::seq_key(item.state.inbox_seq)));
  const auto row = must(people_.world(), people_.id(), broker::decode_inbox_row(*value));
  const auto opened = must(people_.world(), people_.id(),
                           node::open_notice(item, people_.keys(), people_.snapshot()));
  const auto order = node::arrival_order(
      item, row, opened, {{"date", to_text(local_date(people_.now()))}, {"how", "came_alone"}},
      people_.now());
  broker::SubmitItem one;
  one.row = 1;
  people_.submit(node::act_of("arrival", notice.id, people_.keys()),
                 {must(people_.world(), people_.id(), order)}, {std::move(one)},
                 [](const broker::Reply&) {});
}

}  // namespace xianjie::simulation
