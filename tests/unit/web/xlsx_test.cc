// Tables as XLSX: what stands in the file's own XML. A part of it is a ZIP entry.
#include <gmock/gmock.h>
#include <zlib.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "node/web/table_file.h"
#include "schemas/text.h"

namespace xianjie::node {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::uint32_t little(ByteView bytes, std::size_t at, std::size_t size) {
  std::uint32_t out = 0;
  for (std::size_t i = size; i-- > 0;) out = out << 8U | bytes[at + i];
  return out;
}

// The unpacked part; "" where the file has none of this name. By the central directory (APPNOTE).
std::string part(const Bytes& zip, std::string_view name) {
  for (std::size_t at = 0; at + 46 <= zip.size(); ++at) {
    if (little(zip, at, 4) != 0x02014b50) continue;
    const std::size_t name_size = little(zip, at + 28, 2);
    const std::string_view found(reinterpret_cast<const char*>(&zip[at + 46]), name_size);
    if (found != name) continue;
    const std::size_t local = little(zip, at + 42, 4);
    const std::size_t data = local + 30 + little(zip, local + 26, 2) + little(zip, local + 28, 2);
    std::string out(little(zip, at + 24, 4), '\0');
    z_stream stream{};
    Bytes packed(zip.begin() + static_cast<std::ptrdiff_t>(data), zip.end());
    stream.next_in = packed.data();
    stream.avail_in = little(zip, at + 20, 4);
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflateInit2(&stream, -MAX_WBITS), Z_OK);
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    return out;
  }
  return "";
}

Result<Bytes> sheet(const json& rows, std::string_view columns, const std::string& name = "表") {
  auto parsed = parse_columns(columns);
  XJ_CHECK(parsed.has_value());
  const auto table = table_of({{"r", rows}}, "r", std::move(*parsed));
  XJ_CHECK(table.has_value());
  return to_xlsx(*table, name);
}
// All text and cells of a table.
std::string xml(const json& rows, std::string_view columns) {
  const Bytes zip = sheet(rows, columns).value();
  return part(zip, "xl/worksheets/sheet1.xml") + part(zip, "xl/sharedStrings.xml");
}

TEST(Xlsx, HoldsTitlesTextAndNumbers) {
  const std::string text =
      xml({{{"a", "甲<b>&"}, {"b", 42}}, {{"a", nullptr}, {"b", -5}}}, "a:名称,b:数");
  EXPECT_THAT(text, HasSubstr("名称"));
  EXPECT_THAT(text, HasSubstr("甲&lt;b&gt;&amp;"));
  EXPECT_THAT(text, HasSubstr("<v>42</v>"));
  EXPECT_THAT(text, HasSubstr("<v>-5</v>"));
}

TEST(Xlsx, AFormulaOrALinkIsText) {
  for (const char* hostile :
       {"=1+1", "{=1+1}", "+1+1", "-1+1", "@SUM(A1)", "=HYPERLINK(\"http://192.0.2.1\")",
        "http://192.0.2.1/", "mailto:a@192.0.2.1", "internal:Sheet1!A1", "external:c:\\x.xlsx"}) {
    const Bytes zip = sheet({{{"a", hostile}}}, "a:A").value();
    const std::string cells = part(zip, "xl/worksheets/sheet1.xml");
    ASSERT_FALSE(cells.empty());
    EXPECT_THAT(cells, Not(HasSubstr("<f>"))) << hostile;
    EXPECT_THAT(cells, Not(HasSubstr("<f "))) << hostile;
    EXPECT_THAT(cells, Not(HasSubstr("hyperlink"))) << hostile;
    EXPECT_EQ(part(zip, "xl/worksheets/_rels/sheet1.xml.rels"), "") << hostile;
  }
  EXPECT_THAT(xml(json::array(), "a:=1+1"), Not(HasSubstr("<f>")));
}

TEST(Xlsx, ALongNumberInTextStaysText) {
  const std::string text = xml({{{"a", "110101180001010015"}}}, "a:A");
  EXPECT_THAT(text, HasSubstr(">110101180001010015</t>"));
  EXPECT_THAT(text, Not(HasSubstr("<v>110101180001010015</v>")));
}

TEST(Xlsx, OddTextIsNoReasonToFail) {
  const std::string control("a\x01\x0b\x1f\0b", 6);
  std::string long_chinese;
  for (int i = 0; i < 12'000; ++i) long_chinese += "甲";
  for (const std::string& odd : {std::string("\xff\xfe甲\x80"), control, std::string(40'000, 'x'),
                                 long_chinese, std::string()}) {
    Result<Bytes> written;
    EXPECT_NO_THROW(written = sheet({{{"a", odd}, {"b", "beside"}}}, "a:A,b:B"));
    ASSERT_TRUE(written) << written.error().text;
    const std::string strings =
        part(*written, "xl/worksheets/sheet1.xml") + part(*written, "xl/sharedStrings.xml");
    EXPECT_THAT(strings, HasSubstr("beside"));
    for (const char bad : {'\x01', '\x0b', '\x1f', '\0'})
      EXPECT_EQ(strings.find(bad), std::string::npos) << "no XML holds it";
    EXPECT_TRUE(is_utf8(strings));
  }
}

TEST(Xlsx, ASheetsNameIsMadeToFit) {
  for (const char* name : {"", "a/b", "a:b[c]?*\\", "'quoted'", "ages.rows", "History",
                           "a name that is much longer than thirty-one characters", "\xff\xfe"}) {
    const auto written = sheet({{{"a", 1}}}, "a:A", name);
    ASSERT_TRUE(written) << name << ": " << written.error().text;
    EXPECT_THAT(part(*written, "xl/worksheets/sheet1.xml"), HasSubstr("<v>1</v>")) << name;
  }
}

TEST(Xlsx, MoreRowsThanASheetIsFull) {
  TableText table{{{"a", "A"}}, {}};
  table.rows.resize(1'048'576, std::vector<json>{1});
  const auto written = to_xlsx(table, "a");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kFull);
}

TEST(Xlsx, TwoHundredThousandRowsAreQuick) {
  json rows = json::array();
  for (int i = 0; i < 200'000; ++i) rows.push_back({{"id", std::to_string(i) + "-id"}, {"n", i}});
  const auto start = std::chrono::steady_clock::now();
  const auto written = sheet(rows, "id:编号,n:数");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
  ASSERT_TRUE(written);
  EXPECT_THAT(part(*written, "xl/worksheets/sheet1.xml"), HasSubstr("<v>199999</v>"));
}

}  // namespace
}  // namespace xianjie::node
