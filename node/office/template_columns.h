// What a blank file of a kind holds for people to fill in: its columns, out of the tables that read
// the filled one (notice_columns.h, forms.h, report_forms.h), with what to tell them of each.
// Pure. Read next: node/web/template_file.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/office/forms.h"
#include "schemas/result.h"

namespace xianjie::node {

struct TemplateColumn {
  std::string_view word, zh;
  FieldType type = FieldType::kText;
  bool required = false;
  std::size_t characters_max = 0;
  std::vector<std::string> choices;  // in Chinese; empty: open
  std::string expects;               // in Chinese, for whoever fills it in
  std::string example;               // of nobody
};
struct FileTemplate {
  std::vector<TemplateColumn> columns;
  std::vector<std::vector<std::string>> rows;  // that stand there already: a report's items
};

// `subject` in either language: only its columns. "": the columns of all subjects, needed where
// all need them. Reports: "" their figures, "persons" the detail. kRefused: a kind that is not
// handed in as a file, or has no such subject.
Result<FileTemplate> file_template(Kind kind, std::string_view subject);

}  // namespace xianjie::node
