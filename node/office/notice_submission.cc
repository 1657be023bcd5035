#include "node/office/notice_submission.h"

#include "crypto/hash.h"
#include "node/office/standing.h"
#include "routing/codes.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::node {
namespace {

// After release the township tells the origin (flow A); open in FLOWS: within a week.
constexpr int kArrivalDays = 7, kClosingHour = 18;

bool is_gated(Kind kind) {
  return routing::kind_row(kind).schedule == routing::Schedule::kMonthlyGates;
}

class NoticeSubmission final : public Submission {
 public:
  explicit NoticeSubmission(Basis basis)
      : Submission(std::move(basis)), joins_next_(is_gated(kind_) && period_ > month_of(now_)) {}

  [[nodiscard]] FileOf file_of() const override { return FileOf::kNotices; }
  void set_rows(std::vector<RawRow> rows) override {
    auto file = read_notice_file(std::move(rows));
    if (file)
      file_ = std::move(*file);
    else
      refuse_whole(std::move(file).error());
  }
  Slice next_slice(const routing::Directory& directory, std::size_t orders_max) override;
  [[nodiscard]] bool done() const override { return at_ >= file_rows(); }
  [[nodiscard]] std::size_t file_rows() const override { return file_ ? file_->rows.size() : 0; }

 private:
  void warn_of_next_period(std::size_t row, const NoticePayload& payload);
  [[nodiscard]] std::optional<Hash> person_of(const NoticePayload& payload) const;
  void announce(NoticePayload& payload) const;

  bool joins_next_ = false;  // handed in after the end of the 10th
  std::optional<NoticeFile> file_;
};

void NoticeSubmission::warn_of_next_period(std::size_t row, const NoticePayload& payload) {
  if (!joins_next_) return;
  std::string text = "joins_next_period: joins " + to_text(period_) + " (补报)";
  const auto released = parse_iso_date(payload.release_date);
  const auto chain_ends = Date::make(period_.year(), period_.month(), 14);
  if (released && chain_ends && *released < *chain_ends)
    text += "; the release comes before its chain ends, report this person ad hoc (随时上报)";
  warnings_.push_back({row, "release_date", std::move(text)});
}

std::optional<Hash> NoticeSubmission::person_of(const NoticePayload& payload) const {
  if (payload.id_number.empty()) return std::nullopt;
  return reported_person(kind_, period_, payload.id_number, *keys_);
}

// A row without a valid number has none: no file can be named by it.
void NoticeSubmission::announce(NoticePayload& payload) const {
  if (payload.id_number.empty()) return;
  for (const AnnouncedAttachment& one : attachments_)
    if (one.id_number == payload.id_number && payload.attachments.size() < kAttachmentsMax)
      payload.attachments.push_back(one.note);
}

Submission::Slice NoticeSubmission::next_slice(const routing::Directory& directory,
                                               std::size_t orders_max) {
  Slice slice;
  if (!file_) return slice;
  NoticeContext context{keys_->office(), local_date(now_), period_,
                        [&](std::string_view text) { return find_office(directory, text); },
                        directory.code_changes()};
  if (!is_gated(kind_)) context.period = {};
  NoticeChecker checker(std::move(context), file_->columns);
  const std::size_t end = std::min(file_->rows.size(), at_ + orders_max);
  for (; at_ < end; ++at_) {
    const std::size_t row = at_ + 1;
    auto checked = checker.check(row, file_->rows[at_], warnings_);
    file_->rows[at_] = {};
    if (!checked) {
      refused_.push_back(std::move(checked).error());
      continue;
    }
    NoticePayload& payload = checked->payload;
    const routing::Resolution& resolution = checked->resolution;
    const OfficeId destination = routing::office_for_code(directory, resolution.code);
    if (!destination.is_set()) {
      refuse(
          row, "registration_code",
          "unknown_code: no office of the directory covers " + routing::code_text(resolution.code));
      continue;
    }
    warn_of_next_period(row, payload);
    payload.resolved_code = resolution.code;
    payload.confidence = resolution.confidence;
    announce(payload);
    broker::Order order;
    order.kind = kind_;
    order.destination = destination;
    order.period = period_;
    order.police_copy_code = resolution.code;
    if (const auto released = parse_iso_date(payload.release_date))
      order.due =
          local_time(Date::from_days(released->days_since_epoch() + kArrivalDays), kClosingHour);
    order.payload = encode(Payload(payload));
    broker::SubmitItem item;
    item.row = static_cast<std::uint32_t>(row);
    item.code = resolution.code;
    item.confidence = resolution.confidence;
    item.assigned = destination.type() == OfficeType::kTownship;
    item.person = person_of(payload);
    note_order(item, destination);
    slice.orders.push_back(std::move(order));
    slice.items.push_back(std::move(item));
  }
  return slice;
}

}  // namespace

bool is_notice(Kind kind) {
  return kind == Kind::kPreReleaseNotice || kind == Kind::kAdHocReport;
}

Result<Period> notice_period(Kind kind, Period wanted, WallTime now) {
  const Period month = month_of(now);
  if (!is_gated(kind)) return wanted.is_set() ? wanted : month;
  const Period open = routing::period_for_submission(now);
  if (!wanted.is_set()) return open;
  if (wanted >= open) return wanted;
  if (wanted < month)
    return refused("period: " + to_text(wanted) + " is over; what was missed joins " +
                   to_text(open));
  return open;
}

Hash reported_person(Kind kind, Period period, std::string_view id_number,
                     const crypto::KeyRing& keys) {
  return crypto::keyed_hash(
      keys.local_key(), {as_bytes("XJ1/person"),
                         Encoder().u8(static_cast<std::uint8_t>(kind)).u32(period.yyyymm).bytes(),
                         as_bytes(id_number)});
}

std::unique_ptr<Submission> notice_submission(Submission::Basis basis) {
  return std::make_unique<NoticeSubmission>(std::move(basis));
}

}  // namespace xianjie::node
