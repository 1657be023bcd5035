// The first directory of a nation, in bulk: its nation file, the public keys that offices handed in
// (`keys show`), and the channels between them. What joins later comes as a request
// (node/holders/request.h).
#pragma once

#include <string>
#include <vector>

#include "schemas/directory.h"
#include "schemas/result.h"

namespace xianjie::node::cli {

struct DraftOptions {
  std::string offices;                 // nation file
  std::vector<std::string> keys_json;  // one JSON object a line, any number of lines
  std::string channels;                // JSON {office: {class, endpoint, networks, interface}}; ""
  std::string holidays;                // CSV: date, holiday or working; ""
  std::uint64_t version = 0;
  bool rehearsal = false;
  std::uint32_t valid_days = 30;      // 0: open, in a rehearsal only
  std::vector<std::string> requests;  // files of requests, each approved; beside keys_json
  std::string output;
};

struct BulkDraft {
  DirectoryContents contents;
  std::vector<std::string> warnings;
};
// Refuses what routing::Directory would refuse.
Result<BulkDraft> draft_directory(const DraftOptions& options, WallTime created);

}  // namespace xianjie::node::cli
