#include "tests/simulation/reports.h"

#include "crypto/hash.h"
#include "tests/simulation/office.h"
#include "tests/simulation/watcher.h"

namespace xianjie::simulation {
namespace {

constexpr Duration kLooksAgain = hours(12);

// All that were released were met and settled: every formula holds.
std::vector<node::RawRow> figures_of(std::uint64_t released) {
  std::vector<node::RawRow> rows{{1, false, {"item", "value"}, ""}};
  for (const node::ReportItem& item : node::report_form().items) {
    const bool counts =
        item.word == "released" || item.word == "connected" || item.word == "resettled";
    rows.push_back({rows.size() + 1,
                    false,
                    {std::string(item.word), std::to_string(counts ? released : 0)},
                    ""});
  }
  return rows;
}

std::uint64_t released(const node::Completeness& below) {
  const auto found = below.sum.find("released");
  return found == below.sum.end() ? 0 : found->second;
}

}  // namespace

void Reports::plan(WallTime when, WallTime correct) {
  when_ = when;
  correct_ = correct;
}

std::uint64_t Reports::own() const {
  const bool corrected = correct_.is_set() && people_.now() >= correct_;
  return people_.id().code() % 7 + (corrected ? 100 : 0);
}

void Reports::started() {
  busy_ = false;
  if (!planned()) return;
  people_.in_this_life(std::max(when_ - people_.now(), seconds(1)), [this] { report(); });
  if (correct_.is_set())
    people_.in_this_life(std::max(correct_ - people_.now(), seconds(2)), [this] { report(); });
}

void Reports::handle(const node::Item& item) {
  people_.settle(item.key, {}, 0, good(people_));
}

void Reports::arrived() {
  if (planned() && people_.now() >= when_) people_.in_this_life(seconds(1), [this] { report(); });
}

// Sends what is not sent yet, or corrects it; where something is missing, later.
void Reports::report() {
  if (busy_) return people_.in_this_life(minutes(10), [this] { report(); });
  const auto txn = people_.read();
  const auto below = must(people_.world(), people_.id(),
                          node::completeness(*txn, people_.keys(), people_.directory(), kReported,
                                             people_.now(), [](const EnvelopeId&) {}));
  const auto sent = must(people_.world(), people_.id(), node::sent_reports(*txn, kReported));
  if (!sent.empty() && told_ == own() + released(below)) return;
  send(below, sent);
}

void Reports::send(const node::Completeness& below, const std::vector<node::SentReport>& sent) {
  node::ReportRequest request;
  request.kind = people_.id().type() == OfficeType::kTownship ? Kind::kDetailedReport
                                                              : Kind::kStatisticalReport;
  request.period = kReported;
  request.figures = figures_of(own());
  if (!sent.empty()) request.correction = "数字有误";
  auto orders =
      node::report_orders(request, below, sent, people_.id(), people_.directory(), people_.now());
  if (!orders) {
    if (orders.error().text.starts_with("period: ")) return;  // the next one has begun
    if (!orders.error().text.starts_with("missing: "))
      violated(people_.world(), people_.id(), "a report is refused: " + orders.error().text);
    return people_.in_this_life(kLooksAgain, [this] { report(); });
  }
  people_.world().watcher->sums_up(people_.office());
  const Hash act = crypto::keyed_hash(people_.keys().local_key(),
                                      {as_bytes("XJ1/report"), orders->front().replaces.bytes});
  broker::SubmitItem item;
  item.row = 1;
  busy_ = true;
  people_.submit(act, std::move(*orders), {std::move(item)},
                 [this, total = own() + released(below)](const broker::Reply& reply) {
                   busy_ = false;
                   if (!reply.answers.at(0).outcome)
                     return people_.in_this_life(hours(1), [this] { report(); });
                   // Said before, by a turn that nobody heard the end of: perhaps of other sums.
                   if (reply.answers.at(0).repeated)
                     return people_.in_this_life(seconds(5), [this] {
                       told_.reset();
                       report();
                     });
                   told_ = total;
                   report();
                 });
}

}  // namespace xianjie::simulation
