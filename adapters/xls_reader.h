// .xls of Excel 97 to 2003 (BIFF8, [MS-XLS]): the rows of its first sheet that holds anything.
// Own code, because libfreexl 1.0.6 leaves cells with formulas empty without a word, takes true and
// false for 1 and 0, does not say which sheet is hidden, and wants a file on disk.
// Read next: compound_file.h, biff_text.h.
#pragma once

#include "adapters/spreadsheet.h"

namespace xianjie::adapters {

Result<SheetTexts> read_xls(ByteView bytes, const SheetLimits& limits);

}  // namespace xianjie::adapters
