// Which channels the signed directory gives two offices between them. What such a channel is worth
// is proved at every connect (adapters/channel_proof.h); here stands what it could be at most.
#pragma once

#include <vector>

#include "routing/directory.h"
#include "schemas/vocabulary.h"

namespace xianjie::routing {

// The ZeroMQ channels of `self` that lead to `peer`, best first: those of a class that both have;
// where they have none in common, the lowest of `self`. Empty: one of them has none.
std::vector<ChannelClass> channels_between(const Directory& directory, OfficeId self,
                                           OfficeId peer);

// The best class that a link between the two can have; not set: the directory gives them none.
std::optional<ChannelClass> best_class_between(const Directory& directory, OfficeId a, OfficeId b);

}  // namespace xianjie::routing
