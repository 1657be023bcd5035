// Which envelopes of this office match: a page of them at a time. Pure; header fields only.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "broker/store.h"
#include "broker/tables.h"

namespace xianjie::node {

inline constexpr std::size_t kEnvelopesPerPage = 1000, kEnvelopeRowsLooked = 100'000;

struct EnvelopeFilter {
  std::string state;  // as state_word() says it; "": whatever this office has in custody
  std::optional<Kind> kind;
  OfficeId neighbour, origin, destination;  // not set: any
};

struct EnvelopeFound {
  broker::EnvelopeKey key;
  broker::StateRow row;
  std::string state, reason;
};
struct EnvelopePage {
  std::vector<EnvelopeFound> found;
  std::string more;  // where the next page begins; "": this is the last
};
// At most `limit` of them behind `after` ("" or another page's `more`), at most kEnvelopeRowsLooked
// rows looked at: a page may be empty and yet not the last.
Result<EnvelopePage> find_envelopes(broker::ReadTxn& txn, const EnvelopeFilter& filter,
                                    const std::string& after, std::size_t limit, const Now& now);
// The first of those that wait for a neighbour, in the order in which they leave.
Result<EnvelopePage> peek_queue(broker::ReadTxn& txn, OfficeId neighbour, std::size_t limit,
                                const Now& now);
// {envelopes: [{id, origin, destination, kind, class, period, state, lane, neighbour, bytes, taken,
// changed, reason}], more}
nlohmann::json envelopes_view(const EnvelopePage& page);

}  // namespace xianjie::node
