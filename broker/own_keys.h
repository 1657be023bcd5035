// What each of an office's own key sets is for, by the directory and the time. Pure. The current
// one is the newest that counts now and whose secrets are here; the broker turns to it by itself at
// the moment it begins (Broker::keys()).
#pragma once

#include <optional>
#include <vector>

#include "crypto/key_ring.h"
#include "routing/directory.h"

namespace xianjie::broker {

enum class KeyState : std::uint8_t {
  kCurrent,  // signs, links, opens
  kNext,     // counts from `from` on
  kOld,      // opens mail that was sealed to it; neighbours know it until `until`
  kUnknown,  // the directory does not hold it, or holds other keys under its number: never used
  kRevoked,  // opens what came before
  kMissing,  // the directory holds it, its key file is not here
};
std::string_view to_word(KeyState state);

struct OwnKey {
  KeyId id;
  KeyState state = KeyState::kUnknown;
  WallTime from, until;  // as the directory has them; revoked: `until` is the revocation
};
struct OwnKeys {
  std::vector<OwnKey> sets;  // by rising number
  std::optional<KeyId> current;
  WallTime changes;  // when the answer is another one by itself; not set: never
};
OwnKeys own_keys(const crypto::KeyRing& ring, const routing::Directory& directory, WallTime at);

}  // namespace xianjie::broker
