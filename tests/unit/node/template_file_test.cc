#include "node/web/template_file.h"

#include <gmock/gmock.h>

#include "adapters/zip_parts.h"
#include "node/daemon/handed_in.h"
#include "node/office/form_rows.h"
#include "node/office/template_columns.h"
#include "notice_fixture.h"
#include "tests/support/sheet_samples.h"

namespace xianjie::node {
namespace {

using testing::HasSubstr;

std::string part(const Bytes& file, const std::string& name) {
  auto parts = adapters::ZipParts::open(file, {});
  return parts ? parts->read(name, 1 << 20).value_or("") : "";
}

// What a person makes of it: one row of examples below the header.
Bytes filled(const Bytes& blank, const FileTemplate& columns) {
  tests::Parts parts;
  for (const char* name : {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml",
                           "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml",
                           "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"})
    parts[name] = part(blank, name);
  std::string row = "<row r=\"2\">";
  for (const TemplateColumn& column : columns.columns)
    row += "<c t=\"inlineStr\"><is><t>" + column.example + "</t></is></c>";
  std::string& sheet = parts["xl/worksheets/sheet1.xml"];
  const std::size_t end = sheet.find("</sheetData>");
  EXPECT_NE(end, std::string::npos);
  if (end != std::string::npos) sheet.insert(end, row + "</row>");
  return tests::zip_of(parts);
}

TEST(TemplateFile, ANoticeReadsBack) {
  const auto columns = file_template(Kind::kPreReleaseNotice, "");
  const auto blank = template_xlsx(Kind::kPreReleaseNotice, "");
  ASSERT_TRUE(columns && blank) << blank.error().text;
  const NoticeBatch empty = check_notices(test_context(), *read_handed_in(*blank));
  EXPECT_EQ(verdict_of(empty.refusals.at(0)), "0 file empty") << "no example stands in the table";
  const NoticeBatch batch =
      check_notices(test_context(), *read_handed_in(filled(*blank, *columns)));
  EXPECT_TRUE(batch.refusals.empty()) << batch.refusals[0].reason;
  ASSERT_EQ(batch.rows.size(), 1U);
  EXPECT_EQ(batch.rows[0].payload.id_number, "110101180001010015");
}

TEST(TemplateFile, EveryFormReadsBack) {
  std::size_t tried = 0;
  for (const Form& form : forms()) {
    const auto columns = file_template(form.kind, form.subject);
    if (!columns) continue;
    const auto blank = template_xlsx(form.kind, form.subject);
    ASSERT_TRUE(blank.has_value()) << blank.error().text;
    auto rows = read_handed_in(filled(*blank, *columns), FileOf::kForms);
    ASSERT_TRUE(rows.has_value()) << rows.error().reason;
    const auto file = FormFile::read(form.kind, std::move(*rows));
    ASSERT_TRUE(file.has_value()) << form.name << ": " << file.error().reason;
    ASSERT_EQ(file->size(), 1U);
    EXPECT_FALSE(file->shape_fault(0));
    for (const auto& fields : {form.fields, form.table})
      for (const FormField& field : fields) {
        const auto value = read_field(field, file->cell(0, field.word), Date{2026, 12, 9});
        EXPECT_TRUE(value.has_value()) << form.name << " " << field.word;
      }
    const auto subject = form.subject.empty() ? "" : file->cell(0, "subject");
    EXPECT_EQ(find_form(form.kind, subject), &form);
    ++tried;
  }
  EXPECT_GE(tried, 10U);
}

TEST(TemplateFile, NumbersAreTextAndChoicesAreLists) {
  const auto blank = template_xlsx(Kind::kPreReleaseNotice, "");
  ASSERT_TRUE(blank.has_value());
  const std::string sheet = part(*blank, "xl/worksheets/sheet1.xml");
  EXPECT_THAT(sheet, HasSubstr("男,女"));
  EXPECT_THAT(sheet, HasSubstr("sqref=\"D2:D100001\"")) << "身份证号, down to the last row";
  EXPECT_THAT(part(*blank, "xl/styles.xml"), HasSubstr("numFmtId=\"49\"")) << "text";
  EXPECT_THAT(part(*blank, "xl/sharedStrings.xml"), HasSubstr("按文本填写"));
  const auto work = template_xlsx(Kind::kWorkOrder, "");
  ASSERT_TRUE(work.has_value());
  EXPECT_THAT(part(*work, "xl/worksheets/sheet1.xml"), HasSubstr("法律服务,法律咨询,交办件"));
}

TEST(TemplateFile, ReportsListTheirItems) {
  const auto figures = template_csv(Kind::kStatisticalReport, "");
  ASSERT_TRUE(figures.has_value());
  EXPECT_THAT(std::string(as_text(*figures)), HasSubstr("项目,数值\r\n刑满释放人数,\r\n"));
  EXPECT_TRUE(template_xlsx(Kind::kDetailedReport, "persons").has_value());
  const auto csv = template_csv(Kind::kAdHocReport, "");
  EXPECT_THAT(std::string(as_text(*csv)), testing::StartsWith("\xef\xbb\xbf呈报单位,姓名,性别"));
}

TEST(TemplateFile, WhatIsNotHandedInHasNone) {
  for (const Kind kind : {Kind::kArrivalReport, Kind::kAssistanceFeedback, Kind::kExchangeTest,
                          Kind::kAttachment, Kind::kReceipt})
    EXPECT_FALSE(template_xlsx(kind, "").has_value()) << to_word(kind);
  EXPECT_THAT(template_csv(Kind::kWorkOrder, "none").error().text, HasSubstr("petition"));
}

}  // namespace
}  // namespace xianjie::node
