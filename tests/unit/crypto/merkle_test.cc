#include "crypto/merkle.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "crypto/hash.h"

namespace xianjie::crypto {
namespace {

struct Sha256Tree {
  static Hash sha256(ByteView data) {
    Hash out;
    crypto_hash_sha256(out.data(), data.data(), data.size());
    return out;
  }
  static Hash leaf(ByteView data) { return sha256(Encoder().u8(0).raw(data).bytes()); }
  static Hash node(const Hash& left, const Hash& right) {
    return sha256(Encoder().u8(1).raw(left).raw(right).bytes());
  }
  static Hash empty() { return sha256({}); }
};

// The leaves and roots that implementations of RFC 6962 share as their test vectors.
constexpr std::array<std::string_view, 8> kLeaves{"",
                                                  "00",
                                                  "10",
                                                  "2021",
                                                  "3031",
                                                  "40414243",
                                                  "5051525354555657",
                                                  "606162636465666768696a6b6c6d6e6f"};
constexpr std::array<std::string_view, 8> kRoots{
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

template <class H>
std::vector<Hash> leaves(std::size_t count) {
  std::vector<Hash> out;
  for (std::size_t k = 0; k < count; ++k) out.push_back(H::leaf(*from_hex(kLeaves[k])));
  return out;
}

TEST(Merkle, Rfc6962Roots) {
  EXPECT_EQ(to_hex(MerkleTree<Sha256Tree>({}).root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t count = 1; count <= kRoots.size(); ++count)
    EXPECT_EQ(to_hex(MerkleTree<Sha256Tree>(leaves<Sha256Tree>(count)).root()), kRoots[count - 1]);
}

// Audit paths of the same vectors: index 0 and 5 of 8, 2 of 3, 1 of 5.
TEST(Merkle, Rfc6962Paths) {
  const auto path = [](std::size_t count, std::size_t index) {
    std::string text;
    for (const Hash& hash : MerkleTree<Sha256Tree>(leaves<Sha256Tree>(count)).path(index))
      text += to_hex(hash).substr(0, 16) + " ";
    return text;
  };
  EXPECT_EQ(path(1, 0), "");
  EXPECT_EQ(path(8, 0), "96a296d224f285c6 5f083f0a1a33ca07 6b47aaf29ee3c2af ");
  EXPECT_EQ(path(8, 5), "bc1a0643b12e4d2d ca854ea128ed050b d37ee418976dd957 ");
  EXPECT_EQ(path(3, 2), "fac54203e7cc696c ");
  EXPECT_EQ(path(5, 1), "6e340b9cffb37a98 5f083f0a1a33ca07 bc1a0643b12e4d2d ");
}

TEST(Merkle, OwnRootsUnderBlake2b) {
  EXPECT_EQ(Blake2bTree::empty(), hash(ByteView{}));
  // Made by a recursive implementation in Python (hashlib.blake2b), after the RFC's definition.
  const std::array<std::string_view, 8> own{
      "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314",
      "607844f4b0299f5c45d63dd035de1f8d697711c7f092b8fa82325f670f6d386a",
      "6ee5d7ded74104b2316b73f9843e14d16d9c5f553a39cbd7da7c3c8238fe0b0e",
      "dad1013557a71536d36ab10db2ea4847bed7ded78aa9d2682ffc0e221e758444",
      "a69507075082f2f7bd0e3e23bd31d7082c4c78ce98d87d897f7990eecf7d6ec5",
      "76840409bd8cc8be20c053d9569472d0bbea7b4f483cd5ae0624ef253c64f227",
      "ae8349a901b95ac305157e4ff4f5cf486653fed085ea4dd59a59c9375682933e",
      "59cc7108743d34853ea37ea07558da3407712c7f0fdb76e59753eb243e0c438e"};
  for (std::size_t count = 1; count <= own.size(); ++count)
    EXPECT_EQ(to_hex(MerkleTree<Blake2bTree>(leaves<Blake2bTree>(count)).root()), own[count - 1]);
}

TEST(Merkle, EveryPathLeadsToTheRoot) {
  using Tree = MerkleTree<Blake2bTree>;
  for (const std::size_t count : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 9U, 31U, 33U, 64U, 1000U, 1024U}) {
    std::vector<Hash> all;
    for (std::size_t k = 0; k < count; ++k)
      all.push_back(Blake2bTree::leaf(Encoder().u64(k).bytes()));
    const Tree tree(all);
    for (std::size_t k = 0; k < count; ++k) {
      const auto path = tree.path(k);
      EXPECT_LE(path.size(), 10U);
      ASSERT_EQ(Tree::root_from_path(all[k], k, count, path), tree.root()) << k << " of " << count;
    }
  }
}

TEST(Merkle, AnotherPlaceLengthOrHashLeadsElsewhere) {
  using Tree = MerkleTree<Blake2bTree>;
  const auto all = leaves<Blake2bTree>(7);
  const Tree tree(all);
  for (std::size_t k = 0; k < all.size(); ++k) {
    auto path = tree.path(k);
    for (std::size_t other = 0; other < 9; ++other) {
      if (other == k) continue;
      EXPECT_NE(Tree::root_from_path(all[k], other, 7, path), tree.root());
    }
    for (Hash& hash : path) {
      hash[31] ^= 1;
      EXPECT_NE(Tree::root_from_path(all[k], k, 7, path), tree.root());
      hash[31] ^= 1;
    }
    path.push_back({});
    EXPECT_FALSE(Tree::root_from_path(all[k], k, 7, path));
    path.pop_back();
    path.pop_back();
    EXPECT_FALSE(Tree::root_from_path(all[k], k, 7, path));
  }
  EXPECT_FALSE(Tree::root_from_path(all[0], 7, 7, {}));
  EXPECT_FALSE(Tree::root_from_path(all[0], 0, 0, {}));
}

}  // namespace
}  // namespace xianjie::crypto
