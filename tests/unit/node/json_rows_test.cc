#include "node/office/json_rows.h"

#include <gmock/gmock.h>

#include "notice_fixture.h"

namespace xianjie::node {
namespace {

std::string line_verdict(const std::string& line) {
  const NoticeBatch batch = check_notices(test_context(), read_json_rows(line));
  if (batch.rows.size() == 1 && batch.refusals.empty()) return "accepted";
  if (batch.refusals.size() != 1) return "not one verdict";
  return verdict_of(batch.refusals.front());
}

constexpr auto kGood =
    R"({"origin":"prison:610000-03","姓名":"甲一","id_number":"110101180001010015","户籍地代码":"110101"})";

TEST(JsonRows, KnowsJsonLinesFromCsv) {
  EXPECT_TRUE(looks_like_json_lines("\ufeff\n {\"name\":1}"));
  EXPECT_FALSE(looks_like_json_lines("origin,name"));
  EXPECT_FALSE(looks_like_json_lines(""));
}

TEST(JsonRows, TakesBothLanguagesAndPlainValues) {
  const auto batch = check_notices(
      test_context(),
      read_json_rows(
          "\ufeff" + std::string(kGood) + "\r\n\n" +
          R"({"呈报单位":"红石监狱","name":"乙二","身份证号":110101180001010015,)"
          R"("registration_code":110101001,"focus":true,"身份存疑":false,"remarks":null})"));
  ASSERT_EQ(batch.rows.size(), 2U) << batch.refusals.at(0).reason;
  EXPECT_EQ(batch.rows[0].payload.name, "甲一");
  EXPECT_EQ(batch.rows[1].row, 2U);
  EXPECT_EQ(batch.rows[1].payload.id_number, "110101180001010015");
  EXPECT_EQ(batch.rows[1].payload.registration_code, "110101001");
  EXPECT_TRUE(batch.rows[1].payload.focus);
  EXPECT_EQ(batch.rows[1].payload.remarks, "");
}

TEST(JsonRows, RefusesTheLineAlone) {
  for (const auto* bad : {"{", "[]", "1", "{\"name\":\"甲\"", "{\"name\":\"\xff\"}", "nonsense"}) {
    const auto batch = check_notices(
        test_context(), read_json_rows(std::string(kGood) + "\n" + bad + "\n" + kGood + "\n"));
    EXPECT_EQ(batch.rows.size(), 2U) << bad;
    ASSERT_EQ(batch.refusals.size(), 1U) << bad;
    EXPECT_EQ(batch.refusals[0].row, 2U);
    EXPECT_EQ(batch.refusals[0].field, "row");
    EXPECT_EQ(token(batch.refusals[0].reason), "broken_line");
    EXPECT_THAT(batch.refusals[0].reason, testing::HasSubstr("line 2"));
  }
}

TEST(JsonRows, RefusesUnknownAndRepeatedKeysAndLists) {
  EXPECT_EQ(line_verdict(kGood), "accepted");
  EXPECT_EQ(line_verdict(R"({"phone":"1"})"), "1 row unknown_header");
  EXPECT_EQ(line_verdict(R"({"name":"甲","name":"乙"})"), "1 row malformed");
  EXPECT_EQ(line_verdict(R"({"name":"甲","姓名":"乙"})"), "1 row malformed");
  EXPECT_EQ(line_verdict(R"({"name":["甲"]})"), "1 row malformed");
  EXPECT_EQ(line_verdict(R"({"name":{"name":"甲"}})"), "1 row malformed");
  EXPECT_EQ(line_verdict("{\"name\":\"" + std::string(300'000, 'x') + "\"}"), "1 row too_long");
}

TEST(JsonRows, CellsAreCheckedLikeThoseOfACsv) {
  EXPECT_EQ(line_verdict("{}"), "1 origin missing");
  EXPECT_EQ(line_verdict(R"({"origin":"红石监狱","name":"甲","id_number":4.5E+17})"),
            "1 id_number excel_number");
  EXPECT_EQ(line_verdict(""), "0 file empty");
  EXPECT_EQ(line_verdict("\n\r\n"), "0 file empty");
}

TEST(JsonRows, DeepNestingIsHarmless) {
  const std::string lists = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(line_verdict("{\"name\":" + lists + "}"), "1 row malformed");
  EXPECT_EQ(line_verdict(std::string(200'000, '[')), "1 row broken_line");
}

}  // namespace
}  // namespace xianjie::node
