// How the directory travels over the bus: neighbours tell each other how far they know it, whoever
// is behind asks for what it lacks (a delta where the other has one), believes it by the rules of
// crypto/trust.h or leaves it, and tells its own neighbours. Pure like the broker, and beside it:
// it takes no custody and writes no rows; its caller keeps bundle() in a file.
//
//   up, or something newer ──> DirectoryNews ──> behind? DirectoryWanted ──> DirectoryPart …
//
// Read next: crypto/trust.h.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/event.h"
#include "broker/snapshot.h"
#include "crypto/trust.h"
#include "schemas/link.h"

namespace xianjie::broker {

struct SyncEffects {
  std::vector<Send> sends;
  bool changed = false;         // of what is believed: freshness() is to be looked at again
  bool snapshot_moved = false;  // snapshot() is another one
  bool keep = false;            // bundle() is to be written before anything is sent
  std::vector<std::string> refused, alarms;
};

class DirectorySync {
 public:
  // kRefused where the trusted directory makes no sense as a tree of offices, or there is none yet.
  // `at`: which planned changes are in force; not set where the clock is not trusted: none.
  static Result<DirectorySync> open(crypto::Trust trust, WallTime at = {});

  [[nodiscard]] const crypto::Trust& trust() const { return trust_; }
  [[nodiscard]] const std::shared_ptr<const DirectorySnapshot>& snapshot() const {
    return snapshot_;
  }
  [[nodiscard]] Freshness freshness() const;

  // Links by which a directory may travel; others are none of this one's business.
  SyncEffects on_up(LinkId link);
  void on_down(LinkId link);
  SyncEffects on_frame(LinkId link, const DirectoryNews& news, const Now& now);
  SyncEffects on_frame(LinkId link, const DirectoryWanted& wanted, const Now& now);
  SyncEffects on_frame(LinkId link, const DirectoryPart& part, const Now& now);
  // What came as a file, or was signed here.
  SyncEffects import(const DirectoryBundle& news, const Now& now);
  // Asks again what was not answered; brings into force what was planned for now.
  SyncEffects on_time(const Now& now);
  [[nodiscard]] WallTime next_change() const { return snapshot_->directory.next_change(); }
  [[nodiscard]] std::optional<Instant> next_wakeup() const;

  // The next timestamp, signed by who may; `lifetime` as DESIGN says, longer where virtual time
  // runs away from an hour's turn.
  [[nodiscard]] SignedDirectory make_timestamp(const crypto::SigningPair& pair, WallTime now,
                                               Duration lifetime = kTimestampLifetime) const;

 private:
  struct Asking {
    LinkId link;
    Instant asked;
    Hash bundle{};
    std::uint32_t total = 0;
    Bytes bytes;
  };
  DirectorySync(crypto::Trust trust, WallTime at) : trust_(std::move(trust)), at_(at) {}
  [[nodiscard]] DirectoryNews news() const;
  // Whether what the other end has, and this one lacks, would be believed here.
  [[nodiscard]] bool may_help(const DirectoryNews& theirs) const;
  void tell_all(SyncEffects& effects, std::optional<LinkId> but);
  void ask(SyncEffects& effects, LinkId link, const Now& now);
  // Somebody who is ahead and has not been asked in vain, where nobody is being asked.
  void ask_anybody(SyncEffects& effects, const Now& now);
  // Whether anything of it was taken.
  bool take(SyncEffects& effects, const DirectoryBundle& bundle, std::optional<LinkId> from);

  crypto::Trust trust_;
  WallTime at_;  // the last trusted time that was heard of; never goes back
  std::shared_ptr<const DirectorySnapshot> snapshot_;
  std::map<LinkId, DirectoryNews> links_;  // up, with what the other end last said
  std::optional<Asking> asking_;
  struct Useless {
    DirectoryNews news;
    Instant again;
  };
  std::map<OfficeId, Useless> useless_;  // what did not help: not asked for again before then
  struct Served {
    DirectoryWanted wanted;
    Hash hash{};
    Bytes bytes;
  };
  std::optional<Served> served_;  // the bundle that is being given out
};

}  // namespace xianjie::broker
