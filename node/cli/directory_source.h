// A directory as a command's FILE argument: a bundle as offices have it, whose root a command
// without configuration does not know; a signed list of offices alone, or a draft of one; or a
// nation file, which has no keys and channels yet.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/nation_file.h"
#include "broker/snapshot.h"
#include "crypto/trust.h"
#include "schemas/result.h"

namespace xianjie::node::cli {

// 64 hex digits, as holders publish them.
Result<Hash> parse_fingerprint(const std::string& hex);

struct DirectorySource {
  std::shared_ptr<const broker::DirectorySnapshot> snapshot;
  std::optional<crypto::Trust> trust;  // of a bundle
  Bytes body;                          // of the list of offices, encoded
  bool is_nation_file = false;
  std::string signatures;             // for people: "verified", "not verified", "nation file"
  std::vector<std::string> warnings;  // of a nation file
  [[nodiscard]] const routing::Directory& directory() const { return snapshot->directory; }
};

// `fingerprint` given: only a bundle that begins with this root is taken. Else a bundle begins with
// the first root that it holds.
Result<DirectorySource> load_directory_source(const std::string& file,
                                              const std::string& fingerprint = "");
// A bundle, or nothing where the file is none.
Result<std::optional<DirectoryBundle>> load_bundle(const std::string& file);
Result<adapters::Nation> load_nation(const std::string& file);

}  // namespace xianjie::node::cli
