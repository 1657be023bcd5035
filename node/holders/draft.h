// The next directory, before its holders sign it: made from the one before (or from a nation file)
// by edits, each of which is checked; finish() refuses what routing::Directory would refuse.
// Nothing here signs. Read next: request.h, crypto/trust.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/holders/request.h"
#include "schemas/directory.h"
#include "schemas/trust.h"

namespace xianjie::node::holders {

// Everything of a body, to be edited.
Result<DirectoryContents> contents_of(ByteView body);

// A draft of the version after `base`: created now, over after the snapshot's lifetime.
Result<DirectoryContents> next_draft(ByteView base, WallTime now,
                                     Duration lifetime = kSnapshotLifetime);

// Edits. Each names the office that it fails at. Moments must lie after `created`.
Result<> add(DirectoryContents& draft, const Request& request);
Result<> move(DirectoryContents& draft, OfficeId office, OfficeId parent, WallTime at);
Result<> merge(DirectoryContents& draft, OfficeId office, OfficeId into, WallTime at);
Result<> close(DirectoryContents& draft, OfficeId office, WallTime at);
Result<> give_code(DirectoryContents& draft, std::uint32_t code, OfficeId to, WallTime at);
Result<> revoke(DirectoryContents& draft, OfficeId office, KeyId key, WallTime at);
// CSV: code, name, from, to, successors (separated by spaces), source; a header line. Replaces rows
// of the same code. kRefused with the line. How many rows it read.
Result<std::size_t> import_codes(DirectoryContents& draft, std::string_view csv);

// The body to be signed.
Result<Bytes> finish(const DirectoryContents& draft);

// What differs between two directories, a line each: "township:610802001: key 2 added".
Result<std::vector<std::string>> differences(ByteView before, ByteView after);

// The next root after `previous` (none: the first), with those roles that are given replaced.
struct RootEdit {
  std::array<std::optional<RoleKeys>, kRoles> roles;
  bool rehearsal = false;  // of the first one
  Duration lifetime = kRootLifetime;
};
Result<RootBody> next_root(const std::optional<RootBody>& previous, const RootEdit& edit,
                           WallTime now);

}  // namespace xianjie::node::holders
