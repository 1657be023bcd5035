// An immutable snapshot of the office tree over a verified DirectoryFile, as it is at one moment:
// who exists, who stands under whom, who owns which code, which keys count when. Offices that have
// ended stay known, for what they signed and for what still comes from them; nothing is addressed
// to them. Cheap to copy (shared), safe from any thread. The sense of the tree is checked on
// opening: one root, no cycle, known parents, no code owned twice, no link key used twice.
// kRefused, naming the office, where it does not hold. Read next: route.h.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "routing/code_changes.h"
#include "schemas/directory.h"
#include "schemas/ids.h"
#include "schemas/result.h"
#include "schemas/trust.h"

namespace xianjie::routing {

// Revoked, and `at` not before the revocation; one without a moment never counted.
[[nodiscard]] bool is_revoked(const OfficeKeySet& key, WallTime at);
// Not revoked then, and `at` in [valid_from, valid_until).
[[nodiscard]] bool is_valid(const OfficeKeySet& key, WallTime at);

class Directory {
 public:
  // `denials` revoke keys on top of what the file says (schemas/trust.h). Planned changes up to
  // `at` are in force.
  static Result<Directory> open(DirectoryFile file, std::vector<DenialBody> denials = {},
                                WallTime at = {});
  // Whether the tree makes sense at every moment of its planned changes too.
  static Result<> check_all(const DirectoryFile& file);

  [[nodiscard]] const DirectoryHeader& header() const;
  [[nodiscard]] std::span<const DenialBody> denials() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool contains(OfficeId office) const;
  [[nodiscard]] std::optional<OfficeRecord> find(OfficeId office) const;  // a copy of the entry
  [[nodiscard]] OfficeId parent(OfficeId office) const;                 // not set: root or unknown
  [[nodiscard]] std::vector<OfficeId> children(OfficeId office) const;  // sorted; none that ended
  // Ended: merged or closed. It keeps its link to the office above, to give away what it has.
  [[nodiscard]] bool has_ended(OfficeId office) const;
  // Who has what it had; the office itself where it has not ended.
  [[nodiscard]] OfficeId successor(OfficeId office) const;
  // When the newest change in force came into it; not set: there is none.
  [[nodiscard]] WallTime last_change() const;
  // When the next planned change comes into force; not set: none is planned.
  [[nodiscard]] WallTime next_change() const;
  // Parent, children, laterals, and for a province the other provinces: who may hold a link to it.
  [[nodiscard]] std::vector<OfficeId> neighbours(OfficeId office) const;  // sorted, distinct
  [[nodiscard]] bool are_neighbours(OfficeId a, OfficeId b) const;
  // Children until a change in force moved them. One that was away on that day still dials this
  // office, and hears of the change from it.
  [[nodiscard]] std::vector<OfficeId> former_children(OfficeId office) const;
  // The child dials; between laterals and provinces the lower id.
  [[nodiscard]] bool dials(OfficeId from, OfficeId to) const;
  [[nodiscard]] OfficeId owner_of(std::uint32_t code) const;  // not set: nobody
  // The holders' official list over the built-in table.
  [[nodiscard]] const CodeChanges& code_changes() const;
  [[nodiscard]] std::vector<OfficeId> find_by_name(std::string_view name) const;
  [[nodiscard]] std::vector<OfficeId> all() const;  // sorted

  // A key set by its number, valid or not: ask is_valid(). An office's newest key set valid at a
  // time.
  [[nodiscard]] std::optional<OfficeKeySet> key(OfficeId office, KeyId id) const;
  [[nodiscard]] std::optional<OfficeKeySet> newest_key(OfficeId office, WallTime at) const;
  // Since when a key set is revoked; empty: it is not, or nobody knows it. Cheap: few ever are.
  [[nodiscard]] std::optional<WallTime> revocation(OfficeId office, KeyId id) const;
  struct Revocation {
    OfficeId office;
    KeyId key;
    WallTime at;  // not set: it never counted
    friend auto operator<=>(const Revocation&, const Revocation&) = default;
  };
  [[nodiscard]] std::span<const Revocation> revocations() const;  // by office, then key
  // For ZAP. Not set: unknown, or revoked at some time. Validity in time is for the caller, who has
  // the clock.
  [[nodiscard]] OfficeId owner_of_link_key(const PublicKey& curve) const;
  // The same for revoked keys too, to tell "revoked" (400) from "unknown" (300).
  [[nodiscard]] std::optional<std::pair<OfficeId, KeyId>> find_link_key(
      const PublicKey& curve) const;

  // Everything that routing depends on (codes table digest, offices' ids, parents, codes, kinds),
  // in canonical order; not keys, not ports. The caller hashes it: crypto and routing do not know
  // each other.
  void write_digest_input(const std::function<void(ByteView)>& sink) const;

 private:
  Directory() = default;
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace xianjie::routing
