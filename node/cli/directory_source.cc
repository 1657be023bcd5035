#include "node/cli/directory_source.h"

#include <algorithm>

#include "adapters/files.h"
#include "crypto/statement.h"
#include "schemas/limits.h"

namespace xianjie::node::cli {
namespace {

constexpr std::size_t kFileBytesMax = kDirectoryBytesMax + 16 * 1024;

bool is_signed_directory(ByteView bytes) {  // the file identifier of fbs/directory.fbs
  return bytes.size() >= 8 && as_text(bytes.subspan(4, 4)) == "XJSD";
}

std::unexpected<Error> at(const std::string& file, const Error& error) {
  return fail(error.code, file + ": " + error.text);
}

Result<std::shared_ptr<const broker::DirectorySnapshot>> open_body(Bytes body) {
  XJ_TRY(auto contents, DirectoryFile::open(std::move(body)));
  XJ_TRY(auto directory, routing::Directory::open(std::move(contents)));
  return broker::DirectorySnapshot::make(std::move(directory));
}

Result<DirectorySource> open_signed(ByteView bytes, const Holders& holders) {
  XJ_TRY(SignedDirectory file, decode_signed_directory(bytes));
  DirectorySource out;
  out.signatures = "not verified";
  if (!holders.keys.empty()) {
    XJ_TRY_VOID(crypto::verify_directory(file, holders.keys, holders.threshold));
    out.signatures = "verified";
  }
  XJ_TRY(out.snapshot, open_body(std::move(file.body)));
  return out;
}

Result<DirectorySource> open_nation(ByteView bytes, const Holders& holders) {
  if (!holders.keys.empty()) return refused("holders sign directories; this is none");
  XJ_TRY(adapters::Nation nation, adapters::parse_nation(as_text(bytes)));
  DirectorySource out;
  out.is_nation_file = true;
  out.signatures = "nation file";
  out.warnings = std::move(nation.warnings);
  DirectoryContents contents;
  contents.header.version = 1;
  contents.header.created = WallTime{1};
  contents.header.valid_until = WallTime{kWallTimeMsMax};
  contents.offices = std::move(nation.offices);
  XJ_TRY(out.snapshot, open_body(encode_directory_body(contents)));
  return out;
}

}  // namespace

Result<std::vector<PublicKey>> parse_public_keys(const std::vector<std::string>& hex) {
  std::vector<PublicKey> out;
  for (const std::string& text : hex) {
    const auto bytes = from_hex(text);
    PublicKey key{};
    if (!bytes || bytes->size() != key.size())
      return refused("holder: 64 hex digits each, as `xianjie directory holder-key` prints them");
    std::ranges::copy(*bytes, key.begin());
    out.push_back(key);
  }
  return out;
}

Result<DirectorySource> load_directory_source(const std::string& file, const Holders& holders) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kFileBytesMax));
  auto source =
      is_signed_directory(bytes) ? open_signed(bytes, holders) : open_nation(bytes, holders);
  if (!source) return at(file, source.error());
  return source;
}

Result<adapters::Nation> load_nation(const std::string& file) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kFileBytesMax));
  auto nation = adapters::parse_nation(as_text(bytes));
  if (!nation) return at(file, nation.error());
  return nation;
}

}  // namespace xianjie::node::cli
