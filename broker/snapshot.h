// What one turn knows of the world of offices: an immutable directory and its route digest.
#pragma once

#include <memory>

#include "routing/directory.h"
#include "schemas/bytes.h"
#include "schemas/time.h"

namespace xianjie::broker {

// Until when what is known of the directory counts (crypto/trust.h). Over is
// judged by a trusted clock only, and nothing is ever lost by it:
//   timestamp over   custody and forwarding go on, gates stay shut
//   snapshot over    custody goes on, nothing is forwarded
struct Freshness {
  WallTime timestamp_until{kWallTimeMsMax};
  WallTime snapshot_until{kWallTimeMsMax};
  WallTime root_until{kWallTimeMsMax};  // for people: the holders must make a new one before
  [[nodiscard]] bool gates(const Now& now) const {
    return now.wall_trusted && now.wall < timestamp_until && forwards(now);
  }
  [[nodiscard]] bool forwards(const Now& now) const {
    return !now.wall_trusted || now.wall < snapshot_until;
  }
  friend bool operator==(const Freshness&, const Freshness&) = default;
};

struct DirectorySnapshot {
  routing::Directory directory;
  Hash route_digest{};  // equal wherever codes, offices and kinds are equal
  Hash trust_digest{};  // of the version and the denials: whether an earlier verdict still holds

  static std::shared_ptr<const DirectorySnapshot> make(routing::Directory directory);
};

}  // namespace xianjie::broker
