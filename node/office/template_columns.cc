#include "node/office/template_columns.h"

#include <algorithm>

#include "node/office/form_rows.h"
#include "node/office/notice_columns.h"
#include "node/office/report_forms.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using enum FieldType;

struct TypeText {
  std::string_view expects, example;
};
TypeText text_of_type(FieldType type) {
  switch (type) {
    case kDate:
      return {"日期，按文本填写：2027-01-15，也可写 2027/1/15、2027年1月15日", "2027-01-15"};
    case kInstant:
      return {"日期和时间，按文本填写：2027-01-15 16:00；只写日期亦可", "2027-01-15 16:00"};
    case kIdNumber:
      return {"18位公民身份号码，按文本填写，末位X不分大小写；旧15位号码亦可",
              "110101180001010015"};
    case kCode:
      return {"行政区划代码，6位、9位或12位数字", "610802001"};
    case kCount:
      return {"整数，没有的填0", "0"};
    case kChoice:
      return {"从下拉列表中选择", ""};
    case kText:
      break;
  }
  return {"文字", "示例"};
}

void finish(TemplateColumn& column) {
  const TypeText text = text_of_type(column.type);
  if (column.expects.empty()) column.expects = text.expects;
  if (column.example.empty()) column.example = text.example;
  if (!column.choices.empty()) {
    column.example = column.choices.front();
    column.expects += "：";
    for (const std::string& choice : column.choices)
      column.expects += (&choice == &column.choices.front() ? "" : "、") + choice;
  } else if (column.type == kText && column.characters_max > 0) {
    column.expects += "，不超过" + std::to_string(column.characters_max) + "字";
  }
}

TemplateColumn column_of(const FormField& field) {
  TemplateColumn out{field.word,           field.zh, field.type, field.required,
                     field.characters_max, {},       {},         {}};
  for (const FormChoice& choice : field.choices) out.choices.emplace_back(choice.zh);
  if (field.word == "name") out.example = "测试甲";
  return out;
}

TemplateColumn column_of(const ColumnRow& row) {
  TemplateColumn out{row.word, row.zh, kText, row.required, row.characters_max, {}, {}, {}};
  switch (row.column) {
    case Column::kOrigin:
      out.expects = "本单位的编号，或全国唯一的单位名称";
      out.example = "prison:610000-03";
      break;
    case Column::kName:
      out.example = "测试甲";
      break;
    case Column::kSex:
      out.type = kChoice;
      out.choices = {"男", "女"};
      break;
    case Column::kIdNumber:
      out.type = kIdNumber;
      out.expects = std::string(text_of_type(kIdNumber).expects) + "；身份存疑填“是”的可以不填";
      break;
    case Column::kRegistrationCode:
      out.type = kCode;
      out.expects = std::string(text_of_type(kCode).expects) + "；身份存疑的，代码和地址至少填一项";
      break;
    case Column::kRegistrationAddress:
      out.expects = "户籍所在地，从省写起";
      out.example = "陕西省榆林市榆阳区";
      break;
    case Column::kReleaseDate:
      out.type = kDate;
      break;
    case Column::kReleaseType:
      out.example = "刑满释放";
      break;
    case Column::kRisk:
      out.example = "一般";
      break;
    case Column::kFocus:
    case Column::kIdentityDoubtful:
      out.type = kChoice;
      out.choices = {"否", "是"};
      break;
    case Column::kRemarks:
      break;
  }
  return out;
}

TemplateColumn address_column(const FileColumn& column, Kind kind,
                              const std::vector<const Form*>& forms) {
  TemplateColumn out{column.word, column.zh, kText, false, 0, {}, {}, {}};
  if (column.word == to_word(AddressColumn::kSubject)) {
    out.type = kChoice;
    out.required = true;
    for (const Form* form : forms) out.choices.emplace_back(form->zh);
  } else if (column.word == to_word(AddressColumn::kTo)) {
    using enum routing::Goes;
    const auto goes = routing::kind_row(kind).goes;
    out.required = forms.size() == 1 && forms.front()->subject == "petition";
    out.expects = goes == kToSubtree ? "接收单位的编号或名称，用分号隔开；不填则发给下级全部单位"
                  : goes == kToParentAndNamed
                      ? "上级单位以外的接收单位，编号或名称，用分号隔开；可不填"
                      : "接收单位的编号或名称；不填则按地区代码或户籍地确定";
    out.example = "county:610802";
  } else if (column.word == to_word(AddressColumn::kRegion)) {
    out.type = kCode;
    out.expects = "办理地区的行政区划代码，6位、9位或12位数字";
  } else {
    out.type = kInstant;
    out.expects = "办理期限：2027-01-15 18:00；不填按规定期限";
  }
  return out;
}

const FormField* field_of(const Form& form, std::string_view word) {
  for (const auto& fields : {form.fields, form.table})
    for (const FormField& field : fields)
      if (field.word == word) return &field;
  return nullptr;
}

std::vector<TemplateColumn> form_columns(Kind kind, const std::vector<const Form*>& forms) {
  std::vector<TemplateColumn> out;
  for (const FileColumn& column : file_columns(kind)) {
    std::size_t known = 0, required = 0;
    const FormField* field = nullptr;
    for (const Form* form : forms) {
      const FormField* here = field_of(*form, column.word);
      known += here != nullptr ? 1 : 0;
      required += here != nullptr && here->required ? 1 : 0;
      if (field == nullptr) field = here;
    }
    const bool somewhere = std::ranges::any_of(node::forms(), [&](const Form& form) {
      return form.kind == kind && field_of(form, column.word) != nullptr;
    });
    if (field != nullptr) {
      out.push_back(column_of(*field));
      out.back().required = required == forms.size();
      if (known < forms.size() || (required > 0 && required < forms.size()))
        out.back().expects = std::string(text_of_type(field->type).expects) + "（部分类别需要）";
    } else if (!somewhere) {
      out.push_back(address_column(column, kind, forms));
    }
  }
  return out;
}

Result<FileTemplate> report_template(std::string_view subject) {
  FileTemplate out;
  if (subject == "persons") {
    for (const FormField& field : report_form().person) out.columns.push_back(column_of(field));
    return out;
  }
  if (!subject.empty()) return refused("subject: a report has figures and \"persons\"");
  out.columns = {{"item", "项目", kText, true, 0, {}, "已列出，不要改动", "刑满释放人数"},
                 {"value", "数值", kCount, true, 0, {}, {}, {}}};
  for (const ReportItem& item : report_form().items) out.rows.push_back({std::string(item.zh)});
  return out;
}

}  // namespace

Result<FileTemplate> file_template(Kind kind, std::string_view subject) {
  using enum routing::Goes;
  const std::string word(to_word(kind));
  const routing::KindRow& rule = routing::kind_row(kind);
  FileTemplate out;
  if (kind == Kind::kPreReleaseNotice || kind == Kind::kAdHocReport) {
    if (!subject.empty()) return refused("subject: " + word + " has none");
    for (const ColumnRow& row : notice_columns()) out.columns.push_back(column_of(row));
  } else if (kind == Kind::kStatisticalReport || kind == Kind::kDetailedReport) {
    XJ_TRY(out, report_template(subject));
  } else if (rule.goes == kToRequester || rule.goes == kTownshipToOrigin ||
             rule.klass == Class::kControl || file_columns(kind).empty()) {
    return refused("kind: " + word + " is not handed in as a file; `xianjie kinds` lists what is");
  } else {
    std::vector<const Form*> chosen;
    for (const Form& form : forms())
      if (form.kind == kind && (subject.empty() || form.subject == subject || form.zh == subject))
        chosen.push_back(&form);
    if (chosen.empty()) return refused("subject: " + word + " has " + subjects_text(kind));
    out.columns = form_columns(kind, chosen);
  }
  for (TemplateColumn& column : out.columns) finish(column);
  return out;
}

}  // namespace xianjie::node
