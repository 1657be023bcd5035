// Forms: every cell against its field, every form against its table.
#include "node/office/forms.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "node/office/answers.h"
#include "node/office/form_submission.h"
#include "routing/kinds.h"

namespace xianjie::node {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr Date kFormsToday{2026, 12, 9};

std::string read(FieldType type, std::string_view cell, bool required = false) {
  static constexpr FormChoice kYesNo[] = {{"yes", "是"}, {"no", "否"}};
  const FormField field{"field", "字段", type, required, 10'000, kYesNo};
  auto value = read_field(field, cell, kFormsToday);
  return value ? *value : "!" + value.error();
}

TEST(Forms, EveryFormHasDistinctNamesAndAnAnswerThatExists) {
  std::set<std::string_view> names;
  for (const Form& form : forms()) {
    EXPECT_TRUE(names.insert(form.name).second) << form.name;
    EXPECT_EQ(find_form(form.name), &form);
    EXPECT_EQ(find_form(form.kind, form.subject), &form) << form.name;
    if (!form.answer.empty()) {
      ASSERT_NE(find_form(form.answer), nullptr) << form.name;
      EXPECT_EQ(find_form(form.answer)->kind, routing::kind_row(form.kind).answer_kind);
    }
    std::set<std::string_view> fields;
    for (const FormField& field : form.fields) {
      EXPECT_TRUE(fields.insert(field.word).second) << form.name << " " << field.word;
      EXPECT_TRUE(fields.insert(field.zh).second) << form.name << " " << field.zh;
      EXPECT_EQ(field.type == FieldType::kChoice, !field.choices.empty()) << field.word;
    }
  }
}

TEST(Forms, EveryKindThatAsksForAnAnswerHasAFormForEachOfItsSubjects) {
  for (const routing::KindRow& row : routing::kinds())
    for (const Form& form : forms())
      EXPECT_TRUE(form.kind != row.kind || row.answer_days == 0 || !form.answer.empty())
          << form.name;
}

TEST(Forms, CellsAreMadePlain) {
  EXPECT_EQ(read(FieldType::kText, " 甲　"), "甲");
  EXPECT_EQ(read(FieldType::kDate, "2027年1月5日"), "2027-01-05");
  EXPECT_EQ(read(FieldType::kInstant, "2027-01-05 16:30"), "2027-01-05T16:30:00.000+08:00");
  EXPECT_EQ(read(FieldType::kInstant, "2027/1/5"), "2027-01-05T00:00:00.000+08:00");
  EXPECT_EQ(read(FieldType::kInstant, "2027-01-05T16:30:00.000+08:00"),
            "2027-01-05T16:30:00.000+08:00")
      << "as it is stored";
  EXPECT_EQ(read(FieldType::kIdNumber, "１１０１０１180001010015"), "110101180001010015");
  EXPECT_EQ(read(FieldType::kCode, "610802"), "610802");
  EXPECT_EQ(read(FieldType::kChoice, "是"), "yes");
  EXPECT_EQ(read(FieldType::kCount, "０07"), "7");
  EXPECT_EQ(read(FieldType::kCount, "0"), "0");
  EXPECT_EQ(read(FieldType::kText, ""), "");
}

TEST(Forms, WhatIsNoneIsRefusedWithoutSayingWhatItWas) {
  EXPECT_THAT(read(FieldType::kText, " ", true), StartsWith("!missing:"));
  EXPECT_THAT(read(FieldType::kDate, "2027-02-30"), StartsWith("!malformed:"));
  EXPECT_THAT(read(FieldType::kInstant, "2027-01-05 25:00"), StartsWith("!malformed:"));
  EXPECT_THAT(read(FieldType::kInstant, "2027-01-05 1:"), StartsWith("!malformed:"));
  EXPECT_THAT(read(FieldType::kInstant, "2027-01-05 12:00x"), StartsWith("!malformed:"));
  EXPECT_THAT(read(FieldType::kIdNumber, "110101180001010016"), StartsWith("!check_digit:"));
  EXPECT_THAT(read(FieldType::kCode, "61"), StartsWith("!malformed:"));
  EXPECT_THAT(read(FieldType::kChoice, "测试密"), HasSubstr("yes (是)"));
  EXPECT_EQ(read(FieldType::kChoice, "测试密").find("测试密"), std::string::npos);
  EXPECT_THAT(read(FieldType::kCount, "-1"), StartsWith("!malformed:"));
  EXPECT_THAT(read(FieldType::kCount, "12345678901234567"), StartsWith("!malformed:"));
  EXPECT_THAT(read(FieldType::kText, std::string(10'001, 'x')), StartsWith("!too_long:"));
  EXPECT_THAT(read(FieldType::kText, "a\x01"), StartsWith("!malformed:"));
}

TEST(Forms, WhatArrivedIsHeldToTheTable) {
  FormPayload payload{"arrival_report", 1, {{0, "date", "2026-12-05"}, {0, "how", "came_alone"}}};
  EXPECT_FALSE(check_form(payload, kFormsToday));
  payload.version = 2;
  EXPECT_EQ(check_form(payload, kFormsToday)->field, "form");
  payload.version = 1;
  payload.cells.push_back({0, "title", "x"});
  EXPECT_EQ(check_form(payload, kFormsToday)->field, "form");
  payload.cells = {{0, "date", "2026-12-05"}};
  EXPECT_EQ(check_form(payload, kFormsToday)->field, "how");
}

TEST(Forms, AMonthsRecordsAreTakenUntilTheFourthAtFour) {
  const auto at = [](std::string_view text) { return parse_wall_time(text).value(); };
  const Kind kind = Kind::kRecordBatch;
  EXPECT_TRUE(form_period(kind, {202611}, at("2026-12-04T15:59:00+08:00")));
  const auto late = form_period(kind, {202611}, at("2026-12-04T16:01:00+08:00"));
  ASSERT_FALSE(late);
  EXPECT_THAT(late.error().text, HasSubstr("closed at 2026-12-04T16:00"));
  EXPECT_FALSE(form_period(kind, {202701}, at("2026-12-04T15:59:00+08:00")));
  EXPECT_EQ(form_period(kind, {}, at("2026-12-04T17:00:00+08:00")).value(), Period{202612});
  EXPECT_FALSE(form_period(Kind::kAlert, {202612}, at("2026-12-04T17:00:00+08:00")));
}

}  // namespace
}  // namespace xianjie::node
