#include "node/cli/directory_source.h"

#include <algorithm>

#include "adapters/files.h"
#include "crypto/statement.h"
#include "schemas/limits.h"

namespace xianjie::node::cli {
namespace {

constexpr std::size_t kFileBytesMax = kBundleBytesMax;

bool is_signed_directory(ByteView bytes) {  // the file identifier of fbs/directory.fbs
  return bytes.size() >= 8 && as_text(bytes.subspan(4, 4)) == "XJSD";
}

std::unexpected<Error> at(const std::string& file, const Error& error) {
  return fail(error.code, file + ": " + error.text);
}

Result<DirectorySource> open_body(Bytes body) {
  DirectorySource out;
  out.body = body;
  XJ_TRY(auto contents, DirectoryFile::open(std::move(body)));
  XJ_TRY(auto directory, routing::Directory::open(std::move(contents)));
  out.snapshot = broker::DirectorySnapshot::make(std::move(directory));
  return out;
}

Result<DirectorySource> open_bundle(ByteView bytes, const std::string& fingerprint) {
  XJ_TRY(const DirectoryBundle bundle, decode_directory_bundle(bytes));
  if (bundle.roots.empty()) return refused("holds no root, only news for those who have one");
  Hash anchor = crypto::fingerprint(bundle.roots.front());
  if (!fingerprint.empty()) {
    XJ_TRY(anchor, parse_fingerprint(fingerprint));
  }
  XJ_TRY(crypto::Trust trust, crypto::Trust::open(bundle, anchor));
  if (!trust.has_snapshot()) return refused("holds a root and no list of offices yet");
  XJ_TRY(auto file, DirectoryFile::open(trust.snapshot_body()));
  XJ_TRY(auto directory, routing::Directory::open(std::move(file), trust.denials()));
  DirectorySource out;
  out.body = trust.snapshot_body();
  out.snapshot = broker::DirectorySnapshot::make(std::move(directory));
  out.signatures = fingerprint.empty() ? "not verified" : "verified";
  out.trust = std::move(trust);
  return out;
}

Result<DirectorySource> open_signed(ByteView bytes, const std::string& fingerprint) {
  if (!fingerprint.empty())
    return refused(
        "a list of offices without its root; `xianjie directory publish` puts them "
        "together");
  XJ_TRY(SignedDirectory file, decode_signed_directory(bytes));
  XJ_TRY(auto out, open_body(std::move(file.body)));
  out.signatures = "not verified";
  return out;
}

Result<DirectorySource> open_nation(ByteView bytes, const std::string& fingerprint) {
  if (!fingerprint.empty()) return refused("holders sign directories; this is none");
  XJ_TRY(adapters::Nation nation, adapters::parse_nation(as_text(bytes)));
  DirectoryContents contents;
  contents.header.version = 1;
  contents.header.created = WallTime{1};
  contents.header.valid_until = WallTime{kWallTimeMsMax};
  contents.offices = std::move(nation.offices);
  XJ_TRY(auto out, open_body(encode_directory_body(contents)));
  out.is_nation_file = true;
  out.signatures = "nation file";
  out.warnings = std::move(nation.warnings);
  return out;
}

}  // namespace

Result<Hash> parse_fingerprint(const std::string& hex) {
  const auto bytes = from_hex(hex);
  Hash out{};
  if (!bytes || bytes->size() != out.size())
    return refused("fingerprint: 64 hex digits, as holders publish them");
  std::ranges::copy(*bytes, out.begin());
  return out;
}

Result<DirectorySource> load_directory_source(const std::string& file,
                                              const std::string& fingerprint) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kFileBytesMax));
  auto source = is_directory_bundle(bytes)   ? open_bundle(bytes, fingerprint)
                : is_signed_directory(bytes) ? open_signed(bytes, fingerprint)
                                             : open_nation(bytes, fingerprint);
  if (!source) return at(file, source.error());
  return source;
}

Result<std::optional<DirectoryBundle>> load_bundle(const std::string& file) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kFileBytesMax));
  if (!is_directory_bundle(bytes)) return std::optional<DirectoryBundle>{};
  auto bundle = decode_directory_bundle(bytes);
  if (!bundle) return at(file, bundle.error());
  return std::optional(std::move(*bundle));
}

Result<adapters::Nation> load_nation(const std::string& file) {
  XJ_TRY(const Bytes bytes, adapters::read_file(file, kFileBytesMax));
  auto nation = adapters::parse_nation(as_text(bytes));
  if (!nation) return at(file, nation.error());
  return nation;
}

}  // namespace xianjie::node::cli
