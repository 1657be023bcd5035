// What a broker remembers of its neighbours and of the links to them while the process lives: one
// link a channel, one queue a neighbour. Nothing here is durable: after a restart outstanding
// batches are read from `batches` and sent again under their numbers over whichever channel comes
// up, and a receiver that took them answers with the acknowledgement it kept.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/tables.h"
#include "schemas/ids.h"
#include "schemas/limits.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie::broker {

// The channel's name is the class that the directory gives it at this end; what it is worth is
// Link::channel_class.
struct LinkId {
  OfficeId neighbour;
  ChannelClass channel = ChannelClass::kPublic;
  friend auto operator<=>(const LinkId&, const LinkId&) = default;
};

struct Outstanding {
  std::size_t bytes = 0;
  Instant sent;         // last time
  bool resend = false;  // at once, the link has come up again
  int tries = 1;
  bool gated = true;  // holds mail of a monthly gate; after a restart that is not known: true
};

struct RecordsSent {
  std::vector<std::uint64_t> seqs;  // in `records`
  Instant sent;
};

// Chunks of one envelope that were asked for.
struct Pull {
  EnvelopeKey key;
  std::size_t awaited = 0;  // of the last asking
  Instant asked;
  int tries = 0;  // without any coming
};

// A hello of another process of a neighbour, while one of it speaks already (lives.h).
struct Rival {
  ChannelClass channel = ChannelClass::kPublic;
  std::uint64_t connection = 0;
  Hello hello;
  std::uint64_t nonce = 0;  // of the ping that the one before has to answer
  Instant asked, pinged;
};

struct Link {
  bool up = false;       // the transport says so
  bool greeted = false;  // a hello came over this connection
  Instant hello_sent;    // the last one that asked for an answer; repeated until greeted
  bool met = false;      // ever, in this process
  ChannelClass own_class = ChannelClass::kPublic;
  Proof proof = Proof::kProved;
  ChannelClass channel_class = ChannelClass::kPublic;  // the lower of both ends
  std::uint64_t peer_epoch = 0;
  std::uint64_t instance = 0;  // of the process that greeted
  std::uint64_t peer_directory_version = 0;
  bool digest_differs = false;
  std::uint64_t window = 0;  // bytes the peer takes unacknowledged
  std::uint64_t outstanding_bytes = 0;
  std::map<std::uint64_t, Outstanding> outstanding;  // by batch number
  Instant blocked_until;                             // after a refusal or deferral
  int backoff = 0;
  std::uint64_t records_sent = 0;                    // records up to here were sent, or kept back
  std::map<std::uint64_t, RecordsSent> records_out;  // by the frame's number
  Instant progress;                                  // last frame that proved anything
  Duration round_trip{-1};                           // of the newest ping; negative: none yet
};

// Envelopes between this office and a neighbour since the process began; for people to look at.
struct Tally {
  std::uint64_t in = 0, out = 0, acknowledged = 0;
  std::uint64_t redelivered = 0;         // given again, without acknowledgement of the first time
  std::uint64_t duplicates_refused = 0;  // came again, and were known
};

struct Peer {
  std::map<ChannelClass, Link> links;
  Tally tally;
  std::vector<Rival> rivals;
  std::string identity;            // "clone" or "cloned", as it says of this office's identity
  std::optional<Instant> met_at;   // its first hello over a wire in this process
  WallTime gate_next;              // the first not_before still shut, as the last pump saw it
  bool work = false;               // something may be ready to leave
  bool queue_empty = false;        // the last look found nothing that may leave
  std::uint64_t epoch = 0;         // of its store, by the newest hello
  std::set<Period> manifests_due;  // to be compared with what was said, once all has left
  bool manifests_planned = false;  // the months of now are, or were, among them
  bool records_waiting = false;    // in `records`
  // Envelopes of large payloads that it has offered, and the one whose chunks are being asked for.
  std::set<EnvelopeKey> arriving;
  std::optional<Pull> pull;
  bool consigns = false;  // a disk or ferry has gone there, or come from there
  // Batches on their way by disk or ferry that may hold mail of a monthly gate.
  std::set<std::uint64_t> consigned_gated;
  // Batches whose channel went down, or that a restart found: the next channel that comes up takes
  // them over.
  std::map<std::uint64_t, Outstanding> loose;

  // The channel that mail leaves by now: the best of those that are up and greeted. Whatever a kind
  // may use at all, it may use the better ones too (routing/kinds.h); disks and ferries never carry
  // of themselves.
  [[nodiscard]] std::optional<ChannelClass> best() const;
  [[nodiscard]] std::size_t outstanding() const;  // batches, on all channels
};

}  // namespace xianjie::broker
