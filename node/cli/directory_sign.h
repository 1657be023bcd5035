// A signed directory out of what its holders keep: the nation file, the public keys that offices
// handed in (`keys show`), and the channels between them.
#pragma once

#include <string>
#include <vector>

#include "schemas/directory.h"
#include "schemas/result.h"

namespace xianjie::node::cli {

struct SignOptions {
  std::string offices;                 // nation file
  std::vector<std::string> keys_json;  // one JSON object a line, any number of lines
  std::string channels;                // JSON {office: {class, endpoint, networks, interface}}; ""
  std::string holidays;                // CSV: date, holiday or working; ""
  std::vector<std::string> holder_keys;
  std::uint64_t version = 0;
  bool rehearsal = false;
  std::uint32_t valid_days = 0;  // 0: open
  std::string output;
};

struct DirectoryDraft {
  DirectoryContents contents;
  std::vector<std::string> warnings;
};
// Everything but the signatures; refuses what routing::Directory would refuse.
Result<DirectoryDraft> draft_directory(const SignOptions& options, WallTime created);

// Signs with every holder key and writes the file; `earlier` are signatures it already has.
Result<SignedDirectory> sign_directory_file(Bytes body, std::vector<DirectorySignature> earlier,
                                            const std::vector<std::string>& holder_keys,
                                            const std::string& output);

}  // namespace xianjie::node::cli
