// Randomness is an argument. The system's source is in adapters; tests and the simulator bring a
// seeded one, so that every run can be repeated.
#pragma once

#include <span>

#include "schemas/bytes.h"

namespace xianjie::crypto {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  std::uint64_t u64() {
    std::array<std::uint8_t, 8> raw{};
    fill(raw);
    return Decoder(raw).u64();
  }
  // Uniform in [0, bound); bound > 0. The modulo bias is below 2^-32 for bounds below 2^32.
  std::uint64_t below(std::uint64_t bound) { return u64() % bound; }
};

}  // namespace xianjie::crypto
