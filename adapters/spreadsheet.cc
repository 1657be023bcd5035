#include "adapters/spreadsheet.h"

#include "adapters/xls_reader.h"
#include "adapters/xlsx_reader.h"

namespace xianjie::adapters {
namespace {

constexpr std::string_view kZip{"PK\3\4", 4}, kEmptyZip{"PK\5\6", 4};
constexpr std::string_view kCompound{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8};

}  // namespace

bool is_spreadsheet(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  return text.starts_with(kZip) || text.starts_with(kEmptyZip) || text.starts_with(kCompound);
}

Result<SheetTexts> read_spreadsheet(ByteView bytes, const SheetLimits& limits) {
  if (as_text(bytes).starts_with(kCompound)) return read_xls(bytes, limits);
  return read_xlsx(bytes, limits);
}

}  // namespace xianjie::adapters
