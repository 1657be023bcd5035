// What one turn knows of the world of offices: an immutable directory and its route digest.
#pragma once

#include <memory>

#include "routing/directory.h"
#include "schemas/bytes.h"

namespace xianjie::broker {

struct DirectorySnapshot {
  routing::Directory directory;
  Hash route_digest{};  // equal wherever codes, offices and kinds are equal

  static std::shared_ptr<const DirectorySnapshot> make(routing::Directory directory);
};

}  // namespace xianjie::broker
