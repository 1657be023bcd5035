#include "node/daemon/handed_in.h"

#include <algorithm>

#include "adapters/spreadsheet.h"
#include "node/office/typed_text.h"

namespace xianjie::node {

std::expected<std::vector<RawRow>, NoticeRefusal> read_handed_in(ByteView bytes, FileOf file_of) {
  if (!adapters::is_spreadsheet(bytes)) {
    // Office systems like to give a web page the name .xls.
    if (trim(as_text(bytes.first(std::min<std::size_t>(bytes.size(), 64)))).starts_with('<'))
      return std::unexpected(NoticeRefusal{
          0, "file",
          "malformed: the file is a web page or XML, also where its name ends in .xls; open it in "
          "a spreadsheet program, save it as .xlsx and hand that in"});
    return read_notice_bytes(bytes, file_of);
  }
  auto cells = adapters::read_spreadsheet(bytes);
  if (!cells) return std::unexpected(NoticeRefusal{0, "file", std::move(cells.error().text)});
  return rows_of_sheet(std::move(*cells));
}

}  // namespace xianjie::node
