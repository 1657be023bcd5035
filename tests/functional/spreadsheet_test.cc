// The same persons as CSV, .xlsx and .xls; a form with a spreadsheet's own dates.
#include "tests/functional/flow_offices.h"
#include "tests/support/sheet_samples.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string text_cell(std::string_view text) {
  return "<c t=\"inlineStr\"><is><t>" + std::string(text) + "</t></is></c>";
}
std::string number_cell(std::string_view number, int style = 0) {
  return "<c s=\"" + std::to_string(style) + "\"><v>" + std::string(number) + "</v></c>";
}

// As in tests/unit/adapters/data/persons.xls.
constexpr std::string_view kCsv =
    "呈报单位,姓名,身份证号,户籍地代码,释放日期,重点帮教,备注\r\n"
    "prison:610000-03,测试甲,110101180001010015,610802001,2027-01-15,是,加粗的字\r\n"
    "prison:610000-03,测试乙,1.10101E+17,610802001001,2027年1月8日,否,3\r\n"
    "\r\n"
    "prison:610000-03,测试丙,11010118000101004X,610802001,2027/1/20,,\r\n";
std::string xlsx_rows() {
  std::string out = "<row>";
  for (const char* name :
       {"呈报单位", "姓名", "身份证号", "户籍地代码", "释放日期", "重点帮教", "备注"})
    out += text_cell(name);
  out += "</row><row>" + text_cell(kPrisonId) + text_cell("测试甲") +
         text_cell("110101180001010015") + number_cell("610802001") + number_cell("46402", 1) +
         "<c t=\"b\"><v>1</v></c>" + text_cell("加粗的字") + "</row>";
  out += "<row>" + text_cell(kPrisonId) + text_cell("测试乙") + number_cell("1.1010118000101E+17") +
         number_cell("610802001001") + number_cell("46395", 3) + "<c t=\"b\"><v>0</v></c>" +
         number_cell("3") + "</row>";
  out += "<row r=\"5\">" + text_cell(kPrisonId) + text_cell("测试丙") +
         text_cell("11010118000101004X") + number_cell("610802001") + number_cell("46407", 1) +
         "</row>";
  return out;
}

class Spreadsheets : public FlowOffices {
 protected:
  Spreadsheets()
      : FlowOffices({{kProvinceId, ""},
                     {kCountyId, kProvinceId},
                     {kTownshipId, kCountyId},
                     {kPrisonId, kProvinceId}},
                    still_clock()) {}
  std::string file(const std::string& name, ByteView bytes) const {
    std::ofstream(at(name), std::ios::binary) << as_text(bytes);
    return at(name).string();
  }
};

TEST_F(Spreadsheets, TheSamePersonsInThreeForms) {
  const std::string xls = std::string(XIANJIE_SOURCE) + "/tests/unit/adapters/data/persons.xls";
  const std::string xlsx = file("persons.xlsx", xlsx_of(xlsx_rows()));
  const std::string csv = file("persons.csv", as_bytes(kCsv));
  const auto hand_in_file = [&](const std::string& path) {
    return act(kPrisonId, {"submit", "pre_release_notice", path, "--submission", "一月"});
  };
  const json first = hand_in_file(csv);
  EXPECT_EQ(first["rows"], 3);
  EXPECT_EQ(first["accepted"], 2) << first.dump();
  ASSERT_EQ(first["refused"].size(), 1U);
  EXPECT_EQ(first["refused"][0]["row"], 2);
  EXPECT_THAT(first["refused"][0]["reason"].get<std::string>(), HasSubstr("excel_number:"));
  for (const std::string& path : {xlsx, xls}) {
    json again = hand_in_file(path);
    EXPECT_EQ(again["repeated"], 2) << path << again.dump();
    again["repeated"] = first["repeated"];
    EXPECT_EQ(again, first) << "the same rows, refusals, warnings and envelopes";
  }
  // Without an id of its own a submission is known by the file's bytes.
  const json own = act(kPrisonId, {"submit", "ad_hoc_report", xls});
  EXPECT_EQ(own["accepted"], 2);
  EXPECT_EQ(own["repeated"], 0);
  EXPECT_EQ(act(kPrisonId, {"submit", "ad_hoc_report", xls})["repeated"], 2);
  const std::string arrived = id_at(kTownshipId, "ad_hoc_report");
  EXPECT_THAT(act(kTownshipId, {"inbox", "show", arrived})["payload"].dump(), HasSubstr("2027-01"));
}

TEST_F(Spreadsheets, AFormWithASpreadsheetsOwnTime) {
  const Bytes sheet =
      xlsx_of("<row>" + text_cell("类别") + text_cell("姓名") + text_cell("时间") +
              text_cell("地点") + text_cell("内容") + text_cell("身份证号") + "</row><row>" +
              text_cell("越界告警") + text_cell("测试甲") + number_cell("46365.479166666664", 2) +
              text_cell("测试县界") + text_cell("离开居住地") + "</row>");
  const json done = act(kTownshipId, {"submit", "alert", file("alert.xlsx", sheet)});
  ASSERT_EQ(done["accepted"], 1) << done.dump();
  const json shown = act(kCountyId, {"inbox", "show", id_at(kCountyId, "alert")});
  EXPECT_EQ(shown["payload"]["time"], "2026-12-09T11:30:00.000+08:00");
}

TEST_F(Spreadsheets, WhatCannotBeReadIsRefusedWhole) {
  const Bytes locked = compound_file_of(Bytes(100), "EncryptedPackage");
  const std::string said =
      refusal(kPrisonId, {"submit", "pre_release_notice", file("locked.xlsx", locked), "--json"});
  EXPECT_THAT(said, HasSubstr("\"field\":\"file\""));
  EXPECT_THAT(said, HasSubstr("take the password off"));
}

}  // namespace
}  // namespace xianjie::tests
