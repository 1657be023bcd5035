// What stands around the sheets of a .xlsx: which part is which sheet, formats of cells, the system
// of dates. Read next: xlsx_reader.h.
#pragma once

#include <optional>

#include "adapters/sheet_rows.h"
#include "adapters/zip_parts.h"

namespace xianjie::adapters {

struct XlsxBook {
  std::vector<std::string> sheets;    // parts, in the order of the tabs, hidden ones left out
  std::string strings;                // the part of shared strings, or ""
  std::vector<NumberFormat> formats;  // by a cell's style
  DateSystem dates = DateSystem::k1900;
};
Result<XlsxBook> read_xlsx_book(ZipParts& parts, const SheetLimits& limits);

// A relationship's target as the name of a part; `base`: the part that relates. Empty where it
// leaves the archive.
std::optional<std::string> resolve_part(std::string_view base, std::string_view target);

}  // namespace xianjie::adapters
