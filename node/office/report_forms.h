// The half-year and annual resettlement reports (flow B) as versioned tables: items, check
// formulas, and the columns of a person's detail. Read next: reports.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "node/office/forms.h"

namespace xianjie::node {

struct ReportItem {
  std::string_view word, zh;
};
// left = or ≤ the sum of the right: "released = connected + unlinked".
struct ReportFormula {
  std::string_view left;
  bool equal = true;  // false: at most
  std::span<const std::string_view> right;
};
struct ReportForm {
  std::string_view name, zh;
  std::uint16_t version = 1;
  std::span<const ReportItem> items;
  std::span<const ReportFormula> formulas;
  std::span<const FormField> person;  // columns of the detail
};
const ReportForm& report_form();                                              // the newest
const ReportForm* find_report_form(std::string_view name, unsigned version);  // nullptr: unknown

using Figures = std::map<std::string, std::uint64_t, std::less<>>;  // by an item's word

std::string formula_text(const ReportForm& form, const ReportFormula& formula);
// The first formula that does not hold, in words; an item that is missing counts as zero.
std::optional<std::string> broken_formula(const ReportForm& form, const Figures& figures);

}  // namespace xianjie::node
