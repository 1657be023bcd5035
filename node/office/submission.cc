#include "node/office/submission.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "node/office/form_submission.h"
#include "node/office/forms.h"
#include "node/office/notice_submission.h"
#include "routing/codes.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

Hash submission_hash(const SubmissionRequest& request, Period period, ByteView local_key) {
  const Bytes about =
      Encoder().u8(static_cast<std::uint8_t>(request.kind)).u32(period.yyyymm).bytes();
  if (!request.submission.empty())
    return crypto::keyed_hash(local_key,
                              {as_bytes("XJ1/named-submission"), as_bytes(request.submission)});
  return crypto::keyed_hash(local_key, {as_bytes("XJ1/submission"), about, request.file});
}

// Kinds that answer what has arrived are handed in beside it, not as a file of their own.
bool is_answer(Kind kind) {
  const auto goes = routing::kind_row(kind).goes;
  return goes == routing::Goes::kToRequester || goes == routing::Goes::kTownshipToOrigin;
}

}  // namespace

routing::WorkingDays working_days(const routing::Directory& directory) {
  return {directory.header().holidays, directory.header().working_weekends};
}

Submission::Submission(Basis basis)
    : id_(basis.id),
      name_(std::move(basis.name)),
      kind_(basis.kind),
      period_(basis.period),
      keys_(std::move(basis.keys)),
      now_(basis.now),
      freezes_(std::move(basis.freezes)),
      attachments_(std::move(basis.attachments)) {}

Result<std::unique_ptr<Submission>> Submission::begin(const SubmissionRequest& request,
                                                      const crypto::KeyRing& keys,
                                                      const routing::Directory& directory,
                                                      WallTime now) {
  const std::string word(to_word(request.kind));
  const bool notice = is_notice(request.kind);
  if (is_answer(request.kind))
    return refused("kind: " + word +
                   " answers an item of the inbox: `inbox answer ID FIELD=VALUE …`");
  if (!notice && (file_columns(request.kind).empty() ||
                  routing::kind_row(request.kind).klass == Class::kControl))
    return refused("kind: " + word + " is not handed in as a file; `xianjie kinds` lists what is");
  if (!notice && !request.attachments.empty())
    return refused("attachments: only notices of persons have some, not " + word);
  if (!routing::may_send(request.kind, keys.office().type()))
    return refused("office: " + to_text(keys.office()) + " hands in no " + word + "; " +
                   routing::senders_text(request.kind) + " may");
  if (!directory.contains(keys.office())) return refused("office: not in the directory");
  Basis basis;
  basis.kind = request.kind;
  basis.keys = std::make_shared<const crypto::KeyRing>(keys);
  basis.now = now;
  basis.freezes = request.freezes;
  basis.attachments = request.attachments;
  XJ_TRY(basis.period, notice ? notice_period(request.kind, request.period, now)
                              : form_period(request.kind, request.period, now));
  basis.id = submission_hash(request, basis.period, keys.local_key());
  basis.name =
      request.submission.empty() ? to_hex(ByteView(basis.id).first(16)) : request.submission;
  return notice ? notice_submission(std::move(basis)) : form_submission(std::move(basis));
}

void Submission::note_order(const broker::SubmitItem& item, OfficeId destination) {
  metas_[{item.row, item.part}] = {destination, item.code, item.confidence, item.assigned};
}

void Submission::note(const broker::SubmitAnswer& answer) {
  if (answer.outcome) {
    accepted_[{answer.row, answer.part}] = {*answer.outcome, answer.repeated};
    return;
  }
  const std::string& text = answer.outcome.error().text;
  const bool duplicate = text.starts_with("duplicate");
  refused_.push_back({answer.row,
                      duplicate && is_notice(kind_) ? "id_number"
                      : answer.part != 0            ? "to"
                                                    : "row",
                      text});
}

nlohmann::json Submission::answer() const {
  using nlohmann::json;
  std::vector<NoticeRefusal> refused = refused_;
  std::stable_sort(refused.begin(), refused.end(),
                   [](const NoticeRefusal& a, const NoticeRefusal& b) { return a.row < b.row; });
  json refusals = json::array(), warnings = json::array(), envelopes = json::array();
  for (const NoticeRefusal& one : refused)
    refusals.push_back({{"row", one.row}, {"field", one.field}, {"reason", one.reason}});
  for (const NoticeWarning& one : warnings_)
    if (const auto at = accepted_.lower_bound({one.row, 0});
        at != accepted_.end() && at->first.first == one.row)
      warnings.push_back({{"row", one.row}, {"field", one.field}, {"text", one.text}});
  std::size_t repeated = 0;
  for (const auto& [part, one] : accepted_) {
    const Meta& meta = metas_.at(part);
    repeated += one.repeated ? 1 : 0;
    envelopes.push_back({{"row", part.first},
                         {"id", to_text(one.id)},
                         {"destination", to_text(meta.destination)},
                         {"code", meta.code == 0 ? "" : routing::code_text(meta.code)},
                         {"confidence", std::string(to_word(meta.confidence))},
                         {"assigned", meta.assigned}});
  }
  return {{"submission", name_},          {"kind", std::string(to_word(kind_))},
          {"period", to_text(period_)},   {"rows", file_rows()},
          {"accepted", accepted_.size()}, {"repeated", repeated},
          {"refused", refusals},          {"warnings", warnings},
          {"envelopes", envelopes}};
}

}  // namespace xianjie::node
