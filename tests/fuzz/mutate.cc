#include "tests/fuzz/mutate.h"

#include <algorithm>

namespace xianjie::fuzz {
namespace {

constexpr std::size_t kBytesMax = 16 * 1024;

std::uint8_t any_byte(tests::SeededRandom& random) {
  static constexpr std::uint8_t kTelling[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '"', ',', '=', '-'};
  if (random.below(2) == 0) return kTelling[random.below(std::size(kTelling))];
  return static_cast<std::uint8_t>(random.below(256));
}

// A length, count or offset, as FlatBuffers writes them.
void change_number(Bytes& bytes, std::size_t at, tests::SeededRandom& random) {
  const std::uint64_t value = random.below(4) == 0 ? ~random.below(16) : random.below(512);
  for (std::size_t k = 0; k < 4 && at + k < bytes.size(); ++k)
    bytes[at + k] = static_cast<std::uint8_t>(value >> (8 * k));
}

void insert_piece(Bytes& bytes, std::size_t at, ByteView from, tests::SeededRandom& random) {
  if (from.empty() || bytes.size() > kBytesMax) return;
  const std::size_t begin = random.below(from.size());
  const std::size_t size = 1 + random.below(std::min<std::size_t>(from.size() - begin, 64));
  const Bytes piece = to_bytes(from.subspan(begin, size));
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), piece.begin(), piece.end());
}

void erase_piece(Bytes& bytes, std::size_t at, tests::SeededRandom& random) {
  const std::size_t size = 1 + random.below(std::min<std::size_t>(bytes.size() - at, 32));
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
  bytes.erase(begin, begin + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

Bytes mutated(Bytes bytes, std::span<const Bytes> others, tests::SeededRandom& random) {
  const std::uint64_t times = 1 + random.below(4);
  for (std::uint64_t n = 0; n < times && !bytes.empty(); ++n) {
    const std::size_t at = random.below(bytes.size());
    switch (random.below(16)) {
      case 0:
        bytes.resize(at);
        break;
      case 1:
      case 2:
        erase_piece(bytes, at, random);
        break;
      case 3:
        insert_piece(bytes, at, Bytes(bytes), random);
        break;
      case 4:
        insert_piece(bytes, at, others[random.below(others.size())], random);
        break;
      case 5:
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), any_byte(random));
        break;
      case 6:
      case 7:
      case 8:
        change_number(bytes, at & ~std::size_t{3}, random);
        break;
      case 9:
      case 10:
      case 11:
        bytes[at] = any_byte(random);
        break;
      default:
        bytes[at] ^= static_cast<std::uint8_t>(1U << random.below(8));
    }
  }
  return bytes;
}

}  // namespace xianjie::fuzz
