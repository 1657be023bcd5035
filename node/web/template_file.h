// Blank files to fill in and hand in again (node/office/template_columns.h). ID numbers, codes and
// dates are formatted as text, so that a spreadsheet program keeps every digit; closed choices are
// lists; a second sheet, 填写说明, says what each column wants.
#pragma once

#include <string_view>

#include "schemas/bytes.h"
#include "schemas/result.h"
#include "schemas/vocabulary.h"

namespace xianjie::node {

// kRefused: as file_template() says. kIo: no room in memory.
Result<Bytes> template_xlsx(Kind kind, std::string_view subject);
Result<Bytes> template_csv(Kind kind, std::string_view subject);  // UTF-8 with BOM, CRLF

}  // namespace xianjie::node
