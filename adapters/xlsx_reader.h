// .xlsx: the rows of its first sheet that holds anything. Read next: xlsx_book.h, xml_slices.h.
#pragma once

#include "adapters/spreadsheet.h"

namespace xianjie::adapters {

Result<SheetTexts> read_xlsx(ByteView bytes, const SheetLimits& limits);

}  // namespace xianjie::adapters
