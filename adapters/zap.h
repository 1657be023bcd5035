// Who may connect: the ZAP handler (rfc.zeromq.org/spec/27) of one ZeroMQ context, on a thread of
// its own, deciding by CURVE public key from an immutable table that can be swapped while it runs.
// - known: 200, User-Id = the key in hex; the office is looked up anew on every frame, so that a
//   key revoked later cuts its live connections too (PITFALLS, ZeroMQ 3)
// - revoked: 400, the dialling end gives up
// - else: 300, the dialling end tries again, for the key may be in our next directory
// Read next: zmq_guard.h, which makes sockets ask it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "adapters/zmq_notes.h"
#include "adapters/zmq_socket.h"
#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/result.h"

namespace xianjie::adapters {

inline constexpr std::string_view kZapDomain = "xianjie";

struct ZapTable {
  std::map<PublicKey, OfficeId> known;
  std::set<PublicKey> revoked;

  // The office of a User-Id that the handler gave; empty when the key counts no longer.
  [[nodiscard]] std::optional<OfficeId> office_of(std::string_view user_id) const;
};

class ZapHandler {
 public:
  // One per context: a second one is refused. `context` and `notes` must outlive the handler.
  static Result<std::unique_ptr<ZapHandler>> start(const ZmqContext& context,
                                                   std::shared_ptr<const ZapTable> table,
                                                   LinkNotes& notes);
  ~ZapHandler();  // stops the thread
  void swap(std::shared_ptr<const ZapTable> table);
  [[nodiscard]] std::shared_ptr<const ZapTable> table() const;

 private:
  struct Impl;
  explicit ZapHandler(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace xianjie::adapters
