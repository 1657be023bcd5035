// What an office does of itself with what arrives (node/office/service.h) and with what falls due:
// reminds, alarms, escalates.
#include <algorithm>

#include "node/daemon/engine.h"
#include "node/daemon/log.h"
#include "node/office/answers.h"
#include "node/office/service.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

constexpr Duration kWatchEvery = minutes(1), kWatchEveryRehearsal = seconds(1);
constexpr Duration kRemindBefore = days(1);
constexpr Duration kConsultation = hours(24);  // flow E: then the contractor answers

std::string describe(const Obligation& one) {
  return "owed=" + std::string(schemas::to_word(one.owed)) +
         (one.key.id.is_set() ? " id=" + to_text(one.key.id) : " period=" + to_text(one.period)) +
         " kind=" + std::string(to_word(one.kind)) + " by=" + to_text(one.by) +
         " due=" + to_text(one.due);
}

}  // namespace

bool Engine::served_here(Kind kind) const {
  return node::served_here(keys().office(), kind) || kind == Kind::kExchangeTest;
}

Result<> Engine::find_following(broker::ReadTxn& txn) {
  XJ_TRY(auto items, items_to_follow(txn, {keys(), broker_->snapshot(), now().wall}));
  own_.insert(own_.end(), items.begin(), items.end());
  return {};
}

Result<> Engine::find_waiting_own() {
  XJ_TRY(const auto txn, store_->read());
  XJ_TRY_VOID(find_following(*txn));
  std::vector<broker::Delivered> found;
  XJ_TRY_VOID(txn->scan(broker::Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto inbox = broker::decode_inbox_row(row.value);
    if (inbox && waits_for_service(*inbox) && served_here(inbox->kind))
      found.push_back({inbox->key, inbox->kind});
    return true;
  }));
  for (const broker::Delivered& item : found) {
    XJ_TRY(const bool kept, broker::is_kept_back(*txn, item.key));
    if (!kept) own_.push_back(item);
  }
  return {};
}

Result<> Engine::serve_own() {
  if (own_.empty()) return {};
  XJ_TRY(const auto txn, store_->read());
  std::size_t taken = 0;
  bool records = false;
  for (; taken < own_.size() && taken < kTurnEventsMax / 2 && batch_number_ready(); ++taken) {
    const broker::Delivered item = own_[taken];
    // What one batch of records brings is known to the next only after its turn.
    if (records && item.kind == Kind::kRecordBatch) break;
    records = records || item.kind == Kind::kRecordBatch;
    if (const auto done = serve(*txn, item); !done)
      log(LogEvent::kNotServed, "id=" + to_text(item.key.id) + " " + done.error().text);
  }
  own_.erase(own_.begin(), own_.begin() + static_cast<std::ptrdiff_t>(taken));
  return {};
}

Result<> Engine::serve(broker::ReadTxn& txn, const broker::Delivered& item) {
  if (item.kind == Kind::kExchangeTest) return note_freezes(txn, item.key);
  XJ_TRY(Served served, node::serve(txn, item, {keys(), broker_->snapshot(), now().wall}));
  std::optional<broker::PreparedOrder> sealed;
  if (served.act && served.act->order) {
    XJ_TRY(sealed, prepare_one(*served.act->order));
  }
  if (served.opened) post(broker::Audit{"opened id=" + to_text(item.key.id) + " by=service"});
  if (served.act) post(complete(std::move(*served.act), std::move(sealed)));
  return {};
}

Result<broker::PreparedOrder> Engine::prepare_one(broker::Order order) {
  const auto number = batch_number();
  if (!number) return fail(ErrorCode::kRetry, "busy: try again");
  const std::vector<broker::Order> orders{std::move(order)};
  return std::move(broker::prepare_orders(orders, seal_context(), *number, now().wall).front());
}

Result<std::vector<broker::PreparedOrder>> Engine::prepare_all(
    const std::vector<broker::Order>& orders) {
  const auto number = batch_number();
  if (!number) return fail(ErrorCode::kRetry, "busy: try again");
  std::vector<broker::PreparedOrder> out;
  for (auto& one : broker::prepare_orders(orders, seal_context(), *number, now().wall)) {
    if (!one) return std::unexpected(std::move(one).error());
    out.push_back(std::move(*one));
  }
  return out;
}

// The roll-call waits in the inbox until an operator signs for it; its freezes hold at once.
Result<> Engine::note_freezes(broker::ReadTxn& txn, const broker::EnvelopeKey& key) {
  XJ_TRY(const Item item, load_item(txn, key));
  XJ_TRY(const Payload payload, open_item(item, keys()));
  const auto* plan = std::get_if<FormPayload>(&payload);
  if (plan == nullptr || directory().parent(key.origin).is_set())
    return {};  // the national office's
  const WallTime at = now().wall;
  for (const Window& freeze : announced_freezes(*plan))
    if (freeze.until > at) freezes_.push_back(freeze);
  return {};
}

// What is owed here or to this office: reminded of a day before, told when overdue, and the office
// above the late one told too. Nothing is stored: a restart tells again, an escalation goes once.
Result<> Engine::watch() {
  const Now at = now();
  const bool fell_due = owed_next_.is_set() && at.wall >= owed_next_;
  if (!at.wall_trusted || at.instant < watch_due_ || (!unwatched_ && !fell_due)) return {};
  unwatched_ = false;
  standing_changed_ = standing_changed_ || fell_due;
  watch_due_ = at.instant + (directory().header().rehearsal ? kWatchEveryRehearsal : kWatchEvery);
  XJ_TRY(const auto txn, store_->read());
  XJ_TRY(const auto list, owed(*txn));
  owed_next_ = {};
  const auto wake_at = [&](WallTime when) {
    if (when > at.wall && (!owed_next_.is_set() || when < owed_next_)) owed_next_ = when;
  };
  for (const Obligation& one : list) {
    wake_at(one.due + milliseconds(1));
    const bool here = one.by == keys().office();
    if (here) wake_at(one.due - kRemindBefore);
    const int what = static_cast<int>(one.owed);
    if (one.overdue(at.wall)) {
      if (told_.insert({one.key.id, one.by, what}).second) alarm("overdue: " + describe(one));
      if (!here && one.owed == Owed::kAnswer) XJ_TRY_VOID(escalate(*txn, one));
    } else if (here && at.wall >= one.due - kRemindBefore &&
               told_.insert({one.key.id, one.by, -what}).second) {
      alarm("reminder: " + describe(one));
    }
  }
  XJ_TRY_VOID(follow_subjects(*txn));
  return watch_consultations(*txn, at.wall);
}

// One level up: the office above the one that owes the answer is alerted, once (flow E, 督办).
Result<> Engine::escalate(broker::ReadTxn& txn, const Obligation& late) {
  const OfficeId self = keys().office(), above = directory().parent(late.by);
  if (!routing::may_send(Kind::kAlert, self.type()) || !above.is_set() || above == self) return {};
  broker::Submit submit;
  submit.submission = act_of("escalation", late.key.id, keys());
  XJ_TRY(const auto done,
         txn.get(broker::Table::kSubmissions, broker::submission_key(submit.submission, 1)));
  if (done || !batch_number_ready()) return {};
  broker::Order order;
  order.kind = Kind::kAlert;
  order.destination = above;
  order.in_reply_to = late.key.id;
  FormPayload payload;
  payload.form = "alert.overdue";
  payload.cells.push_back({0, "content", "逾期未反馈：" + describe(late)});
  order.payload = encode(Payload(std::move(payload)));
  broker::SubmitItem item;
  item.row = 1;
  XJ_TRY(item.order, prepare_one(std::move(order)));
  submit.items.push_back(std::move(item));
  post(std::move(submit), [](broker::Reply&) {});
  return {};
}

// Consultations that nobody here answered for a day go to the contractor (flow E).
Result<> Engine::watch_consultations(broker::ReadTxn& txn, WallTime now_wall) {
  std::vector<broker::EnvelopeKey> waiting;
  XJ_TRY_VOID(txn.scan(broker::Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto inbox = broker::decode_inbox_row(row.value);
    if (inbox && !inbox->copy && !inbox->settled && !inbox->continued_by.is_set() &&
        inbox->kind == Kind::kWorkOrder)
      waiting.push_back(inbox->key);
    return true;
  }));
  for (const broker::EnvelopeKey& key : waiting) {
    XJ_TRY(const auto value, txn.get(broker::Table::kSeen, broker::seen_key(key)));
    if (!value) continue;
    XJ_TRY(const auto state, broker::decode_state_row(*value));
    const WallTime given = state.taken + kConsultation;
    if (now_wall < given) {
      if (!owed_next_.is_set() || given < owed_next_) owed_next_ = given;
    } else if (!told_.contains({key.id, {}, 0}) && batch_number_ready()) {
      told_.insert({key.id, {}, 0});
      if (const auto done = give_to_contractor(txn, key); !done)
        log(LogEvent::kNotServed, "id=" + to_text(key.id) + " " + done.error().text);
    }
  }
  return {};
}

Result<> Engine::give_to_contractor(broker::ReadTxn& txn, const broker::EnvelopeKey& key) {
  XJ_TRY(const Item item, load_item(txn, key));
  XJ_TRY(const OpenedItem opened, open_first(item, keys(), broker_->snapshot()));
  post(broker::Audit{"opened id=" + to_text(key.id) + " by=service"});
  const auto* form = std::get_if<FormPayload>(&opened.payload);
  if (form == nullptr || form->form != "work_order.consultation") return {};
  for (const OfficeId child : directory().children(keys().office())) {
    if (child.type() != OfficeType::kContractor) continue;
    XJ_TRY(auto order,
           assign_order(item, opened, child, "24小时无人答复", directory(), now().wall));
    broker::Continue event;
    event.key = key;
    XJ_TRY(event.order, prepare_one(std::move(order)));
    post(std::move(event), [](broker::Reply&) {});
    return {};
  }
  alarm("no_contractor: id=" + to_text(key.id) + " waits for an answer for more than 24 hours");
  return {};
}

}  // namespace xianjie::node
