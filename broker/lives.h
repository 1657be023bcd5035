// Which life of a neighbour's store speaks? A store counts its starts (`boot`), each process is
// random (`instance`), and its greatest batch number only goes up. What a neighbour said last is
// remembered durably, so that a store put back from a backup is noticed where it cannot know it
// itself, and a second machine with the same identity where the first one still lives. The rules,
// pure; lives.cc applies them to links. What the office concerned then does: recalls.cc.
#pragma once

#include "broker/tables.h"
#include "schemas/link.h"

namespace xianjie::broker {

enum class Meeting : std::uint8_t {
  kSame,   // the process that is known
  kLate,   // a hello of it from before it became a new store: overtaken on its way
  kNext,   // a later start of the store that is known, or a new store
  kOlder,  // a start of a store that has been further already: a restored backup, an old image
};
// `hello` against the newest life known of its office. Hellos that say nothing of lives pass.
Meeting meet(const PeerLife& known, const Hello& hello);

// What is known once it has been let in.
PeerLife life_after(const PeerLife& known, const Hello& hello);

// The first number for sealing of a process that begins to lease (DESIGN section 3: a number never
// comes again, whatever was restored). From a trusted clock: its milliseconds, which no earlier
// process can have had; else, or where the store is ahead of that, 2^40 numbers at random beyond
// what the store has leased. `random`: of this process.
std::uint64_t first_seal_batch(std::uint64_t leased, const Now& now, std::uint64_t random);

}  // namespace xianjie::broker
