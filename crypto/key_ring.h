// All key sets of one office whose secrets are still here; one of them is the current one, which
// signs and links. Opening takes whichever the envelope names. Copies share the secrets. Which one
// is current follows from the directory and the time: broker/own_keys.h decides, use() obeys.
#pragma once

#include <memory>
#include <vector>

#include "crypto/keys.h"

namespace xianjie::crypto {

class KeyRing {
 public:
  // A ring of one, which it is current for ever. `one` must outlive the ring and its copies.
  KeyRing(const OfficeKeys& one);  // NOLINT(google-explicit-constructor): a key set is a ring
  // At least one set, all of one office, distinct numbers, no secret twice. The highest number is
  // current until use().
  static Result<KeyRing> make(std::vector<OfficeKeys> sets);

  [[nodiscard]] OfficeId office() const { return current().office(); }
  [[nodiscard]] const OfficeKeys& current() const { return *sets_[current_]; }
  [[nodiscard]] const OfficeKeys* find(KeyId id) const;  // null: its secrets are not here
  [[nodiscard]] std::vector<KeyId> ids() const;          // rising
  // For duplicates and submission ids: the oldest set's, so that a new set forgets no duplicate.
  // `xianjie keys rotate` gives every next set the same one.
  [[nodiscard]] ByteView local_key() const { return sets_.front()->local_key(); }

  bool use(KeyId id);  // false: not here; nothing changes

 private:
  KeyRing() = default;
  std::vector<std::shared_ptr<const OfficeKeys>> sets_;  // by rising number
  std::size_t current_ = 0;
};

}  // namespace xianjie::crypto
