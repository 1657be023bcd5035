#include "node/office/notice_rows.h"

#include <gmock/gmock.h>

#include "notice_fixture.h"

namespace xianjie::node {
namespace {

using testing::HasSubstr;
using testing::Not;

NoticePayload accepted(const Cells& changes, const NoticeContext& context = test_context()) {
  NoticeBatch batch = check_rows({test_row(changes)}, context);
  if (batch.rows.size() != 1) {
    ADD_FAILURE() << "refused: " << verdict_of(batch.refusals.at(0));
    return {};
  }
  return batch.rows.front().payload;
}

// "field token" of each warning of an accepted row.
std::vector<std::string> warnings(const Cells& changes,
                                  const NoticeContext& context = test_context()) {
  const NoticeBatch batch = check_rows({test_row(changes)}, context);
  EXPECT_EQ(batch.rows.size(), 1U);
  std::vector<std::string> out;
  for (const NoticeWarning& warning : batch.warnings) {
    EXPECT_EQ(warning.row, 1U);
    out.push_back(warning.field + " " + token(warning.text));
  }
  return out;
}

TEST(NoticeRows, TakesAFullRow) {
  const NoticePayload payload = accepted({{"name", "　甲一 "},
                                          {"sex", "男"},
                                          {"registration_address", "北京市东城区"},
                                          {"release_date", "2027年1月15日"},
                                          {"release_type", "刑满释放"},
                                          {"risk", "高"},
                                          {"focus", "是"},
                                          {"identity_doubtful", "否"},
                                          {"remarks", "一, \"二\"\n三"}});
  EXPECT_EQ(payload.name, "甲一");
  EXPECT_EQ(payload.sex, Sex::kMale);
  EXPECT_EQ(payload.id_number, "110101180001010015");
  EXPECT_EQ(payload.birth_date, "1800-01-01");
  EXPECT_EQ(payload.registration_code, "110101");
  EXPECT_EQ(payload.registration_address, "北京市东城区");
  EXPECT_EQ(payload.release_date, "2027-01-15");
  EXPECT_EQ(payload.release_type, "刑满释放");
  EXPECT_EQ(payload.risk, "高");
  EXPECT_TRUE(payload.focus);
  EXPECT_FALSE(payload.identity_doubtful);
  EXPECT_EQ(payload.remarks, "一, \"二\"\n三");
  EXPECT_EQ(payload.resolved_code, 110101U);
  EXPECT_EQ(payload.confidence, Confidence::kExact);
}

TEST(NoticeRows, OneBadRowStopsNoOther) {
  const NoticeBatch batch = check_rows(
      {test_row(), test_row({{"name", ""}}), test_row({{"id_number", "11010118000101004X"}})});
  ASSERT_EQ(batch.rows.size(), 2U);
  EXPECT_EQ(batch.rows[0].row, 1U);
  EXPECT_EQ(batch.rows[1].row, 3U);
  ASSERT_EQ(batch.refusals.size(), 1U);
  EXPECT_EQ(batch.refusals[0].row, 2U);
  EXPECT_EQ(batch.rows_read, 3U);
}

TEST(NoticeRows, Origin) {
  EXPECT_EQ(verdict({{"origin", "红石监狱"}}), "accepted");
  EXPECT_EQ(verdict({{"origin", " 红石监狱 "}}), "accepted");
  EXPECT_EQ(verdict({{"origin", ""}}), "1 origin missing");
  EXPECT_EQ(verdict({{"origin", "无名监狱"}}), "1 origin unknown_origin");
  EXPECT_EQ(verdict({{"origin", "prison:999999-01"}}), "1 origin unknown_origin");
  EXPECT_EQ(verdict({{"origin", std::string(kOtherPrison)}}), "1 origin not_here");
  EXPECT_EQ(verdict({{"origin", "清河看守所"}}), "1 origin not_here");
  EXPECT_EQ(verdict({{"origin", "榆阳区司法局"}}), "1 origin unknown_origin");
  NoticeContext county = test_context();
  county.office = *OfficeId::parse("county:610802");
  EXPECT_EQ(verdict({{"origin", "榆阳区司法局"}}, county), "1 origin unknown_origin");
  NoticeContext house = test_context();
  house.office = *OfficeId::parse("detention-house:610802");
  EXPECT_EQ(verdict({{"origin", "清河看守所"}}, house), "accepted");
}

TEST(NoticeRows, Name) {
  EXPECT_EQ(verdict({{"name", ""}}), "1 name missing");
  EXPECT_EQ(verdict({{"name", "　"}}), "1 name missing");
  EXPECT_EQ(verdict({{"name", std::string("甲\x1b[2J")}}), "1 name malformed");
}

TEST(NoticeRows, SexAndFlags) {
  EXPECT_EQ(accepted({{"sex", "女"}}).sex, Sex::kFemale);
  EXPECT_EQ(accepted({{"sex", ""}}).sex, Sex::kNotSaid);
  EXPECT_EQ(verdict({{"sex", "M"}}), "1 sex malformed");
  EXPECT_EQ(verdict({{"focus", "yes"}}), "1 focus malformed");
  EXPECT_EQ(verdict({{"identity_doubtful", "1"}}), "1 identity_doubtful malformed");
}

TEST(NoticeRows, TextLimitsCountCharacters) {
  std::string text;
  for (int i = 0; i < 64; ++i) text += "险";
  EXPECT_EQ(verdict({{"risk", text}, {"release_type", text}}), "accepted");
  EXPECT_EQ(verdict({{"risk", text + "险"}}), "1 risk too_long");
  EXPECT_EQ(verdict({{"release_type", text + "x"}}), "1 release_type too_long");
  EXPECT_EQ(verdict({{"remarks", std::string(10'001, 'x')}}), "1 remarks too_long");
}

TEST(NoticeRows, IdNumber) {
  EXPECT_EQ(verdict({{"id_number", ""}}), "1 id_number missing");
  EXPECT_EQ(verdict({{"id_number", "1101011800010100"}}), "1 id_number malformed");
  EXPECT_EQ(verdict({{"id_number", "110101180001010016"}}), "1 id_number check_digit");
  EXPECT_EQ(verdict({{"id_number", "110101180013010010"}}), "1 id_number birth_date");
  EXPECT_EQ(verdict({{"id_number", "4.5E+17"}}), "1 id_number excel_number");
  EXPECT_EQ(accepted({{"id_number", "１１０１０１０００１０１００１"}}).id_number,
            "110101190001010014");
}

TEST(NoticeRows, FutureBirthDatesAreMeasuredByTheGivenDay) {
  NoticeContext context = test_context();
  context.today = Date{1799, 12, 31};
  EXPECT_EQ(verdict({}, context), "1 id_number birth_date");
}

TEST(NoticeRows, RegistrationCode) {
  EXPECT_EQ(accepted({{"registration_code", "１１０１０１"}}).registration_code, "110101");
  EXPECT_EQ(accepted({{"registration_code", " 110101001000 "}}).registration_code, "110101001000");
  EXPECT_EQ(accepted({{"registration_code", "110101001000"}}).resolved_code, 110101001U);
  EXPECT_EQ(verdict({{"registration_code", "11010"}}), "1 registration_code malformed");
  EXPECT_EQ(verdict({{"registration_code", "东城区"}}), "1 registration_code malformed");
  EXPECT_EQ(verdict({{"registration_code", "6.10802E+11"}}), "1 registration_code excel_number");
  EXPECT_EQ(verdict({{"registration_code", "999999"}}), "1 registration_code unknown_code");
}

TEST(NoticeRows, ResolvesByAddressThenByNumber) {
  const NoticePayload by_address =
      accepted({{"registration_code", ""}, {"registration_address", "北京市东城区东华门街道"}});
  EXPECT_EQ(by_address.resolved_code, 110101001U);
  EXPECT_EQ(by_address.confidence, Confidence::kAddress);
  const NoticePayload by_number = accepted({{"registration_code", ""}});
  EXPECT_EQ(by_number.resolved_code, 110101U);
  EXPECT_EQ(by_number.confidence, Confidence::kIdPrefix);
}

TEST(NoticeRows, ReleaseDate) {
  EXPECT_EQ(accepted({{"release_date", "20270115"}}).release_date, "2027-01-15");
  EXPECT_EQ(accepted({{"release_date", ""}}).release_date, "");
  EXPECT_EQ(verdict({{"release_date", "2027-02-30"}}), "1 release_date malformed");
  EXPECT_EQ(verdict({{"release_date", "下月"}}), "1 release_date malformed");
}

TEST(NoticeRows, DoubtfulIdentityNeedsAPlaceAndNoNumber) {
  const Cells doubtful{{"identity_doubtful", "是"}, {"id_number", ""}};
  const NoticePayload payload = accepted(doubtful);
  EXPECT_TRUE(payload.identity_doubtful);
  EXPECT_EQ(payload.id_number, "");
  EXPECT_EQ(payload.birth_date, "");
  Cells nowhere = doubtful;
  nowhere["registration_code"] = "";
  EXPECT_EQ(verdict(nowhere), "1 registration_code missing");
  nowhere["registration_address"] = "北京市东城区";
  EXPECT_EQ(verdict(nowhere), "accepted");
  nowhere["registration_address"] = "";
  nowhere["id_number"] = "110101180001010015";
  EXPECT_EQ(verdict(nowhere), "1 registration_code missing");
}

TEST(NoticeRows, DoubtfulIdentityLosesNothingHandedIn) {
  const NoticePayload wrong = accepted(
      {{"identity_doubtful", "是"}, {"id_number", "110101180001010016"}, {"remarks", "自称"}});
  EXPECT_EQ(wrong.id_number, "");
  EXPECT_EQ(wrong.remarks, "原报身份证号：110101180001010016；自称");
  const NoticePayload right = accepted({{"identity_doubtful", "是"}});
  EXPECT_EQ(right.id_number, "110101180001010015");
  EXPECT_EQ(resolve_input(right).id_number, "");
  EXPECT_EQ(resolve_input(accepted({})).id_number, "110101180001010015");
}

TEST(NoticeRows, WarnsAndAccepts) {
  EXPECT_TRUE(warnings({{"sex", "男"}}).empty());
  EXPECT_THAT(warnings({{"sex", "女"}}), testing::ElementsAre("sex sex_digit"));
  EXPECT_THAT(warnings({{"id_number", "999999180001010016"}}),
              testing::ElementsAre("id_number place_prefix"));
  EXPECT_THAT(warnings({{"identity_doubtful", "是"}, {"id_number", "4.5E+17"}}),
              testing::ElementsAre("id_number excel_number"));
}

TEST(NoticeRows, WarnsOfAReleaseOutsideTheMonthAfterThePeriod) {
  for (const auto* inside : {"2027-01-01", "2027-01-31", ""})
    EXPECT_TRUE(warnings({{"release_date", inside}}).empty()) << inside;
  for (const auto* outside : {"2026-12-31", "2027-02-01", "2028-01-15", "2026-12-10"})
    EXPECT_THAT(warnings({{"release_date", outside}}),
                testing::ElementsAre("release_date release_period"));
  NoticeContext context = test_context();
  const auto text = [&](const char* date) {
    return check_rows({test_row({{"release_date", date}})}, context).warnings.at(0).text;
  };
  EXPECT_THAT(text("2026-12-13"), HasSubstr("ad_hoc_report"));
  EXPECT_THAT(text("2026-12-14"), Not(HasSubstr("ad_hoc_report")));
  context.period = Period{};
  EXPECT_TRUE(warnings({{"release_date", "2030-01-01"}}, context).empty());
}

TEST(NoticeRows, BrokenRows) {
  RawRow broken = test_row(), shorter = test_row(), longer = test_row();
  broken.broken = true;
  shorter.fields.pop_back();
  longer.fields.emplace_back("");
  const NoticeBatch batch = check_rows({broken, shorter, longer, test_row()});
  ASSERT_EQ(batch.refusals.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(batch.refusals[i].row, i + 1);
    EXPECT_EQ(batch.refusals[i].field, "row");
    EXPECT_EQ(token(batch.refusals[i].reason), "broken_line");
  }
  EXPECT_EQ(batch.rows.size(), 1U);
}

TEST(NoticeRows, SeveralFaultsAreOneRefusalThatNamesAll) {
  const NoticeBatch batch = check_rows(
      {test_row({{"release_date", "x"}, {"id_number", "110101180001010016"}, {"sex", "?"}})});
  ASSERT_EQ(batch.refusals.size(), 1U);
  EXPECT_EQ(batch.refusals[0].field, "sex");
  EXPECT_THAT(batch.refusals[0].reason,
              HasSubstr("(also: id_number check_digit, release_date malformed)"));
}

TEST(NoticeRows, ReasonsTellNothingOfThePerson) {
  const Cells person{{"name", "绝密名"},
                     {"id_number", "110101180001010016"},
                     {"registration_address", "某街某号"},
                     {"release_date", "坏日子"}};
  for (const auto& [column, cell] : Cells{{"origin", "无"},
                                          {"sex", "绝密"},
                                          {"focus", "绝密"},
                                          {"registration_code", "110101x"},
                                          {"remarks", "\x01"}}) {
    Cells cells = person;
    cells[column] = cell;
    for (const NoticeRefusal& refusal : check_rows({test_row(cells)}).refusals)
      for (const auto* secret : {"绝密", "110101", "18000101", "某街", "坏日子"})
        EXPECT_THAT(refusal.reason, Not(HasSubstr(secret))) << column;
  }
}

}  // namespace
}  // namespace xianjie::node
