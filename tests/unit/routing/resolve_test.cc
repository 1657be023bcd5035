#include "routing/resolve.h"

#include <string>

#include <gtest/gtest.h>

#include "routing/codes.h"

namespace xianjie::routing {
namespace {

struct Expected {
  std::uint32_t code;
  Confidence confidence;
};

void expect(const ResolveInput& input, std::uint32_t code, Confidence confidence) {
  const auto got = resolve(input);
  const std::string what = input.code + "|" + input.address + "|" + input.id_number;
  ASSERT_TRUE(got) << what << ": " << got.error().reason;
  EXPECT_EQ(got->code, code) << what << ": " << got->rule;
  EXPECT_EQ(to_word(got->confidence), to_word(confidence)) << what << ": " << got->rule;
  EXPECT_FALSE(got->rule.empty());
  ASSERT_FALSE(got->steps.empty());
  EXPECT_EQ(got->steps.back(), got->code);
}
void expect_code(const std::string& text, std::uint32_t code, Confidence confidence) {
  expect({.code = text, .address = "", .id_number = ""}, code, confidence);
}
void expect_id(const std::string& number, std::uint32_t code, Confidence confidence) {
  expect({.code = "", .address = "", .id_number = number}, code, confidence);
}
void expect_refused(const ResolveInput& input, const std::string& field, const std::string& token) {
  const auto got = resolve(input);
  ASSERT_FALSE(got) << input.code << "|" << input.address << ": " << got->rule;
  EXPECT_EQ(got.error().field, field);
  EXPECT_TRUE(got.error().reason.starts_with(token + ": ")) << got.error().reason;
}

TEST(Resolve, CurrentCodesAreExact) {
  expect_code("610802001", 610802001, Confidence::kExact);
  expect_code("610802001002", 610802001, Confidence::kExact);
  expect_code("６１０８０２", 610802, Confidence::kExact);
  expect_code("610802000", 610802, Confidence::kExact);
  for (const char* code : {"610000", "610800", "441900", "442000", "460400", "660000", "710000",
                           "810000", "820000", "653228", "653229", "429004", "469001", "659001"})
    expect_code(code, *parse_code(code), Confidence::kExact);
  expect_code("441900101", 441900101, Confidence::kExact);
  expect_code("130171100", 130171100, Confidence::kExact);  // a development zone's township
  expect_code("620201100", 620201100, Confidence::kExact);
}

TEST(Resolve, StatisticalCodesReachTheOfficeThatCoversThem) {
  expect_code("110100", 110000, Confidence::kExact);
  expect_code("500200", 500000, Confidence::kExact);
  expect_code("429000", 420000, Confidence::kExact);
  expect_code("659000", 650000, Confidence::kExact);
  expect_code("620201", 620200, Confidence::kExact);
  expect_code("130171", 130100, Confidence::kExact);
}

TEST(Resolve, AbolishedCodesFollowSuccessorsThatCount) {
  expect_code("110103", 110101, Confidence::kSuccessor);
  expect_code("110104", 110102, Confidence::kSuccessor);
  expect_code("110229", 110119, Confidence::kSuccessor);
  expect_code("370284", 370211, Confidence::kSuccessor);
  expect_code("412723", 411623, Confidence::kSuccessor);
  expect_code("512323", 500119, Confidence::kSuccessor);
  expect_code("430404", 430400, Confidence::kAmbiguous);
  expect_code("330125", 330100, Confidence::kAmbiguous);
}

TEST(Resolve, WeakEvidenceTakesTheAddressInTheSameProvince) {
  expect({.code = "430404", .address = "湖南省衡阳市石鼓区", .id_number = ""}, 430407,
         Confidence::kAddress);
  expect({.code = "430404", .address = "广东省广州市天河区", .id_number = ""}, 430400,
         Confidence::kAmbiguous);
  expect({.code = "430404", .address = "湖南省", .id_number = ""}, 430400, Confidence::kAmbiguous);
  expect({.code = "430404", .address = "开平镇", .id_number = "110101180001010015"}, 430400,
         Confidence::kAmbiguous);
}

TEST(Resolve, AnExplicitCodeIsNeverOverruled) {
  expect({.code = "610802", .address = "北京市朝阳区", .id_number = "110101180001010015"}, 610802,
         Confidence::kExact);
  expect({.code = "110103", .address = "陕西省榆林市", .id_number = ""}, 110101,
         Confidence::kSuccessor);
}

TEST(Resolve, UnknownTownshipsEndAtTheirCountysDesk) {
  expect_code("610802999", 610802, Confidence::kAmbiguous);
  expect_code("130171999", 130100, Confidence::kAmbiguous);
  expect_code("441900999", 441900, Confidence::kAmbiguous);
  expect_code("110103001", 110101, Confidence::kAmbiguous);
  expect_code("430404001", 430400, Confidence::kAmbiguous);
}

TEST(Resolve, BadCodesAreRefused) {
  expect_refused({.code = "61080", .address = "", .id_number = "110101180001010015"},
                 "registration_code", "malformed");
  expect_refused({.code = "abc", .address = "陕西省", .id_number = ""}, "registration_code",
                 "malformed");
  for (const char* code : {"999999", "000000", "999999001", "610899", "610000001", "610800001"})
    expect_refused({.code = code, .address = "陕西省", .id_number = ""}, "registration_code",
                   "unknown_code");
}

TEST(Resolve, IdPrefixesAreTheLastResort) {
  expect_id("110101180001010015", 110101, Confidence::kIdPrefix);
  expect_id("33011318000101002X", 330113, Confidence::kIdPrefix);
  expect_id("469001180001010034", 469001, Confidence::kIdPrefix);
  expect_id("659001180001010048", 659001, Confidence::kIdPrefix);
  expect_id("441900180001010079", 441900, Confidence::kIdPrefix);
  expect_id("110103180001010050", 110101, Confidence::kIdPrefix);
  expect_id("512323180001010061", 500119, Confidence::kIdPrefix);
  expect_id("370284180001010087", 370211, Confidence::kIdPrefix);
  expect_id("430404180001010000", 430400, Confidence::kAmbiguous);
  expect_refused({.code = "", .address = "", .id_number = "999999180001010000"}, "id_number",
                 "unknown_code");
  expect_refused({.code = "", .address = " ", .id_number = ""}, "registration_code", "missing");
  expect({.code = "", .address = "城关镇", .id_number = "110101180001010015"}, 110101,
         Confidence::kIdPrefix);
}

TEST(Resolve, AnswersForEveryCodeOfTheTable) {
  for (const bool abolished : {false, true}) {
    for (const std::uint32_t code : all_codes(abolished)) {
      const auto got = resolve({.code = code_text(code), .address = "", .id_number = ""});
      ASSERT_TRUE(got) << code;
      const auto info = find_code(got->code);
      ASSERT_TRUE(info) << code;
      ASSERT_EQ(info->status, CodeStatus::kCurrent) << code;
      ASSERT_NE(got->code, 0u) << code;
      ASSERT_EQ(got->confidence == Confidence::kExact, !abolished) << code;
    }
  }
}

}  // namespace
}  // namespace xianjie::routing
