// The flows of FLOWS as clerks play them, a file each: what they do of themselves (errands) and
// what they do with what arrives (rules). A handful of each, the same for the same seed.
//   flow_notices.cc    A: checks, assignments, ad hoc reports, arrivals, corrections; C: returns
//   flow_reports.cc    B: half-year reports
//   flow_exchange.cc   D: the exchange test, and requests that wait for its freeze
//   flow_requests.cc   E: requests, work orders, alerts, notices, records
#pragma once

#include "node/rehearsal/errands.h"
#include "node/rehearsal/hands.h"
#include "node/rehearsal/scene.h"

namespace xianjie::node::rehearsal {

using Decision = Result<std::optional<Deeds>>;
// The row of the notices file that an envelope was made of; 0: of none.
using RowOf = std::function<std::size_t(const std::string& id)>;

// What clerks do with an item. The month alone: townships check, population-police files copies.
Decision check_only(const Scene& scene, const RowOf& row_of, const Case& item);
Decision decide_notice(const Scene& scene, const RowOf& row_of, const Case& item);
Decision decide_return(const Scene& scene, const RowOf& row_of, const Case& item);
Decision decide_arrival(const Scene& scene,
                        const Case& item);  // an arrival that is owed, as `due` tells
Decision decide_form(const Scene& scene, const Case& item);  // any kind that is a form

std::vector<Errand> notice_errands(const Scene& scene);
std::vector<Errand> exchange_errands(const Scene& scene, Play play);
std::vector<Errand> request_errands(const Scene& scene);

// Flow B: each office reports once, as soon as all below it have.
class Reporters {
 public:
  Reporters(Fleet& fleet, const Scene& scene);
  // True: all have reported.
  Result<bool> round();
  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  Result<bool> report(OfficeId office);

  Fleet& fleet_;
  const Scene& scene_;
  std::vector<OfficeId> waiting_;
  std::vector<std::string> complaints_;
};
// The report that a rehearsal's half-year ends with: of the month before.
std::string report_period(const Scene& scene);  // 2026-H1; "" where the month follows none

}  // namespace xianjie::node::rehearsal
