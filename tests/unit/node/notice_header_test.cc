#include <algorithm>

#include <gtest/gtest.h>

#include "notice_fixture.h"
#include "schemas/limits.h"

namespace xianjie::node {
namespace {

std::string file_verdict(std::vector<RawRow> rows) {
  const NoticeBatch batch = check_notices(test_context(), std::move(rows));
  if (batch.refusals.size() != 1 || !batch.rows.empty()) return "not refused whole";
  return verdict_of(batch.refusals.front());
}

TEST(NoticeHeader, NamesEveryColumnInBothLanguages) {
  for (const ColumnRow& column : notice_columns()) {
    EXPECT_EQ(find_column(column.word), column.column);
    EXPECT_EQ(find_column(column.zh), column.column);
  }
  EXPECT_EQ(find_column(" ID_Number\u3000"), Column::kIdNumber);
  EXPECT_EQ(find_column("\ufeff呈报单位"), Column::kOrigin);
  EXPECT_FALSE(find_column(""));
  EXPECT_FALSE(find_column("id"));
}

TEST(NoticeHeader, AnyOrderAndMixedLanguages) {
  const auto batch = check_notices(
      test_context(),
      {cells_row({"身份证号", "name", "呈报单位", "registration_code", "备注"}),
       cells_row({"11010118000101004x", "乙二", std::string(kPrison), "110101", "说明, 一"})});
  ASSERT_EQ(batch.rows.size(), 1U) << (batch.refusals.empty() ? "" : batch.refusals[0].reason);
  EXPECT_EQ(batch.rows[0].payload.name, "乙二");
  EXPECT_EQ(batch.rows[0].payload.id_number, "11010118000101004X");
  EXPECT_EQ(batch.rows[0].payload.remarks, "说明, 一");
}

TEST(NoticeHeader, RequiredColumnsAlone) {
  const auto batch =
      check_notices(test_context(), {cells_row({"origin", "name", "id_number"}),
                                     cells_row({"红石监狱", "甲一", "110101180001010015"})});
  EXPECT_EQ(batch.rows.size(), 1U);
}

TEST(NoticeHeader, RefusesTheFileWithoutARequiredColumn) {
  for (const auto* left_out : {"origin", "name", "id_number"}) {
    RawRow header = test_header(), row = test_row();
    const auto at = std::ranges::find(header.fields, left_out) - header.fields.begin();
    header.fields.erase(header.fields.begin() + at);
    row.fields.erase(row.fields.begin() + at);
    EXPECT_EQ(file_verdict({header, row}), "0 header missing") << left_out;
  }
}

TEST(NoticeHeader, RefusesUnknownAndRepeatedColumns) {
  RawRow header = test_header();
  header.fields.emplace_back("电话");
  EXPECT_EQ(file_verdict({header, test_row()}), "0 header unknown_header");
  header.fields.back() = "";
  EXPECT_EQ(file_verdict({header, test_row()}), "0 header unknown_header");
  header.fields.back() = "姓名";
  EXPECT_EQ(file_verdict({header, test_row()}), "0 header malformed");
  header.broken = true;
  EXPECT_EQ(file_verdict({header, test_row()}), "0 header broken_line");
}

TEST(NoticeHeader, AFileWithoutHeaderTellsNothingOfItsFirstPerson) {
  const auto batch = check_notices(test_context(), {test_row(), test_row()});
  ASSERT_EQ(batch.refusals.size(), 1U);
  EXPECT_EQ(token(batch.refusals[0].reason), "unknown_header");
  EXPECT_EQ(batch.refusals[0].reason.find("甲一"), std::string::npos);
  EXPECT_EQ(batch.refusals[0].reason.find("110101"), std::string::npos);
}

TEST(NoticeHeader, RefusesAnEmptyFile) {
  EXPECT_EQ(file_verdict({}), "0 file empty");
  EXPECT_EQ(file_verdict({cells_row({}), cells_row({""}), cells_row({" "})}), "0 file empty");
  EXPECT_EQ(file_verdict({test_header()}), "0 file empty");
}

TEST(NoticeHeader, BlankLinesDoNotCount) {
  const auto batch =
      check_notices(test_context(), {cells_row({""}), test_header(), cells_row({""}), test_row(),
                                     cells_row({}), test_row({{"name", ""}}), cells_row({""})});
  EXPECT_EQ(batch.rows_read, 2U);
  ASSERT_EQ(batch.rows.size(), 1U);
  EXPECT_EQ(batch.rows[0].row, 1U);
  ASSERT_EQ(batch.refusals.size(), 1U);
  EXPECT_EQ(batch.refusals[0].row, 2U);
}

TEST(NoticeHeader, LimitsTheRows) {
  std::vector<RawRow> rows(kSubmissionRowsMax + 2, cells_row({"a", "b", "c"}));
  rows[0] = cells_row({"origin", "name", "id_number"});
  EXPECT_EQ(file_verdict(rows), "0 file too_many_rows");
  rows.pop_back();
  EXPECT_EQ(check_notices(test_context(), rows).refusals.size(), kSubmissionRowsMax);
}

}  // namespace
}  // namespace xianjie::node
