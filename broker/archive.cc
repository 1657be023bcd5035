#include "broker/archive.h"

#include "crypto/hash.h"

namespace xianjie::broker {

Hash chain_hash(const Hash& before, std::uint64_t number, const Hash& of_bytes) {
  return crypto::hash({before, Encoder().u64(number).bytes(), of_bytes});
}

}  // namespace xianjie::broker
