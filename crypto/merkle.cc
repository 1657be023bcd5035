#include "crypto/merkle.h"

#include "crypto/hash.h"

namespace xianjie::crypto {
namespace {

constexpr std::array<std::uint8_t, 1> kLeafPrefix{0};

}  // namespace

Hash Blake2bTree::leaf(ByteView data) {
  return hash({kLeafPrefix, data});
}

Hash Blake2bTree::node(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 65> message;
  message[0] = 1;
  std::memcpy(message.data() + 1, left.data(), left.size());
  std::memcpy(message.data() + 33, right.data(), right.size());
  return hash(message);
}

Hash Blake2bTree::empty() {
  return hash(ByteView{});
}

}  // namespace xianjie::crypto
