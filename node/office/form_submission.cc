#include "node/office/form_submission.h"

#include <algorithm>
#include <deque>

#include "node/office/continuation.h"
#include "node/office/typed_text.h"
#include "routing/codes.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::node {
namespace {

constexpr int kDueHour = 18, kGateHour = 9;
constexpr int kExpiryNoticeDays = 7;  // flow E: a term's end is told seven days before
constexpr Duration kDueMax = days(366);
// A day's records leave at night; a month's are closed at 16:00 on the 4th of the next (flow E).
constexpr int kNightlyHour = 22, kRecordsDay = 4, kRecordsHour = 16;

std::unexpected<FormFault> form_fault(std::string_view field, std::string reason) {
  return std::unexpected(FormFault{std::string(field), std::move(reason)});
}

// "county:610802; 某司法所、township:610802001": offices with ; , 、 or ， between.
std::expected<std::vector<OfficeId>, FormFault> named_offices(std::string_view text,
                                                              const routing::Directory& directory) {
  std::vector<OfficeId> out;
  std::string list(text);
  for (const std::string_view mark : {"；", "、", "，", ","})
    for (std::size_t at = list.find(mark); at != std::string::npos; at = list.find(mark, at))
      list.replace(at, mark.size(), ";");
  std::string_view rest = list;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view one = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (one.empty()) continue;
    const auto office = find_office(directory, one);
    if (!office)
      return form_fault("to", "unknown_office: no office has this id, none or several this name");
    if (std::ranges::find(out, *office) == out.end()) out.push_back(*office);
  }
  return out;
}

std::expected<Resolved, FormFault> by_code(std::uint32_t code, Confidence confidence,
                                           std::string_view field,
                                           const routing::Directory& directory) {
  const OfficeId office = routing::office_for_code(directory, code);
  if (!office.is_set())
    return form_fault(
        field, "unknown_code: no office of the directory covers " + routing::code_text(code));
  return Resolved{{office}, code, confidence};
}

std::expected<Resolved, FormFault> by_registration(const routing::ResolveInput& input,
                                                   const routing::Directory& directory) {
  const auto found = routing::resolve(input, directory.code_changes());
  if (!found) return form_fault(found.error().field, found.error().reason);
  return by_code(found->code, found->confidence, "registration_code", directory);
}

// The office in charge of a legal service stands at the county; petitions are handed over by name.
std::expected<Resolved, FormFault> by_region(const Address& address,
                                             const routing::Directory& directory) {
  if (address.subject == "petition")
    return form_fault("to", "missing: a petition names the office that handles it");
  if (address.region_code.empty())
    return form_fault("region_code", "missing: name an office (to) or a region");
  auto found = by_registration(
      {.code = std::string(address.region_code), .address = "", .id_number = ""}, directory);
  if (!found) return form_fault("region_code", found.error().reason);
  OfficeId& office = found->offices.front();
  if (office.type() == OfficeType::kTownship) office = directory.parent(office);
  return found;
}

std::expected<Resolved, FormFault> by_subtree(std::vector<OfficeId> roots, OfficeId self,
                                              const routing::Directory& directory) {
  for (const OfficeId root : roots)
    if (root != self && !stands_below(directory, root, self))
      return form_fault("to", "outside: " + to_text(root) + " is not below " + to_text(self));
  if (roots.empty()) roots.push_back(self);
  Resolved out;
  for (std::size_t i = 0; i < roots.size(); ++i)
    for (const OfficeId child : directory.children(roots[i]))
      if (std::ranges::find(roots, child) == roots.end()) roots.push_back(child);
  std::ranges::copy_if(roots, std::back_inserter(out.offices),
                       [&](OfficeId office) { return office != self; });
  if (out.offices.empty())
    return form_fault("to", "nobody: there is no office below " + to_text(self));
  return out;
}

}  // namespace

std::expected<Resolved, FormFault> resolve_address(Kind kind, const Address& address, OfficeId self,
                                                   const routing::Directory& directory) {
  using enum routing::Goes;
  auto named = named_offices(address.to, directory);
  if (!named) return std::unexpected(std::move(named).error());
  const auto goes = routing::kind_row(kind).goes;
  const OfficeId parent = directory.parent(self);
  std::expected<Resolved, FormFault> out = Resolved{};
  if (goes == kToSubtree) {
    out = by_subtree(std::move(*named), self, directory);
  } else if (goes == kToParent || goes == kToParentAndNamed) {
    if (parent.is_set()) named->insert(named->begin(), parent);
    if (named->empty())
      return form_fault("to", "nobody: there is no office above " + to_text(self));
    std::ranges::sort(*named);
    named->erase(std::ranges::unique(*named).begin(), named->end());
    out->offices = std::move(*named);
  } else if (!named->empty()) {
    if (named->size() > 1) return form_fault("to", "several: this kind goes to one office");
    out->offices = std::move(*named);
  } else if (goes == kByRegionAndBusiness) {
    out = by_region(address, directory);
  } else if (address.subject == "leave") {  // flow E: from a township to its county
    out->offices = {parent};
  } else {
    out = by_registration(address.registration, directory);
  }
  if (out && std::ranges::find(out->offices, self) != out->offices.end())
    return form_fault("to", "here: it would come to this office itself");
  return out;
}

namespace {

class FormSubmission final : public Submission {
 public:
  explicit FormSubmission(Basis basis) : Submission(std::move(basis)) {}

  [[nodiscard]] FileOf file_of() const override { return FileOf::kForms; }
  void set_rows(std::vector<RawRow> rows) override {
    auto file = FormFile::read(kind_, std::move(rows));
    if (file)
      file_ = std::move(*file);
    else
      refuse_whole(std::move(file).error());
  }
  [[nodiscard]] bool done() const override { return at_ >= file_rows() && waiting_.empty(); }
  [[nodiscard]] std::size_t file_rows() const override { return file_ ? file_->size() : 0; }

  Slice next_slice(const routing::Directory& directory, std::size_t orders_max) override {
    while (waiting_.size() < orders_max && at_ < file_rows()) {
      const bool table = !find_form(kind_, "") ? false : !find_form(kind_, "")->table.empty();
      if (auto bad = table ? read_table(directory) : read_row(at_++, directory)) refuse_row(*bad);
    }
    Slice slice;
    for (; !waiting_.empty() && slice.orders.size() < orders_max; waiting_.pop_front()) {
      note_order(waiting_.front().item, waiting_.front().order.destination);
      slice.orders.push_back(std::move(waiting_.front().order));
      slice.items.push_back(std::move(waiting_.front().item));
    }
    return slice;
  }

 private:
  struct Waiting {
    broker::Order order;
    broker::SubmitItem item;
  };
  void refuse_row(const NoticeRefusal& refusal) { refused_.push_back(refusal); }
  std::optional<NoticeRefusal> read_row(std::size_t index, const routing::Directory& directory);
  std::optional<NoticeRefusal> read_table(const routing::Directory& directory);
  std::expected<WallTime, FormFault> due_of(std::size_t index,
                                            const routing::Directory& directory) const;
  // Flow D: during a freeze townships' own requests and notices wait; not set: none is on.
  [[nodiscard]] WallTime frozen_until() const {
    if (keys_->office().type() != OfficeType::kTownship ||
        (kind_ != Kind::kAssistanceRequest && kind_ != Kind::kCollaborationNotice))
      return {};
    for (const Window& freeze : freezes_)
      if (freeze.holds(now_)) return freeze.until;
    return {};
  }
  void add(std::size_t row, const FormPayload& payload, const Resolved& resolved, WallTime due);

  std::optional<FormFile> file_;
  std::deque<Waiting> waiting_;
};

std::expected<WallTime, FormFault> FormSubmission::due_of(
    std::size_t index, const routing::Directory& directory) const {
  const routing::KindRow& rule = routing::kind_row(kind_);
  const std::string_view text = file_->cell(index, to_word(AddressColumn::kDue));
  if (text.empty()) {
    const int given = std::max(rule.answer_days, rule.collect_days);
    return given > 0 ? working_days(directory).after(now_, given) : WallTime{};
  }
  const FormField field{to_word(AddressColumn::kDue), "办理期限", FieldType::kInstant};
  const auto value = read_field(field, text, local_date(now_));
  if (!value) return form_fault(field.word, value.error());
  WallTime due = *parse_wall_time(*value);
  if (text.find(':') == std::string_view::npos) due = due + hours(kDueHour);
  if (due <= now_) return form_fault(field.word, "past: it was due before it was handed in");
  if (due > now_ + kDueMax) return form_fault(field.word, "too_late: at most a year from now");
  return due;
}

void FormSubmission::add(std::size_t row, const FormPayload& payload, const Resolved& resolved,
                         WallTime due) {
  const Bytes bytes = encode(Payload(payload));
  for (const OfficeId office : resolved.offices) {
    Waiting one;
    one.order.kind = kind_;
    one.order.destination = office;
    one.order.period = period_;
    one.order.payload = bytes;
    one.order.due = due;
    if (kind_ == Kind::kAlert && !payload.field("ends_on").empty()) {
      const auto ends = parse_iso_date(payload.field("ends_on"));
      const WallTime told =
          local_time(Date::from_days(ends->days_since_epoch() - kExpiryNoticeDays), kGateHour);
      if (told > now_) {
        one.order.not_before = told;
        one.order.due = due + (told - now_);
      }
    }
    if (routing::kind_row(kind_).schedule == routing::Schedule::kNightly) {
      const WallTime tonight = local_time(local_date(now_), kNightlyHour);
      if (tonight > now_) one.order.not_before = tonight;
    }
    if (const WallTime thaws = frozen_until(); thaws.is_set()) {
      one.order.not_before = thaws;
      warnings_.push_back({row, "row",
                           "frozen: leaves at " + to_text(thaws) +
                               ", when the exchange test's freeze ends (暂停提交)"});
    }
    one.item.row = static_cast<std::uint32_t>(row);
    one.item.part = resolved.offices.size() > 1 ? office.value() : 0;
    one.item.code = resolved.code;
    one.item.confidence = resolved.confidence;
    one.item.assigned = true;
    waiting_.push_back(std::move(one));
  }
}

std::optional<NoticeRefusal> FormSubmission::read_row(std::size_t index,
                                                      const routing::Directory& directory) {
  const std::size_t row = index + 1;
  const auto bad = [row](const FormFault& one) {
    return NoticeRefusal{row, one.field, one.reason};
  };
  if (auto shape = file_->shape_fault(index)) return bad({"row", std::move(*shape)});
  const std::string_view subject = file_->cell(index, to_word(AddressColumn::kSubject));
  const Form* form = find_form(kind_, subject);
  if (form == nullptr) return bad({"subject", "malformed: one of " + subjects_text(kind_)});
  const auto payload = fill_form(
      *form, [&](const FormField& field) { return file_->cell(index, field.word); },
      local_date(now_));
  if (!payload) return bad(payload.error());
  Address address;
  address.subject = form->subject;
  address.to = file_->cell(index, to_word(AddressColumn::kTo));
  address.region_code = file_->cell(index, to_word(AddressColumn::kRegion));
  address.registration = {.code = std::string(payload->field("registration_code")),
                          .address = std::string(payload->field("registration_address")),
                          .id_number = std::string(payload->field("id_number"))};
  const auto resolved = resolve_address(kind_, address, keys_->office(), directory);
  if (!resolved) return bad(resolved.error());
  const auto due = due_of(index, directory);
  if (!due) return bad(due.error());
  add(row, *payload, *resolved, *due);
  return std::nullopt;
}

// A batch of records: all good rows of the file in as few envelopes as hold them; a bad one stays
// out alone. The first row's number stands for its envelope.
std::optional<NoticeRefusal> FormSubmission::read_table(const routing::Directory& directory) {
  constexpr std::size_t kRowsMax = 500, kBytesMax = kPayloadBytesMax / 2;
  const Form& form = *find_form(kind_, "");
  FormPayload payload;
  payload.form = form.name;
  payload.version = form.version;
  std::size_t first = 0, bytes = 0;
  std::uint32_t rows = 0;
  for (; at_ < file_rows() && rows < kRowsMax && bytes < kBytesMax; ++at_) {
    if (auto shape = file_->shape_fault(at_)) {
      refuse(at_ + 1, "row", std::move(*shape));
      continue;
    }
    std::vector<FormCell> cells;
    std::optional<FormFault> bad;
    for (const FormField& field : form.table) {
      auto value = read_field(field, file_->cell(at_, field.word), local_date(now_));
      if (!value) {
        bad = FormFault{std::string(field.word), std::move(value).error()};
        break;
      }
      if (!value->empty()) cells.push_back({rows + 1, std::string(field.word), std::move(*value)});
    }
    if (bad) {
      refuse(at_ + 1, bad->field, bad->reason);
      continue;
    }
    ++rows;
    if (first == 0) first = at_ + 1;
    for (FormCell& cell : cells) {
      bytes += cell.value.size() + 64;
      payload.cells.push_back(std::move(cell));
    }
  }
  if (rows == 0) return std::nullopt;
  const auto resolved = resolve_address(kind_, {}, keys_->office(), directory);
  if (!resolved) return NoticeRefusal{first, resolved.error().field, resolved.error().reason};
  add(first, payload, *resolved, {});
  return std::nullopt;
}

}  // namespace

Result<Period> form_period(Kind kind, Period wanted, WallTime now) {
  if (routing::kind_row(kind).schedule != routing::Schedule::kNightly) {
    if (wanted.is_set()) return refused("period: " + std::string(to_word(kind)) + " has none");
    return Period{};
  }
  const Date today = local_date(now);
  const Period month = *Period::make(today.year, today.month);
  if (!wanted.is_set()) return month;
  if (wanted > month)
    return refused("period: " + to_text(wanted) +
                   " has not begun; a month's changes are handed "
                   "in from its first day on");
  const Period after = wanted.next();
  const auto closes =
      local_time(*Date::make(after.year(), after.month(), kRecordsDay), kRecordsHour);
  if (now > closes)
    return refused("period: " + to_text(wanted) + " was closed at " + to_text(closes) +
                   "; hand these records in for " + to_text(month));
  return wanted;
}

std::unique_ptr<Submission> form_submission(Submission::Basis basis) {
  return std::make_unique<FormSubmission>(std::move(basis));
}

}  // namespace xianjie::node
