// The nation file. What the importer takes must also make a directory that opens.
#include "adapters/nation_file.h"

#include <algorithm>

#include "routing/directory.h"
#include "schemas/text.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xianjie;

// The directory's own limits are told when it is made, not by the importer.
bool within_limits(const OfficeRecord& office) {
  return office.name.size() <= 256 && is_utf8(office.name) && office.laterals.size() <= 64;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto nation = adapters::parse_nation(as_text({data, size}));
  if (!nation) {
    XJ_CHECK(nation.error().code == ErrorCode::kRefused && !nation.error().text.empty());
    XJ_CHECK(nation.error().text.find('\n') == std::string::npos);
    return 0;
  }
  fuzz::note_accepted();
  for (const std::string& warning : nation->warnings)
    XJ_CHECK(warning.starts_with("line ") && warning.find('\n') == std::string::npos);
  const bool opens = std::ranges::all_of(nation->offices, within_limits);
  DirectoryContents contents;
  contents.header.version = 1;
  contents.header.created = {1};
  contents.offices = std::move(nation->offices);
  auto file = DirectoryFile::open(encode_directory_body(contents));
  XJ_CHECK(file.has_value() == opens);
  XJ_CHECK(!file || routing::Directory::open(std::move(*file)).has_value());
  return 0;
}
