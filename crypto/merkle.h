// The tree of RFC 6962 section 2.1, its hash a parameter: SHA-256 in the tests against the RFC's
// vectors, BLAKE2b-256 on the wire. A leaf here is already a hash of what it stands for.
//   Hash2 must provide  static Hash leaf(ByteView)  = H(0x00 ‖ data)
//                  and  static Hash node(l, r)      = H(0x01 ‖ l ‖ r).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "schemas/bytes.h"

namespace xianjie::crypto {

struct Blake2bTree {
  static Hash leaf(ByteView data);
  static Hash node(const Hash& left, const Hash& right);
  static Hash empty();  // H of nothing
};

template <class H>
class MerkleTree {
 public:
  explicit MerkleTree(std::vector<Hash> leaves);  // leaf hashes, in order; keeps all levels
  [[nodiscard]] Hash root() const;                // H::empty() for no leaves
  [[nodiscard]] std::vector<Hash> path(std::size_t index) const;  // leaf to root; index < count

  // The root that `leaf` at `index` of `count` has with this path; empty where the path has
  // another length.
  static std::optional<Hash> root_from_path(const Hash& leaf, std::size_t index, std::size_t count,
                                            std::span<const Hash> path);

 private:
  std::vector<std::vector<Hash>> levels_;
};

}  // namespace xianjie::crypto

#include "crypto/merkle_inl.h"
