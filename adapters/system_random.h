// crypto::Random from the kernel's generator. Thread-safe, without state.
#pragma once

#include "crypto/random.h"

namespace xianjie::adapters {

class SystemRandom final : public crypto::Random {
 public:
  // Blocks only before the kernel is seeded at boot. Aborts where the kernel has no generator.
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace xianjie::adapters
