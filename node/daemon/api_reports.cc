// The local API's commands of flow B: who has reported, and the report that goes up.
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "node/daemon/api.h"
#include "node/daemon/handed_in.h"
#include "node/office/reports.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

Result<std::vector<RawRow>> rows_of(ByteView bytes) {
  if (bytes.empty()) return std::vector<RawRow>{};
  auto rows = read_handed_in(bytes, FileOf::kForms);
  if (!rows) return refused(rows.error().field + ": " + rows.error().reason);
  return std::move(*rows);
}

}  // namespace

Api::Outcome Api::report_status(const Call& call) {
  const WallTime now = engine_.now().wall;
  Period period = last_report_period(now);
  if (const std::string text = call.option("period"); !text.empty()) {
    XJ_TRY(period, parse_report_period(text));
  }
  const auto opened = std::make_shared<std::size_t>(0);
  return look(
      call,
      [scene = engine_.scene(), period, opened](broker::ReadTxn& txn) -> Result<json> {
        XJ_TRY(const auto below,
               completeness(txn, scene.keys, scene.directory(), period, scene.now.wall,
                            [&](const EnvelopeId&) { ++*opened; }));
        XJ_TRY(const auto sent, sent_reports(txn, period));
        json view = completeness_view(below, period, scene.keys.office());
        view["sent"] = json::array();
        for (const SentReport& one : sent)
          view["sent"].push_back({{"id", to_text(one.id)}, {"kind", to_word(one.kind)}});
        return view;
      },
      [this, period, opened, by = under_account(call)] {
        if (*opened > 0)
          engine_.post(broker::Audit{"opened reports=" + std::to_string(*opened) +
                                     " period=" + to_text(period) + " by=report_status" + by});
      });
}

Api::Outcome Api::report_send(const Call& call) {
  const WallTime now = engine_.now().wall;
  const OfficeId self = engine_.broker().self();
  ReportRequest request;
  XJ_TRY(const auto kind, call.kind());
  request.kind = kind.value_or(self.type() == OfficeType::kTownship ? Kind::kDetailedReport
                                                                    : Kind::kStatisticalReport);
  XJ_TRY(request.period, parse_report_period(call.option("period")));
  XJ_TRY(request.figures, rows_of(call.request.body));
  XJ_TRY(request.persons, rows_of(as_bytes(call.option("persons"))));
  request.override_reason = call.option("override");
  request.correction = call.option("correct");
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(const auto below,
         completeness(*txn, engine_.keys(), engine_.directory(), request.period, now,
                      [&](const EnvelopeId& id) { note_opened(call, id, "report"); }));
  XJ_TRY(const auto sent, sent_reports(*txn, request.period));
  Finish finish;
  XJ_TRY(finish.orders, report_orders(request, below, sent, self, engine_.directory(), now));
  if (below.missing > 0)
    engine_.post(broker::Audit{"report_override period=" + to_text(request.period) +
                               " missing=" + std::to_string(below.missing)});
  finish.act =
      crypto::keyed_hash(engine_.keys().local_key(),
                         {as_bytes("XJ1/report"), Encoder().u32(request.period.yyyymm).bytes(),
                          finish.orders.front().replaces.bytes});
  finish.answer = {{"state", "reported"},
                   {"kind", std::string(to_word(request.kind))},
                   {"period", report_period_text(request.period)},
                   {"to", to_text(finish.orders.front().destination)},
                   {"children", below.children.size()},
                   {"missing", below.missing}};
  return with_batch_number(call, std::move(finish), &Api::submit_now);
}

}  // namespace xianjie::node
