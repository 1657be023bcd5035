#include "node/office/id_number.h"

#include <gtest/gtest.h>

namespace xianjie::node {
namespace {

constexpr Date kToday{2026, 12, 9};

struct Known {
  const char* text;
  std::uint32_t place;
  Sex sex;
};

TEST(IdNumber, TakesTheNumbersOfFlows) {
  for (const Known& known : {Known{"110101180001010015", 110101, Sex::kMale},
                             Known{"11010118000101004X", 110101, Sex::kFemale},
                             Known{"33011318000101002X", 330113, Sex::kFemale},
                             Known{"469001180001010034", 469001, Sex::kMale},
                             Known{"659001180001010048", 659001, Sex::kFemale},
                             Known{"441900180001010079", 441900, Sex::kMale},
                             Known{"110103180001010050", 110103, Sex::kMale},
                             Known{"512323180001010061", 512323, Sex::kFemale},
                             Known{"370284180001010087", 370284, Sex::kFemale}}) {
    const auto id = parse_id_number(known.text, kToday);
    ASSERT_TRUE(id) << known.text;
    EXPECT_EQ(id->text, known.text);
    EXPECT_EQ(id->place, known.place);
    EXPECT_EQ(id->birth, (Date{1800, 1, 1}));
    EXPECT_EQ(id->sex, known.sex) << known.text;
  }
}

TEST(IdNumber, MakesPlainWhatIsTypedOtherwise) {
  for (const auto* text : {"11010118000101004x", " 11010118000101004X\u3000",
                           "１１０１０１１８０００１０１００４Ｘ", "１１０１０１18000101004ｘ"})
    EXPECT_EQ(parse_id_number(text, kToday).value().text, "11010118000101004X") << text;
}

TEST(IdNumber, FifteenDigitsAreTheirEighteen) {
  const auto id = parse_id_number("110101000101001", kToday);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->text, "110101190001010014");
  EXPECT_EQ(id->birth, (Date{1900, 1, 1}));
  EXPECT_EQ(id->sex, Sex::kMale);
  EXPECT_EQ(parse_id_number("１１０１０１０００１０１００１", kToday).value().text, id->text);
  EXPECT_EQ(parse_id_number(id->text, kToday).value().text, id->text);
}

void expect_fault(const char* text, IdNumberFault fault) {
  const auto id = parse_id_number(text, kToday);
  ASSERT_FALSE(id) << text;
  EXPECT_EQ(id.error(), fault) << text << ": " << reason_for(id.error());
}

TEST(IdNumber, Missing) {
  for (const auto* text : {"", "  ", "\u3000"}) expect_fault(text, IdNumberFault::kMissing);
}

TEST(IdNumber, Malformed) {
  for (const auto* text :
       {"1", "11010118000101001", "1101011800010100155", "11010X180001010015", "X10101180001010015",
        "11010118000101001Y", "110101-18000101-0015", "11010100010100X", "无", "110101 18000101001",
        "+10101180001010015", "110101180001010015\u0301"})
    expect_fault(text, IdNumberFault::kMalformed);
}

TEST(IdNumber, ExcelNumber) {
  for (const auto* text : {"4.5E+17", "1.10101E+17", "4.5e17", "４．５Ｅ＋１７"})
    expect_fault(text, IdNumberFault::kExcelNumber);
}

TEST(IdNumber, BirthDate) {
  for (const auto* text : {"110101180013010010", "110101180002300011", "110101180502290016",
                           "110101180000010015", "110101180001000015", "110101000001010015",
                           "450000000000000000", "110101000229001"})  // 1900 was no leap year
    expect_fault(text, IdNumberFault::kBirthDate);
  EXPECT_TRUE(parse_id_number("110101180402290011", kToday));  // 1804 was a leap year
}

TEST(IdNumber, BirthDateMayBeTodayAndNotTomorrow) {
  const Date birth{1800, 1, 1}, eve{1799, 12, 31};
  EXPECT_TRUE(parse_id_number("110101180001010015", birth));
  const auto id = parse_id_number("110101180001010015", eve);
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error(), IdNumberFault::kBirthDate);
}

TEST(IdNumber, CheckDigit) {
  for (const auto* text :
       {"110101180001010016", "11010118000101001X", "110101180001010041", "110101180001010000"})
    expect_fault(text, IdNumberFault::kCheckDigit);
}

TEST(IdNumber, ReasonsBeginWithTheirToken) {
  EXPECT_TRUE(reason_for(IdNumberFault::kMissing).starts_with("missing: "));
  EXPECT_TRUE(reason_for(IdNumberFault::kMalformed).starts_with("malformed: "));
  EXPECT_TRUE(reason_for(IdNumberFault::kExcelNumber).starts_with("excel_number: "));
  EXPECT_TRUE(reason_for(IdNumberFault::kBirthDate).starts_with("birth_date: "));
  EXPECT_TRUE(reason_for(IdNumberFault::kCheckDigit).starts_with("check_digit: "));
}

}  // namespace
}  // namespace xianjie::node
