#include "tests/simulation/desk.h"

#include <algorithm>

#include "routing/codes.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kArrivalAfter = hours(8);
constexpr std::size_t kErrorsUntil = 4;     // steps; later everybody is careful
constexpr std::size_t kPatienceSteps = 24;  // then the person counts as unlinked

}  // namespace

void Desk::handle(const node::Item& item) {
  if (item.header.copy_of.is_set()) {
    const auto payload = must(people_.world(), people_.id(), node::open_item(item, people_.keys()));
    const auto number = std::stoul(std::get<NoticePayload>(payload).remarks);
    people_.world().watcher->opened_copy(
        people_.office(), item, people_.world().notices.at(static_cast<std::uint32_t>(number)));
    return people_.settle(item.key, {}, 0, good(people_));
  }
  const auto opened = must(people_.world(), people_.id(),
                           node::open_notice(item, people_.keys(), people_.snapshot()));
  const Notice& notice =
      people_.world().notices.at(static_cast<std::uint32_t>(std::stoul(opened.notice.remarks)));
  people_.world().watcher->opened(people_.office(), item, opened, notice);
  const Case one{item, opened, notice, people_.directory().successor(notice.truth)};
  const OfficeId self = people_.id();
  if (self == one.truth)
    return check(one, notice.unlinked ? CheckOutcome::kUnlinked : CheckOutcome::kOwnArea);
  if (opened.steps.size() >= kPatienceSteps) return check(one, CheckOutcome::kUnlinked);
  if (self.type() == OfficeType::kPopulationPolice) {
    const bool finds = notice.truth.is_set() && notice.number % 3 != 0;
    return finds ? send_back(one) : check(one, CheckOutcome::kUnlinked);
  }
  const bool below = one.truth.is_set() && node::stands_below(people_.directory(), one.truth, self);
  return below ? assign(one) : send_back(one);
}

// The end of the person's way.
void Desk::check(const Case& one, CheckOutcome outcome) {
  must(people_.world(), people_.id(),
       node::may_check(people_.id().type(), one.item.header.kind, outcome));
  node::Check check{outcome, {}, one.opened.steps, {}};
  people_.settle(
      one.item.key,
      must(people_.world(), people_.id(), node::check_result_order(one.item, std::move(check))),
      static_cast<std::uint8_t>(outcome),
      [this, outcome, key = one.item.key, number = one.notice.number](const broker::Reply& reply) {
        if (is_kept_back(reply)) return;
        must(people_.world(), people_.id(), reply.result);
        people_.world().watcher->checked(people_.office(), key, number, outcome);
        if (outcome == CheckOutcome::kOwnArea && number % 3 == 0)
          people_.in_this_life(kArrivalAfter, [this, key] { requests_.report_arrival(key); });
      });
}

bool Desk::returned_by(const Case& one, OfficeId office) const {
  return std::ranges::any_of(one.opened.steps, [&](const Step& step) {
    return step.office == office && step.action == StepAction::kReturned;
  });
}

std::vector<OfficeId> Desk::townships_below() const {
  std::vector<OfficeId> out;
  for (const OfficeId office : people_.directory().all())
    if (office.type() == OfficeType::kTownship &&
        node::stands_below(people_.directory(), office, people_.id()))
      out.push_back(office);
  return out;
}

void Desk::assign(const Case& one) {
  OfficeId to = one.truth;
  if (one.opened.steps.size() < kErrorsUntil && people_.random().below(8) == 0) {
    const auto townships = townships_below();
    to = townships[static_cast<std::size_t>(people_.random().below(townships.size()))];
  }
  people_.pass_on(one.item.key,
                  must(people_.world(), people_.id(),
                       node::assign_order(one.item, one.opened, to, "属其辖区", people_.directory(),
                                          people_.now())),
                  good(people_));
}

// Where the person is said to belong: known, not known, or mistaken.
std::string Desk::code_for(const Case& one) {
  const bool police = people_.id().type() == OfficeType::kPopulationPolice;
  const bool careful = police || one.opened.steps.size() >= kErrorsUntil;
  if (!careful && people_.random().below(3) == 0) {
    // Half of the time back to one who has returned the person already: never there by itself.
    const auto& all = people_.directory().all();
    OfficeId other = all[static_cast<std::size_t>(people_.random().below(all.size()))];
    const auto back = std::ranges::find_if(
        one.opened.steps, [&](const Step& step) { return returned_by(one, step.office); });
    if (back != one.opened.steps.end() && people_.random().below(2) == 0) other = back->office;
    if (other.type() == OfficeType::kTownship && other != people_.id() &&
        people_.id().type() == OfficeType::kTownship)
      return routing::code_text(other.code());
  }
  if (!one.notice.truth.is_set() || (!police && !one.notice.code_known)) return "";
  return routing::code_text(one.notice.truth.code());
}

void Desk::send_back(const Case& one) {
  node::Return wanted;
  wanted.code = code_for(one);
  wanted.reason = people_.id().type() == OfficeType::kPopulationPolice ? ReturnReason::kFound
                  : one.notice.truth.is_set()                          ? ReturnReason::kNotOurs
                                                                       : ReturnReason::kNotFound;
  const auto order =
      node::return_order(one.item, one.opened, wanted, people_.directory(), people_.now());
  if (order) return people_.pass_on(one.item.key, *order, good(people_));
  if (!order.error().text.starts_with("police: "))
    violated(people_.world(), people_.id(), "a return is refused: " + order.error().text);
  check(one, CheckOutcome::kUnlinked);
}

}  // namespace xianjie::simulation
