// Half-year and annual reports (flow B): what the offices below have sent, the sum with an office's
// own figures, and the report that goes up. A sum is made only when all are in, or by an override
// that it carries for everybody to see. Pure. Read next: report_forms.h.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "crypto/key_ring.h"
#include "node/office/desk.h"
#include "node/office/notice_columns.h"
#include "node/office/report_forms.h"
#include "routing/directory.h"

namespace xianjie::node {

// "2026-H1" or "2026" (the year): the period's last month stands for it, 2026-06 or 2026-12.
Result<Period> parse_report_period(std::string_view text);
std::string report_period_text(Period period);

enum class ChildState : std::uint8_t { kReceived = 1, kLate, kMissing, kNotOnTheBus };
std::span<const Word> words_of(ChildState);

// What one office below has sent: the newest of its reports counts, those it replaces are named.
struct ChildReport {
  OfficeId office;
  ChildState state = ChildState::kMissing;
  Kind kind = Kind::kNone;
  WallTime received, deadline;
  std::vector<broker::EnvelopeKey> parts;  // of the newest, in order
  std::size_t corrections = 0;             // how often it was replaced
  std::uint32_t parts_wanted = 0;          // fewer are here: still missing
};
// One row a child that reports, sorted. Opens each report (`opened` is told each id, to be
// recorded).
struct Completeness {
  std::vector<ChildReport> children;
  Figures sum;  // over what is in
  std::size_t missing = 0;
  std::vector<std::vector<FormCell>> persons;  // detail of all parts
};
using OpenedId = std::function<void(const EnvelopeId&)>;
Result<Completeness> completeness(broker::ReadTxn& txn, const crypto::KeyRing& keys,
                                  const routing::Directory& directory, Period period, WallTime now,
                                  const OpenedId& opened);
nlohmann::json completeness_view(const Completeness& all, Period period, OfficeId self);

struct ReportRequest {
  Kind kind = Kind::kStatisticalReport;
  Period period;
  std::vector<RawRow> figures;  // header first: item, value
  std::vector<RawRow> persons;  // header first; none: no detail
  std::string override_reason;  // a sum of what is in; "": refuse while any is missing
  std::string correction;       // replaces the one sent; "": there must be none
};
// The report's envelopes, one a part, to the parent. `sent`: this office's own reports of the
// period.
struct SentReport {
  EnvelopeId id;
  Kind kind = Kind::kNone;
};
Result<std::vector<broker::Order>> report_orders(const ReportRequest& request,
                                                 const Completeness& below,
                                                 const std::vector<SentReport>& sent, OfficeId self,
                                                 const routing::Directory& directory, WallTime now);
Result<std::vector<SentReport>> sent_reports(broker::ReadTxn& txn, Period period);

bool is_report(Kind kind);
// The newest report period that had ended at `now`.
Period last_report_period(WallTime now);

}  // namespace xianjie::node
