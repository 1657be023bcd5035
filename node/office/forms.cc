#include "node/office/forms.h"

#include <algorithm>
#include <array>

#include "node/office/id_number.h"
#include "node/office/release_date.h"
#include "node/office/typed_text.h"
#include "routing/codes.h"
#include "schemas/limits.h"

namespace xianjie::node {
namespace {

using enum FieldType;

constexpr std::size_t kLongText = 10'000;  // characters of free text

constexpr FormField kName{"name", "姓名", kText, true, 128};
constexpr FormField kIdNumberField{"id_number", "身份证号", kIdNumber, false, 64};
constexpr FormField kRegistrationCode{"registration_code", "户籍地代码", kCode, false, 64};
constexpr FormField kRegistrationAddress{"registration_address", "户籍地址", kText, false, 512};
constexpr FormField kTelephone{"telephone", "联系电话", kText, false, 64};
constexpr FormField kContent{"content", "内容", kText, true, kLongText};
constexpr FormField kRemarks{"remarks", "备注", kText, false, kLongText};
constexpr FormField kReason{"reason", "理由", kText, true, kLongText};
constexpr FormField kNumber{"number", "编号", kText, true, 64};

constexpr std::array kHowArrived{
    FormChoice{"met_by_office", "司法所接回"}, FormChoice{"met_by_family", "家属接回"},
    FormChoice{"came_alone", "自行报到"}, FormChoice{"did_not_arrive", "未报到"}};
constexpr std::array kArrival{FormField{"date", "日期", kDate, true},
                              FormField{"how", "衔接方式", kChoice, true, 64, kHowArrived},
                              kRemarks};

constexpr std::array kVerify{kName, kIdNumberField, kRegistrationCode, kRegistrationAddress,
                             kContent};
constexpr std::array kVerified{FormChoice{"confirmed", "属实"},
                               FormChoice{"not_confirmed", "不属实"},
                               FormChoice{"unknown", "无法核实"}};
constexpr std::array kVerifyAnswer{FormField{"result", "结果", kChoice, true, 64, kVerified},
                                   kRemarks};

constexpr std::array kLeave{kName,
                            kIdNumberField,
                            FormField{"from_date", "起始日期", kDate, true},
                            FormField{"to_date", "截止日期", kDate, true},
                            FormField{"place", "前往地", kText, true, 512},
                            kReason};
constexpr std::array kLeaveResults{FormChoice{"approved", "同意"}, FormChoice{"refused", "不同意"}};
constexpr std::array kLeaveAnswer{FormField{"result", "结果", kChoice, true, 64, kLeaveResults},
                                  kRemarks};

// The five states of a move between two places (flow E): each registers, the other confirms.
constexpr std::array kMoveStates{FormChoice{"outflow_registered", "流出登记"},
                                 FormChoice{"inflow_registered", "流入登记"}};
constexpr std::array kMoveAnswers{
    FormChoice{"inflow_registered", "流入登记"}, FormChoice{"inflow_returned", "流入地确认退档"},
    FormChoice{"outflow_confirmed", "流出确认"}, FormChoice{"outflow_returned", "流出地确认退档"}};
constexpr std::array kMove{kName,
                           kIdNumberField,
                           kRegistrationCode,
                           kRegistrationAddress,
                           FormField{"state", "状态", kChoice, true, 64, kMoveStates},
                           FormField{"date", "日期", kDate, true},
                           FormField{"place_from", "流出地", kText, true, 512},
                           FormField{"place_to", "流入地", kText, true, 512},
                           kRemarks};
constexpr std::array kMoveAnswer{FormField{"state", "状态", kChoice, true, 64, kMoveAnswers},
                                 FormField{"date", "日期", kDate, true}, kRemarks};

constexpr std::array kQuery{kName, kIdNumberField, kRegistrationCode, kRegistrationAddress,
                            kContent};
constexpr std::array kContentOnly{kContent};
constexpr std::array kSearch{kName,
                             kIdNumberField,
                             kRegistrationCode,
                             kRegistrationAddress,
                             FormField{"last_seen", "最后下落", kText, false, 512},
                             kContent};
constexpr std::array kSearchResults{FormChoice{"found", "已查明"},
                                    FormChoice{"not_found", "查无此人"}};
constexpr std::array kSearchAnswer{FormField{"result", "结果", kChoice, true, 64, kSearchResults},
                                   FormField{"place", "现居地", kText, false, 512}, kRemarks};

constexpr std::array kCollaboration{kName, kIdNumberField, kRegistrationCode, kRegistrationAddress,
                                    kContent};

constexpr std::array kService{kNumber, kName, kTelephone, kContent};
constexpr std::array kServiceResults{FormChoice{"answered", "答复"}, FormChoice{"closed", "办结"}};
constexpr std::array kServiceAnswer{FormField{"result", "结果", kChoice, true, 64, kServiceResults},
                                    kContent};
constexpr std::array kPetition{kNumber,
                               FormField{"first_number", "首次编号", kText, false, 64},
                               FormField{"issuer", "交办人", kText, true, 128},
                               FormField{"issuer_post", "交办人职务", kText, false, 128},
                               FormField{"issuer_unit", "交办单位", kText, true, 256},
                               FormField{"reported_to", "呈报领导", kText, false, 128},
                               FormField{"requested_date", "要求办结日期", kDate, false},
                               kName,
                               kContent};
constexpr std::array kPetitionResults{
    FormChoice{"answered", "答复"}, FormChoice{"not_accepted", "不予受理"},
    FormChoice{"no_longer_accepted", "不再受理"}, FormChoice{"closed", "办结"}};
constexpr std::array kPetitionAnswer{
    FormField{"result", "结果", kChoice, true, 64, kPetitionResults}, kContent};

constexpr std::array kBoundary{kName, kIdNumberField, FormField{"time", "时间", kInstant, true},
                               FormField{"place", "地点", kText, true, 512}, kContent};
constexpr std::array kExpiry{kName, kIdNumberField, FormField{"ends_on", "期满日期", kDate, true},
                             kContent};
constexpr std::array kTitled{FormField{"title", "标题", kText, true, 256}, kContent};

constexpr std::array kChanges{FormChoice{"moved_in", "流入"}, FormChoice{"moved_out", "流出"},
                              FormChoice{"changed", "变更"}};
constexpr std::array kRecordColumns{FormField{"record", "记录编号", kText, true, 64},
                                    kName,
                                    FormField{"id_number", "身份证号", kIdNumber, true, 64},
                                    FormField{"change", "变动", kChoice, true, 64, kChanges},
                                    FormField{"date", "日期", kDate, true},
                                    FormField{"residence", "现居住地", kText, false, 512},
                                    kRemarks};
constexpr std::array kRefusedRecords{FormField{"record", "记录编号", kText, false, 64},
                                     FormField{"field", "字段", kText, true, 64},
                                     FormField{"refused", "未接收原因", kText, true, 512}};
constexpr std::array kRecordsTaken{FormField{"taken", "已接收", kCount, true}};

// Of a notice (flow A9), beside what it said: an empty field stays as it was.
constexpr std::array kCorrection{kReason,
                                 FormField{"name", "姓名", kText, false, 128},
                                 kIdNumberField,
                                 kRegistrationCode,
                                 kRegistrationAddress,
                                 FormField{"release_date", "释放日期", kDate, false},
                                 kRemarks};
constexpr std::array kAddition{kReason,
                               kName,
                               kIdNumberField,
                               FormField{"registration_address", "户籍地址", kText, true, 512},
                               FormField{"release_date", "释放日期", kDate, true},
                               kRemarks};

// The freeze that a round of the exchange test puts on offices' own requests (flow D).
constexpr std::array kRound{FormField{"round", "轮次", kText, true, 64},
                            FormField{"frozen_from", "暂停提交自", kInstant, true},
                            FormField{"frozen_until", "暂停提交至", kInstant, true}};
constexpr std::array kExchangePlan{FormField{"plan", "测试方案", kText, true, 128}};

constexpr std::array<FormField, 0> kNoFields{};

constexpr Form form(std::string_view name, std::string_view zh, Kind kind, std::string_view subject,
                    std::span<const FormField> fields, std::string_view answer = {},
                    std::span<const FormField> table = {}) {
  return {name, zh, kind, subject, 1, fields, table, answer};
}

constexpr std::array kForms{
    form("arrival_report", "衔接反馈", Kind::kArrivalReport, "", kArrival),
    form("assistance_request.verify", "核查", Kind::kAssistanceRequest, "verify", kVerify,
         "assistance_feedback.verify"),
    form("assistance_request.leave", "请假", Kind::kAssistanceRequest, "leave", kLeave,
         "assistance_feedback.leave"),
    form("assistance_request.move", "流动", Kind::kAssistanceRequest, "move", kMove,
         "assistance_feedback.move"),
    form("assistance_request.query", "查询", Kind::kAssistanceRequest, "query", kQuery,
         "assistance_feedback.query"),
    form("assistance_request.search", "查找", Kind::kAssistanceRequest, "search", kSearch,
         "assistance_feedback.search"),
    form("assistance_feedback.verify", "核查反馈", Kind::kAssistanceFeedback, "verify",
         kVerifyAnswer),
    form("assistance_feedback.leave", "请假审批", Kind::kAssistanceFeedback, "leave", kLeaveAnswer),
    form("assistance_feedback.move", "流动确认", Kind::kAssistanceFeedback, "move", kMoveAnswer),
    form("assistance_feedback.query", "查询反馈", Kind::kAssistanceFeedback, "query", kContentOnly),
    form("assistance_feedback.search", "查找反馈", Kind::kAssistanceFeedback, "search",
         kSearchAnswer),
    form("collaboration_notice", "网络化协作通报", Kind::kCollaborationNotice, "", kCollaboration),
    form("work_order.service", "法律服务", Kind::kWorkOrder, "service", kService,
         "work_order_feedback.service"),
    form("work_order.consultation", "法律咨询", Kind::kWorkOrder, "consultation", kService,
         "work_order_feedback.service"),
    form("work_order.petition", "交办件", Kind::kWorkOrder, "petition", kPetition,
         "work_order_feedback.petition"),
    form("work_order_feedback.service", "服务反馈", Kind::kWorkOrderFeedback, "service",
         kServiceAnswer),
    form("work_order_feedback.petition", "交办件办理", Kind::kWorkOrderFeedback, "petition",
         kPetitionAnswer),
    form("alert.boundary", "越界告警", Kind::kAlert, "boundary", kBoundary),
    form("alert.expiry", "到期提示", Kind::kAlert, "expiry", kExpiry),
    form("alert.urge", "催办", Kind::kAlert, "urge", kContentOnly),
    form("alert.overdue", "逾期", Kind::kAlert, "overdue", kContentOnly),
    form("notice", "通知", Kind::kNotice, "", kTitled),
    form("record_batch", "数据同步批次", Kind::kRecordBatch, "", kNoFields, "check_result.records",
         kRecordColumns),
    form("exchange_test", "跨省信息交换测试", Kind::kExchangeTest, "", kExchangePlan, "", kRound),
    form("check_result.records", "同步结果", Kind::kCheckResult, "records", kRecordsTaken, "",
         kRefusedRecords),
    form("check_result.correction", "更正", Kind::kCheckResult, "correction", kCorrection),
    form("check_result.addition", "补录", Kind::kCheckResult, "addition", kAddition),
};

std::expected<std::string, std::string> read_instant(std::string_view text) {
  const std::size_t space = std::min(text.find_first_of(" T"), text.size());
  if (const auto whole = parse_wall_time(text)) return to_text(*whole);
  const auto date = parse_release_date(text.substr(0, space));
  const std::string_view clock = trim(text.substr(std::min(space + 1, text.size())));
  if (date && clock.empty()) return to_text(local_time(*date));
  const std::size_t colon = clock.find(':');
  if (!date || colon == std::string_view::npos || colon == 0 || colon > 2 ||
      clock.size() < colon + 3 || !all_digits(clock.substr(0, colon)) ||
      !all_digits(clock.substr(colon + 1, 2)) || clock.size() > colon + 3)
    return std::unexpected("malformed: write a day and a time like 2027-01-15 16:00");
  const int hour = std::stoi(std::string(clock.substr(0, colon)));
  const int minute = std::stoi(std::string(clock.substr(colon + 1, 2)));
  if (hour > 23 || minute > 59) return std::unexpected("malformed: there is no such time of day");
  return to_text(local_time(*date, hour, minute));
}

std::expected<std::string, std::string> read_choice(const FormField& field, std::string_view text) {
  for (const FormChoice& choice : field.choices)
    if (text == choice.word || text == choice.zh) return std::string(choice.word);
  std::string reason = "malformed: one of";
  for (const FormChoice& choice : field.choices)
    reason += " " + std::string(choice.word) + " (" + std::string(choice.zh) + ")";
  return std::unexpected(std::move(reason));
}

}  // namespace

std::span<const Form> forms() {
  return kForms;
}

const Form* find_form(std::string_view name) {
  const auto* found = std::ranges::find(kForms, name, &Form::name);
  return found == kForms.end() ? nullptr : found;
}

const Form* find_form(Kind kind, std::string_view subject) {
  const Form* only = nullptr;
  for (const Form& form : kForms) {
    if (form.kind != kind) continue;
    if (form.subject == subject || (!subject.empty() && form.zh == subject)) return &form;
    only = only == nullptr && form.subject.empty() ? &form : only;
  }
  return subject.empty() ? only : nullptr;
}

std::string subjects_text(Kind kind) {
  std::string text;
  for (const Form& form : kForms)
    if (form.kind == kind && !form.subject.empty())
      text += (text.empty() ? "" : ", ") + std::string(form.subject) + " (" + std::string(form.zh) +
              ")";
  return text;
}

std::expected<std::string, std::string> read_field(const FormField& field, std::string_view cell,
                                                   const Date& today) {
  const std::string_view text = trim(cell);
  if (text.empty()) {
    if (field.required) return std::unexpected("missing: this form needs " + std::string(field.zh));
    return std::string();
  }
  if (has_control_characters(text))
    return std::unexpected("malformed: the cell holds control characters");
  if (text.size() > field.characters_max && count_characters(text) > field.characters_max)
    return std::unexpected("too_long: at most " + std::to_string(field.characters_max) +
                           " characters");
  switch (field.type) {
    case kText:
      return std::string(text);
    case kDate: {
      const auto date = parse_release_date(text);
      if (!date) return std::unexpected("malformed: write a real day like 2027-01-15");
      return to_text(*date);
    }
    case kInstant:
      return read_instant(narrow(text));
    case kIdNumber: {
      auto id = parse_id_number(text, today);
      if (!id) return std::unexpected(reason_for(id.error()));
      return std::move(id->text);
    }
    case kCode: {
      const std::string code(trim(narrow(text)));
      if (!routing::parse_code(code))
        return std::unexpected("malformed: a code has 6, 9 or 12 digits");
      return code;
    }
    case kChoice:
      return read_choice(field, text);
    case kCount: {
      const std::string digits(trim(narrow(text)));
      if (!all_digits(digits) || digits.size() > 15)
        return std::unexpected("malformed: a whole number is expected");
      const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size() - 1);
      return digits.substr(zeros);
    }
  }
  return std::unexpected("malformed: unknown type of field");
}

std::expected<FormPayload, FormFault> fill_form(const Form& form, const CellOf& cell_of,
                                                const Date& today) {
  FormPayload payload;
  payload.form = form.name;
  payload.version = form.version;
  for (const FormField& field : form.fields) {
    auto value = read_field(field, cell_of(field), today);
    if (!value)
      return std::unexpected(FormFault{std::string(field.word), std::move(value).error()});
    if (!value->empty()) payload.cells.push_back({0, std::string(field.word), std::move(*value)});
  }
  return payload;
}

std::optional<FormFault> check_form(const FormPayload& payload, const Date& today) {
  const Form* form = find_form(payload.form);
  if (form == nullptr || payload.version > form->version)
    return FormFault{"form", "unknown_form: this office knows no form of that name and version"};
  const auto known = [](std::span<const FormField> fields, std::string_view name) {
    return std::ranges::any_of(fields, [&](const FormField& field) { return field.word == name; });
  };
  for (const FormCell& cell : payload.cells)
    if (!known(cell.row == 0 ? form->fields : form->table, cell.name))
      return FormFault{"form", "unknown_field: the form has a field that its table does not name"};
  for (const FormField& field : form->fields)
    if (const auto value = read_field(field, payload.field(field.word), today); !value)
      return FormFault{std::string(field.word), value.error()};
  return std::nullopt;
}

}  // namespace xianjie::node
