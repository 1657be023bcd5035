#include "node/office/notice_rows.h"

#include <algorithm>
#include <utility>

#include "node/office/id_number.h"
#include "node/office/release_date.h"
#include "node/office/typed_text.h"
#include "routing/codes.h"

namespace xianjie::node {
namespace {

constexpr int kChainEndsOnDay = 14;  // FLOWS A9: the township has the notice

struct Fault {
  Column column;
  std::string reason;
};

// One row on its way to a notice: reads cells, gathers faults and warnings.
class RowReader {
 public:
  RowReader(const NoticeContext& context, const ColumnMap& columns, const RawRow& raw)
      : context_(context), columns_(columns), raw_(raw) {}

  void read() {
    read_texts();
    read_sex();
    payload_.focus = read_flag(Column::kFocus);
    payload_.identity_doubtful = read_flag(Column::kIdentityDoubtful);
    read_id_number();
    read_registration();
    read_release_date();
  }

  [[nodiscard]] bool faulty() const { return !faults_.empty(); }
  NoticeRefusal refusal(std::size_t row);
  NoticePayload& payload() { return payload_; }
  std::vector<NoticeWarning>& warnings() { return warnings_; }

 private:
  std::string_view cell(Column column) const { return columns_.cell(raw_, column); }
  void fault(Column column, std::string reason) { faults_.push_back({column, std::move(reason)}); }
  void warn(Column column, std::string text) {
    warnings_.push_back({0, std::string(to_word(column)), std::move(text)});
  }
  void read_texts();
  void read_sex();
  bool read_flag(Column column);
  void read_id_number();
  void read_doubtful_number(std::string_view given, IdNumberFault fault);
  void warn_of_number(const IdNumber& id);
  void read_registration();
  void read_release_date();

  const NoticeContext& context_;
  const ColumnMap& columns_;
  const RawRow& raw_;
  NoticePayload payload_;
  std::vector<Fault> faults_;
  std::vector<NoticeWarning> warnings_;
};

NoticeRefusal RowReader::refusal(std::size_t row) {
  std::ranges::stable_sort(faults_, {}, &Fault::column);
  const Fault& first = faults_.front();
  std::string reason = first.reason, also;
  for (const Fault& other : faults_)
    if (other.column != first.column)
      also += (also.empty() ? "" : ", ") + std::string(to_word(other.column)) + " " +
              other.reason.substr(0, other.reason.find(':'));
  if (!also.empty()) reason += " (also: " + also + ")";
  return {row, std::string(to_word(first.column)), std::move(reason)};
}

void RowReader::read_texts() {
  for (const ColumnRow& row : notice_columns()) {
    const std::string_view text = cell(row.column);
    if (has_control_characters(text))
      fault(row.column, "malformed: the cell holds control characters");
    else if (text.size() > row.characters_max && count_characters(text) > row.characters_max)
      fault(row.column, "too_long: at most " + std::to_string(row.characters_max) + " characters");
  }
  payload_.name = cell(Column::kName);
  if (payload_.name.empty()) fault(Column::kName, "missing: the row has no name");
  payload_.registration_address = cell(Column::kRegistrationAddress);
  payload_.release_type = cell(Column::kReleaseType);
  payload_.risk = cell(Column::kRisk);
  payload_.remarks = cell(Column::kRemarks);
}

void RowReader::read_sex() {
  const std::string_view sex = cell(Column::kSex);
  if (sex == "男")
    payload_.sex = Sex::kMale;
  else if (sex == "女")
    payload_.sex = Sex::kFemale;
  else if (!sex.empty())
    fault(Column::kSex, "malformed: 男, 女 or nothing");
}

bool RowReader::read_flag(Column column) {
  const std::string_view flag = cell(column);
  if (flag != "是" && flag != "否" && !flag.empty()) fault(column, "malformed: 是, 否 or nothing");
  return flag == "是";
}

void RowReader::read_id_number() {
  const std::string_view given = cell(Column::kIdNumber);
  const auto id = parse_id_number(given, context_.today);
  if (id) {
    payload_.id_number = id->text;
    payload_.birth_date = to_text(id->birth);
    warn_of_number(*id);
  } else if (payload_.identity_doubtful) {
    read_doubtful_number(given, id.error());
  } else {
    fault(Column::kIdNumber, reason_for(id.error()));
  }
}

// Nothing handed in is lost: what is no number is no number, but whoever looks for the person may
// need it as it was given.
void RowReader::read_doubtful_number(std::string_view given, IdNumberFault fault) {
  if (fault == IdNumberFault::kMissing) return;
  payload_.remarks = "原报身份证号：" + std::string(given) +
                     (payload_.remarks.empty() ? "" : "；" + payload_.remarks);
  const std::string reason = reason_for(fault);
  warn(Column::kIdNumber, reason.substr(0, reason.find(':')) +
                              ": the ID number is not valid; it was kept as text in the remarks");
}

void RowReader::warn_of_number(const IdNumber& id) {
  if (payload_.sex != Sex::kNotSaid && payload_.sex != id.sex)
    warn(Column::kSex, "sex_digit: the sex given and the 17th digit of the ID number disagree");
  if (!routing::find_code(id.place))
    warn(Column::kIdNumber, "place_prefix: the ID number begins with six digits that are no code");
}

void RowReader::read_registration() {
  const std::string plain = narrow(cell(Column::kRegistrationCode));
  payload_.registration_code = trim(plain);
  const std::string& code = payload_.registration_code;
  if (is_scientific(code))
    fault(Column::kRegistrationCode,
          "excel_number: a spreadsheet turned the code into a rounded number; format the column as "
          "text and type the code again");
  else if (!code.empty() && !routing::parse_code(code))
    fault(Column::kRegistrationCode, "malformed: a code has 6, 9 or 12 digits");
  else if (code.empty() && payload_.identity_doubtful && payload_.registration_address.empty())
    fault(Column::kRegistrationCode,
          "missing: a row marked identity_doubtful needs a registration code or address");
}

void RowReader::read_release_date() {
  const std::string_view text = cell(Column::kReleaseDate);
  if (text.empty()) return;
  const auto date = parse_release_date(text);
  if (!date) {
    fault(Column::kReleaseDate,
          "malformed: write a real day like 2027-01-15, 2027/1/15, "
          "2027.1.15, 2027年1月15日 or 20270115");
    return;
  }
  payload_.release_date = to_text(*date);
  const Period period = context_.period;
  if (!period.is_set() || Period::make(date->year, date->month) == period.next()) return;
  std::string warning = "release_period: the release does not lie in " + to_text(period.next()) +
                        ", the month after the period";
  if (*date < Date{period.year(), period.month(), kChainEndsOnDay})
    warning += "; it comes before the notice reaches the township, so send an ad_hoc_report too";
  warn(Column::kReleaseDate, std::move(warning));
}

}  // namespace

NoticeChecker::NoticeChecker(NoticeContext context, ColumnMap columns)
    : context_(std::move(context)), columns_(columns), origins_(context_.find_office) {}

std::expected<NoticeRow, NoticeRefusal> NoticeChecker::check(std::size_t row, const RawRow& raw,
                                                             std::vector<NoticeWarning>& warnings) {
  if (auto fault = columns_.shape_fault(raw))
    return std::unexpected(NoticeRefusal{row, "row", std::move(*fault)});
  const auto origin = origins_.read(columns_.cell(raw, Column::kOrigin));
  if (!origin) return std::unexpected(NoticeRefusal{row, "origin", origin.error()});
  if (*origin != context_.office)
    return std::unexpected(NoticeRefusal{
        row, "origin",
        "not_here: this row belongs to " + to_text(*origin) + " and is handed in there"});
  RowReader reader(context_, columns_, raw);
  reader.read();
  if (reader.faulty()) return std::unexpected(reader.refusal(row));

  auto resolution = routing::resolve(resolve_input(reader.payload()), context_.code_changes);
  if (!resolution)
    return std::unexpected(NoticeRefusal{row, std::move(resolution.error().field),
                                         std::move(resolution.error().reason)});
  NoticeRow notice{row, std::move(reader.payload()), std::move(*resolution)};
  notice.payload.resolved_code = notice.resolution.code;
  notice.payload.confidence = notice.resolution.confidence;
  for (NoticeWarning& warning : reader.warnings()) {
    warning.row = row;
    warnings.push_back(std::move(warning));
  }
  return notice;
}

NoticeBatch check_notices(const NoticeContext& context, std::vector<RawRow> rows) {
  NoticeBatch batch;
  auto file = read_notice_file(std::move(rows));
  if (!file) {
    batch.refusals.push_back(std::move(file).error());
    return batch;
  }
  batch.rows_read = file->rows.size();
  NoticeChecker checker(context, file->columns);
  for (std::size_t i = 0; i < file->rows.size(); ++i) {
    auto notice = checker.check(i + 1, file->rows[i], batch.warnings);
    if (notice)
      batch.rows.push_back(std::move(*notice));
    else
      batch.refusals.push_back(std::move(notice).error());
  }
  return batch;
}

routing::ResolveInput resolve_input(const NoticePayload& payload) {
  return {.code = payload.registration_code,
          .address = payload.registration_address,
          .id_number = payload.identity_doubtful ? std::string() : payload.id_number};
}

}  // namespace xianjie::node
