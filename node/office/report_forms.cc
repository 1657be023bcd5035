#include "node/office/report_forms.h"

#include <algorithm>
#include <array>

namespace xianjie::node {
namespace {

using enum FieldType;

// The manual's form is not published whole; these are the numbers that the descriptions name.
constexpr std::array kItems{
    ReportItem{"released", "刑满释放人数"},    ReportItem{"connected", "已衔接人数"},
    ReportItem{"unlinked", "未衔接人数"},      ReportItem{"resettled", "已安置人数"},
    ReportItem{"not_resettled", "未安置人数"}, ReportItem{"helped", "已帮教人数"},
    ReportItem{"in_bases", "基地安置人数"},    ReportItem{"in_enterprises", "企业安置人数"},
    ReportItem{"reoffended", "重新犯罪人数"},  ReportItem{"bases", "安置基地个数"},
    ReportItem{"enterprises", "安置企业个数"},
};
constexpr std::array<std::string_view, 2> kConnection{"connected", "unlinked"};
constexpr std::array<std::string_view, 2> kResettlement{"resettled", "not_resettled"};
constexpr std::array<std::string_view, 1> kConnected{"connected"};
constexpr std::array<std::string_view, 1> kResettled{"resettled"};
constexpr std::array<std::string_view, 1> kReleased{"released"};
constexpr std::array kFormulas{
    ReportFormula{"released", true, kConnection},
    ReportFormula{"connected", true, kResettlement},
    ReportFormula{"helped", false, kConnected},
    ReportFormula{"in_bases", false, kResettled},
    ReportFormula{"in_enterprises", false, kResettled},
    ReportFormula{"reoffended", false, kReleased},
};
constexpr std::array kYesOrNo{FormChoice{"yes", "是"}, FormChoice{"no", "否"}};
constexpr std::array kPerson{
    FormField{"name", "姓名", kText, true, 128},
    FormField{"id_number", "身份证号", kIdNumber, false, 64},
    FormField{"registration_address", "户籍地址", kText, false, 512},
    FormField{"release_date", "释放日期", kDate, true},
    FormField{"connected", "已衔接", kChoice, true, 64, kYesOrNo},
    FormField{"resettled", "已安置", kChoice, true, 64, kYesOrNo},
    FormField{"remarks", "备注", kText, false, 2'000},
};
constexpr std::array kReportForms{
    ReportForm{"resettlement", "安置帮教情况统计表", 1, kItems, kFormulas, kPerson}};

std::string_view zh_of(const ReportForm& form, std::string_view word) {
  for (const ReportItem& item : form.items)
    if (item.word == word) return item.zh;
  return word;
}

std::uint64_t figure(const Figures& figures, std::string_view word) {
  const auto at = figures.find(word);
  return at == figures.end() ? 0 : at->second;
}

}  // namespace

const ReportForm& report_form() {
  return kReportForms.back();
}

const ReportForm* find_report_form(std::string_view name, unsigned version) {
  for (const ReportForm& form : kReportForms)
    if (form.name == name && form.version == version) return &form;
  return nullptr;
}

std::string formula_text(const ReportForm& form, const ReportFormula& formula) {
  std::string text = std::string(zh_of(form, formula.left)) + (formula.equal ? " = " : " ≤ ");
  for (const std::string_view& word : formula.right)
    text += (&word == formula.right.data() ? "" : " + ") + std::string(zh_of(form, word));
  return text;
}

std::optional<std::string> broken_formula(const ReportForm& form, const Figures& figures) {
  for (const ReportFormula& formula : form.formulas) {
    std::uint64_t right = 0;
    for (const std::string_view word : formula.right) right += figure(figures, word);
    const std::uint64_t left = figure(figures, formula.left);
    if (formula.equal ? left == right : left <= right) continue;
    return formula_text(form, formula) + ": " + std::to_string(left) + " and " +
           std::to_string(right);
  }
  return std::nullopt;
}

}  // namespace xianjie::node
