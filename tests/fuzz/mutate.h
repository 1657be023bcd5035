// Deterministic damage to an input: the kinds that wire, disk and hands do to bytes. Not a fuzzer:
// it knows nothing of what a target made of the last input.
#pragma once

#include <span>

#include "schemas/bytes.h"
#include "tests/support/seeded_random.h"

namespace xianjie::fuzz {

// One to four changes. `others`: what pieces may be taken from, as a corpus folder's other files.
Bytes mutated(Bytes bytes, std::span<const Bytes> others, tests::SeededRandom& random);

}  // namespace xianjie::fuzz
