#include "crypto/key_ring.h"

#include <algorithm>
#include <set>

namespace xianjie::crypto {

KeyRing::KeyRing(const OfficeKeys& one)
    : sets_{std::shared_ptr<const OfficeKeys>(std::shared_ptr<void>(), &one)} {}

Result<KeyRing> KeyRing::make(std::vector<OfficeKeys> sets) {
  if (sets.empty()) return refused("keys: no key file");
  KeyRing ring;
  for (OfficeKeys& one : sets)
    ring.sets_.push_back(std::make_shared<const OfficeKeys>(std::move(one)));
  std::ranges::sort(ring.sets_, {}, [](const auto& one) { return one->id(); });
  std::set<PublicKey> publics;
  for (std::size_t at = 0; at < ring.sets_.size(); ++at) {
    const OfficeKeys& one = *ring.sets_[at];
    if (one.office() != ring.sets_.front()->office())
      return refused("keys: of two offices, " + to_text(ring.sets_.front()->office()) + " and " +
                     to_text(one.office()));
    const std::string name = "keys: set " + std::to_string(one.id().number);
    if (at > 0 && one.id() == ring.sets_[at - 1]->id())
      return refused(name + " stands in two key files");
    for (const PublicKey& key : {one.signing_public(), one.sealing_public(), one.link_public()})
      if (!publics.insert(key).second) return refused(name + " has a key that another one has too");
  }
  ring.current_ = ring.sets_.size() - 1;
  return ring;
}

const OfficeKeys* KeyRing::find(KeyId id) const {
  const auto at = std::ranges::find_if(sets_, [&](const auto& one) { return one->id() == id; });
  return at == sets_.end() ? nullptr : at->get();
}

std::vector<KeyId> KeyRing::ids() const {
  std::vector<KeyId> out;
  for (const auto& one : sets_) out.push_back(one->id());
  return out;
}

bool KeyRing::use(KeyId id) {
  const auto at = std::ranges::find_if(sets_, [&](const auto& one) { return one->id() == id; });
  if (at == sets_.end()) return false;
  current_ = static_cast<std::size_t>(at - sets_.begin());
  return true;
}

}  // namespace xianjie::crypto
