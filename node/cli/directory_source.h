// A directory as a command's FILE argument: a signed directory, whose holders a command without
// configuration does not know, or a nation file, which has no keys and channels yet.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/nation_file.h"
#include "broker/snapshot.h"
#include "schemas/result.h"

namespace xianjie::node::cli {

struct Holders {
  std::vector<PublicKey> keys;  // empty: unknown
  std::size_t threshold = 1;
};
Result<std::vector<PublicKey>> parse_public_keys(const std::vector<std::string>& hex);

struct DirectorySource {
  std::shared_ptr<const broker::DirectorySnapshot> snapshot;
  bool is_nation_file = false;
  std::string signatures;             // for people: "verified", "not verified", "nation file"
  std::vector<std::string> warnings;  // of a nation file
  [[nodiscard]] const routing::Directory& directory() const { return snapshot->directory; }
};

// Holders given: their signatures are demanded, and a nation file is refused.
Result<DirectorySource> load_directory_source(const std::string& file, const Holders& holders);
Result<adapters::Nation> load_nation(const std::string& file);

}  // namespace xianjie::node::cli
