// The bodies of crypto/merkle.h's templates; included by it alone.
//
// RFC 6962 splits n leaves at the largest power of two below n. Pairing level by level, an odd last
// node climbing unchanged, gives the same tree: that is what both functions below walk.
#pragma once

#include "schemas/result.h"

namespace xianjie::crypto {

template <class H>
MerkleTree<H>::MerkleTree(std::vector<Hash> leaves) {
  levels_.push_back(std::move(leaves));
  while (levels_.back().size() > 1) {
    const std::vector<Hash>& below = levels_.back();
    std::vector<Hash> level;
    level.reserve((below.size() + 1) / 2);
    for (std::size_t k = 0; k + 1 < below.size(); k += 2)
      level.push_back(H::node(below[k], below[k + 1]));
    if (below.size() % 2 == 1) level.push_back(below.back());
    levels_.push_back(std::move(level));
  }
}

template <class H>
Hash MerkleTree<H>::root() const {
  return levels_.back().empty() ? H::empty() : levels_.back().front();
}

template <class H>
std::vector<Hash> MerkleTree<H>::path(std::size_t index) const {
  XJ_CHECK(index < levels_.front().size());
  std::vector<Hash> out;
  out.reserve(levels_.size());
  for (const std::vector<Hash>& level : levels_) {
    const std::size_t sibling = index ^ 1;
    if (sibling < level.size()) out.push_back(level[sibling]);
    index /= 2;
  }
  return out;
}

template <class H>
std::optional<Hash> MerkleTree<H>::root_from_path(const Hash& leaf, std::size_t index,
                                                  std::size_t count, std::span<const Hash> path) {
  if (index >= count) return std::nullopt;
  Hash here = leaf;
  for (; count > 1; index /= 2, count = (count + 1) / 2) {
    if ((index ^ 1) >= count) continue;
    if (path.empty()) return std::nullopt;
    here = index % 2 == 1 ? H::node(path.front(), here) : H::node(here, path.front());
    path = path.subspan(1);
  }
  if (!path.empty()) return std::nullopt;
  return here;
}

}  // namespace xianjie::crypto
