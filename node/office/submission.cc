#include "node/office/submission.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "routing/calendar.h"
#include "routing/codes.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::node {
namespace {

bool is_notice(Kind kind) {
  return kind == Kind::kPreReleaseNotice || kind == Kind::kAdHocReport;
}

Hash submission_hash(const SubmissionRequest& request, Period period, ByteView local_key) {
  const Bytes about =
      Encoder().u8(static_cast<std::uint8_t>(request.kind)).u32(period.yyyymm).bytes();
  if (!request.submission.empty())
    return crypto::keyed_hash(local_key,
                              {as_bytes("XJ1/named-submission"), as_bytes(request.submission)});
  return crypto::keyed_hash(local_key, {as_bytes("XJ1/submission"), about, request.file});
}

}  // namespace

Result<Submission> Submission::begin(const SubmissionRequest& request,
                                     const crypto::OfficeKeys& keys,
                                     const routing::Directory& directory, WallTime now) {
  if (!is_notice(request.kind))
    return refused("kind: " + std::string(to_word(request.kind)) +
                   " is not handed in as a file; pre_release_notice and ad_hoc_report are");
  if (keys.office().type() != OfficeType::kPrison &&
      keys.office().type() != OfficeType::kDetentionHouse)
    return refused("office: " + to_text(keys.office()) +
                   " hands in no releases; prisons and detention houses do");
  if (!directory.contains(keys.office())) return refused("office: not in the directory");
  Submission out;
  out.kind_ = request.kind;
  out.office_ = keys.office();
  out.keys_ = &keys;
  out.today_ = local_date(now);
  const Period open = routing::period_for_submission(now);
  const Period month = *Period::make(out.today_.year, out.today_.month);
  out.period_ = request.period.is_set() ? request.period : open;
  if (routing::kind_row(request.kind).schedule != routing::Schedule::kMonthlyGates) {
    if (!request.period.is_set()) out.period_ = month;
  } else if (out.period_ < open) {
    if (out.period_ < month)
      return refused("period: " + to_text(out.period_) + " is over; what was missed joins " +
                     to_text(open));
    out.period_ = open;
  }
  out.joins_next_ = routing::kind_row(request.kind).schedule == routing::Schedule::kMonthlyGates &&
                    out.period_ > month;
  out.id_ = submission_hash(request, out.period_, keys.local_key());
  out.name_ = request.submission.empty() ? to_hex(ByteView(out.id_).first(16)) : request.submission;
  return out;
}

void Submission::set_rows(std::vector<RawRow> rows) {
  auto file = read_notice_file(std::move(rows));
  if (file)
    file_ = std::move(*file);
  else
    refuse_whole(std::move(file).error());
}

void Submission::refuse_whole(NoticeRefusal refusal) {
  refused_.push_back(std::move(refusal));
}

void Submission::warn_of_next_period(std::size_t row, const NoticePayload& payload,
                                     std::vector<NoticeWarning>& warnings) const {
  if (!joins_next_) return;
  std::string text = "joins_next_period: joins " + to_text(period_) + " (补报)";
  const auto released = parse_iso_date(payload.release_date);
  const auto chain_ends = Date::make(period_.year(), period_.month(), 14);
  if (released && chain_ends && *released < *chain_ends)
    text += "; the release comes before its chain ends, report this person ad hoc (随时上报)";
  warnings.push_back({row, "release_date", std::move(text)});
}

Submission::Slice Submission::next_slice(const routing::Directory& directory,
                                         std::size_t rows_max) {
  Slice slice;
  if (!file_) return slice;
  NoticeContext context{office_, today_, period_,
                        [&](std::string_view text) { return find_office(directory, text); }};
  if (kind_ != Kind::kPreReleaseNotice) context.period = {};
  NoticeChecker checker(std::move(context), file_->columns);
  const std::size_t end = std::min(file_->rows.size(), at_ + rows_max);
  for (; at_ < end; ++at_) {
    const std::size_t row = at_ + 1;
    auto checked = checker.check(row, file_->rows[at_], warnings_);
    file_->rows[at_] = {};
    if (!checked) {
      refused_.push_back(std::move(checked).error());
      continue;
    }
    NoticePayload& payload = checked->payload;
    const OfficeId destination = routing::office_for_code(directory, checked->resolution.code);
    if (!destination.is_set()) {
      refused_.push_back({row, "registration_code",
                          "unknown_code: no office of the directory covers " +
                              routing::code_text(checked->resolution.code)});
      continue;
    }
    warn_of_next_period(row, payload, warnings_);
    payload.resolved_code = checked->resolution.code;
    payload.confidence = checked->resolution.confidence;
    broker::Order order;
    order.kind = kind_;
    order.destination = destination;
    order.period = period_;
    order.police_copy_code = checked->resolution.code;
    order.payload = encode(Payload(payload));
    broker::SubmitItem item;
    item.row = static_cast<std::uint32_t>(row);
    item.code = checked->resolution.code;
    item.confidence = checked->resolution.confidence;
    item.assigned = destination.type() == OfficeType::kTownship;
    if (!payload.id_number.empty())
      item.person = crypto::keyed_hash(
          keys_->local_key(),
          {as_bytes("XJ1/person"),
           Encoder().u8(static_cast<std::uint8_t>(kind_)).u32(period_.yyyymm).bytes(),
           as_bytes(payload.id_number)});
    metas_[row] = {destination, item.code, item.confidence, item.assigned};
    slice.orders.push_back(std::move(order));
    slice.items.push_back(std::move(item));
  }
  return slice;
}

void Submission::note(const broker::SubmitAnswer& answer) {
  if (answer.outcome) {
    accepted_[answer.row] = {*answer.outcome, answer.repeated};
    return;
  }
  const bool duplicate = answer.outcome.error().text.starts_with("duplicate");
  refused_.push_back({answer.row, duplicate ? "id_number" : "row", answer.outcome.error().text});
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
    if (accepted_.contains(one.row))
      warnings.push_back({{"row", one.row}, {"field", one.field}, {"text", one.text}});
  std::size_t repeated = 0;
  for (const auto& [row, one] : accepted_) {
    const Meta& meta = metas_.at(row);
    repeated += one.repeated ? 1 : 0;
    envelopes.push_back({{"row", row},
                         {"id", to_text(one.id)},
                         {"destination", to_text(meta.destination)},
                         {"code", routing::code_text(meta.code)},
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
