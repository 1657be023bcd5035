#include "broker/own_keys.h"

#include <algorithm>

namespace xianjie::broker {
namespace {

bool same_keys(const crypto::OfficeKeys& secret, const OfficeKeySet& listed) {
  return secret.signing_public() == listed.signing && secret.sealing_public() == listed.sealing &&
         secret.link_public() == listed.link;
}

}  // namespace

std::string_view to_word(KeyState state) {
  switch (state) {
    case KeyState::kCurrent:
      return "current";
    case KeyState::kNext:
      return "next";
    case KeyState::kOld:
      return "old";
    case KeyState::kUnknown:
      return "unknown";
    case KeyState::kRevoked:
      return "revoked";
    case KeyState::kMissing:
      return "missing";
  }
  return "";
}

OwnKeys own_keys(const crypto::KeyRing& ring, const routing::Directory& directory, WallTime at) {
  OwnKeys out;
  const auto record = directory.find(ring.office());
  const std::vector<OfficeKeySet> listed = record ? record->keys : std::vector<OfficeKeySet>{};
  const auto changes_at = [&](WallTime when) {
    if (when > at && (!out.changes.is_set() || when < out.changes)) out.changes = when;
  };
  for (const KeyId id : ring.ids())
    if (std::ranges::none_of(listed, [&](const auto& key) { return key.id == id; }))
      out.sets.push_back({id, KeyState::kUnknown, {}, {}});
  for (const OfficeKeySet& key : listed) {
    const crypto::OfficeKeys* secret = ring.find(key.id);
    OwnKey own{key.id, KeyState::kOld, key.valid_from, key.valid_until};
    if (secret == nullptr) {
      own.state = KeyState::kMissing;
    } else if (!same_keys(*secret, key)) {
      own.state = KeyState::kUnknown;
    } else if (routing::is_revoked(key, at)) {
      own.state = KeyState::kRevoked;
      own.until = key.revoked_at;
    } else if (routing::is_valid(key, at)) {
      if (!out.current || *out.current < key.id) out.current = key.id;
    } else if (at < key.valid_from) {
      own.state = KeyState::kNext;
    }
    if (own.state == KeyState::kOld || own.state == KeyState::kNext) {
      changes_at(key.valid_from);
      changes_at(key.valid_until);
      if (key.revoked) changes_at(key.revoked_at);
    }
    out.sets.push_back(own);
  }
  for (OwnKey& own : out.sets)
    if (out.current == own.id) own.state = KeyState::kCurrent;
  std::ranges::sort(out.sets, {}, &OwnKey::id);
  return out;
}

}  // namespace xianjie::broker
