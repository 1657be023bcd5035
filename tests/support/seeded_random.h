// Randomness that repeats: splitmix64 from a seed. For tests, the model and the simulator; the same
// seed yields the same bytes on every machine.
#pragma once

#include "crypto/random.h"

namespace xianjie::tests {

class SeededRandom : public crypto::Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  void fill(std::span<std::uint8_t> out) override {
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < out.size(); ++k) {
      if (k % 8 == 0) word = next();
      out[k] = static_cast<std::uint8_t>(word >> (56 - 8 * (k % 8)));
    }
  }

 private:
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

}  // namespace xianjie::tests
