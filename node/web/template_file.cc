#include "node/web/template_file.h"

#include <xlsxwriter.h>

#include <nlohmann/json.hpp>

#include "node/office/template_columns.h"
#include "node/web/memory_file.h"
#include "node/web/table_file.h"
#include "schemas/limits.h"

namespace xianjie::node {
namespace {

constexpr std::uint8_t kTextFormat = 49;  // "@", built in: a cell keeps what is typed

constexpr std::size_t kTemplateBytesMax = 1U << 20;
constexpr lxw_row_t kLastRow = kSubmissionRowsMax;
constexpr std::size_t kHintCharactersMax = 255;  // of the format, for hints and lists

std::string_view zh_of_type(const TemplateColumn& column) {
  switch (column.type) {
    case FieldType::kDate:
      return "日期";
    case FieldType::kInstant:
      return "日期时间";
    case FieldType::kIdNumber:
      return "身份证号";
    case FieldType::kCode:
      return "代码";
    case FieldType::kChoice:
      return "选项";
    case FieldType::kCount:
      return "整数";
    case FieldType::kText:
      break;
  }
  return "文字";
}

// libxlsxwriter copies what it is given, but takes it as char*.
void add_validation(lxw_worksheet* page, lxw_col_t at, const TemplateColumn& column) {
  std::string title(column.zh), hint = (column.required ? "必填。" : "选填。") + column.expects,
                                error = "请从列表中选择";
  std::vector<std::string> choices = column.choices;
  std::vector<char*> list;
  std::size_t bytes = 0;
  for (std::string& choice : choices) {
    list.push_back(choice.data());
    bytes += choice.size() + 1;
  }
  list.push_back(nullptr);
  lxw_data_validation rule{};
  const bool closed = list.size() > 1 && bytes <= kHintCharactersMax;
  rule.validate = closed ? LXW_VALIDATION_TYPE_LIST : LXW_VALIDATION_TYPE_ANY;
  if (closed) rule.value_list = list.data();
  rule.ignore_blank = LXW_VALIDATION_ON;
  rule.show_input = LXW_VALIDATION_ON;
  rule.show_error = LXW_VALIDATION_ON;
  rule.error_type = LXW_VALIDATION_ERROR_TYPE_STOP;
  rule.input_title = title.data();
  rule.input_message = hint.data();
  rule.error_message = error.data();
  worksheet_data_validation_range(page, 1, at, kLastRow, at, &rule);
}

void write_data(lxw_worksheet* page, const FileTemplate& file, lxw_format* head, lxw_format* needed,
                lxw_format* text) {
  for (std::size_t i = 0; i < file.columns.size(); ++i) {
    const TemplateColumn& column = file.columns[i];
    const auto at = static_cast<lxw_col_t>(i);
    const bool wide = column.type == FieldType::kIdNumber || column.characters_max > 200;
    worksheet_set_column(page, at, at, wide ? 24 : 16,
                         column.type == FieldType::kCount ? nullptr : text);
    worksheet_write_string(page, 0, at, std::string(column.zh).c_str(),
                           column.required ? needed : head);
    add_validation(page, at, column);
  }
  for (std::size_t r = 0; r < file.rows.size(); ++r)
    for (std::size_t i = 0; i < file.rows[r].size(); ++i)
      worksheet_write_string(page, static_cast<lxw_row_t>(r + 1), static_cast<lxw_col_t>(i),
                             file.rows[r][i].c_str(), text);
  worksheet_freeze_panes(page, 1, 0);
}

void write_help(lxw_worksheet* page, const FileTemplate& file, lxw_format* head, lxw_format* text) {
  const auto line = [&](lxw_row_t row, std::initializer_list<std::string_view> cells,
                        lxw_format* format) {
    lxw_col_t at = 0;
    for (const std::string_view cell : cells)
      worksheet_write_string(page, row, at++, std::string(cell).c_str(), format);
  };
  line(0, {"列名", "是否必填", "类型", "填写要求", "示例"}, head);
  lxw_row_t row = 1;
  for (const TemplateColumn& column : file.columns)
    line(row++,
         {column.zh, column.required ? "必填" : "选填", zh_of_type(column), column.expects,
          column.example},
         text);
  line(row + 1, {"请在第一张工作表的表头下逐行填写，不要改动表头；示例均为虚构，请勿填入。"},
       nullptr);
  line(row + 2, {"身份证号、代码和日期的单元格为文本格式，粘贴时请选择“只粘贴值”。"}, nullptr);
  worksheet_set_column(page, 0, 2, 14, nullptr);
  worksheet_set_column(page, 3, 3, 70, nullptr);
  worksheet_set_column(page, 4, 4, 24, nullptr);
}

}  // namespace

Result<Bytes> template_csv(Kind kind, std::string_view subject) {
  XJ_TRY(const FileTemplate file, file_template(kind, subject));
  TableText table;
  for (const TemplateColumn& column : file.columns)
    table.columns.push_back({std::string(column.word), std::string(column.zh)});
  for (const auto& row : file.rows) {
    std::vector<nlohmann::json> cells(row.begin(), row.end());
    cells.resize(file.columns.size(), "");
    table.rows.push_back(std::move(cells));
  }
  return to_csv(table);
}

Result<Bytes> template_xlsx(Kind kind, std::string_view subject) {
  XJ_TRY(const FileTemplate file, file_template(kind, subject));
  const MemoryFile memory;
  if (!memory.is_open()) return fail(ErrorCode::kIo, "no memory for a file");
  lxw_workbook* book = workbook_new(memory.path().c_str());
  XJ_CHECK(book != nullptr);
  lxw_worksheet* data = workbook_add_worksheet(book, "数据");
  lxw_worksheet* help = workbook_add_worksheet(book, "填写说明");
  XJ_CHECK(data != nullptr && help != nullptr);
  lxw_format* head = workbook_add_format(book);
  format_set_bold(head);
  format_set_num_format_index(head, kTextFormat);
  lxw_format* needed = workbook_add_format(book);
  format_set_bold(needed);
  format_set_num_format_index(needed, kTextFormat);
  format_set_font_color(needed, LXW_COLOR_RED);
  lxw_format* text = workbook_add_format(book);
  format_set_num_format_index(text, kTextFormat);
  write_data(data, file, head, needed, text);
  write_help(help, file, head, text);
  if (const lxw_error error = workbook_close(book); error != LXW_NO_ERROR)
    return fail(ErrorCode::kIo, std::string("the template's file: ") + lxw_strerror(error));
  return memory.bytes(kTemplateBytesMax);
}

}  // namespace xianjie::node
