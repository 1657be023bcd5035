// Why a whole spreadsheet is refused, in the words that several of its readers need.
#pragma once

#include "schemas/result.h"

namespace xianjie::adapters {

inline std::unexpected<Error> damaged_sheet() {
  return refused(
      "malformed: the spreadsheet is damaged or was copied in part; open it, save it as .xlsx and "
      "hand it in again");
}
inline std::unexpected<Error> locked_sheet() {
  return refused(
      "malformed: the spreadsheet is protected by a password; open it, take the password off, save "
      "it and hand it in again");
}
inline std::unexpected<Error> no_workbook() {
  return refused(
      "malformed: the file is no Excel workbook (.xlsx, or .xls of Excel 97 or later); open it, "
      "save it as .xlsx and hand it in again");
}
inline std::unexpected<Error> too_much_text() {
  return refused("too_long: the workbook holds more than a submission; divide it");
}

}  // namespace xianjie::adapters
