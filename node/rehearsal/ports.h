// Loopback ports for daemons that may die and come back. A port is bound once, to a free one, and
// the binding is kept, never listening, until the rehearsal ends: neither another program nor an
// outgoing connection can take the port while its daemon is down, and the daemon, which sets
// SO_REUSEADDR as libzmq does, can still listen on it.
#pragma once

#include <cstdint>

#include "adapters/files.h"
#include "schemas/result.h"

namespace xianjie::node::rehearsal {

struct ReservedPort {
  adapters::Fd binding;
  std::uint16_t number = 0;
};
Result<ReservedPort> reserve_port();

}  // namespace xianjie::node::rehearsal
