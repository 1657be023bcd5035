// A few offices and rows for the tests of notices. Every person is made up: birth years 1800 to
// 1809, or 1 January 1900.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/office/notice_rows.h"

namespace xianjie::node {

inline constexpr std::string_view kPrison = "prison:610000-03";
inline constexpr std::string_view kOtherPrison = "prison:110000-01";

inline std::optional<OfficeId> find_test_office(std::string_view text) {
  static const std::map<std::string_view, std::string_view> names{
      {"红石监狱", kPrison}, {"清河看守所", "detention-house:610802"}, {"榆阳区司法局", "county:610802"}};
  const auto named = names.find(text);
  const auto id = OfficeId::parse(named == names.end() ? text : named->second);
  if (!id || id->code() == 999999) return std::nullopt;
  return id;
}

inline NoticeContext test_context() {
  return {.office = *OfficeId::parse(kPrison),
          .today = Date{2026, 12, 9},
          .period = *Period::make(2026, 12),
          .find_office = find_test_office};
}

// Cells by English column name, over a row that is in order.
using Cells = std::map<std::string, std::string>;
inline RawRow test_row(const Cells& changes = {}) {
  static const Cells good{{"origin", std::string(kPrison)},
                          {"name", "甲一"},
                          {"id_number", "110101180001010015"},
                          {"registration_code", "110101"},
                          {"release_date", "2027-01-15"}};
  RawRow row{.line = 2, .broken = false, .fields = {}, .fault = {}};
  for (const ColumnRow& column : notice_columns()) {
    const std::string word(column.word);
    const auto changed = changes.find(word);
    const auto given = good.find(word);
    row.fields.push_back(changed != changes.end() ? changed->second
                         : given != good.end()    ? given->second
                                                  : std::string());
  }
  return row;
}

inline RawRow cells_row(std::vector<std::string> cells) {
  return {.line = 1, .broken = false, .fields = std::move(cells), .fault = {}};
}

inline RawRow test_header() {
  RawRow header;
  for (const ColumnRow& column : notice_columns()) header.fields.emplace_back(column.word);
  return header;
}

// The batch of one file with all columns and these rows.
inline NoticeBatch check_rows(const std::vector<RawRow>& rows,
                              const NoticeContext& context = test_context()) {
  std::vector<RawRow> file{test_header()};
  file.insert(file.end(), rows.begin(), rows.end());
  return check_notices(context, std::move(file));
}

inline std::string token(std::string_view reason) {
  return std::string(reason.substr(0, reason.find(':')));
}

inline std::string verdict_of(const NoticeRefusal& refusal) {
  return std::to_string(refusal.row) + " " + refusal.field + " " + token(refusal.reason);
}

// "1 field token" of the one refusal of a one-row file; "accepted" where there is none.
inline std::string verdict(const Cells& changes, const NoticeContext& context = test_context()) {
  const NoticeBatch batch = check_rows({test_row(changes)}, context);
  if (batch.rows.size() == 1 && batch.refusals.empty()) return "accepted";
  if (!batch.rows.empty() || batch.refusals.size() != 1) return "not one verdict";
  return verdict_of(batch.refusals.front());
}

}  // namespace xianjie::node
