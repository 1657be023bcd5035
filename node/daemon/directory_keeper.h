// The directory of a running daemon: the file it lives in, what neighbours and operators bring,
// the hourly timestamp where this office signs it. The rules stand in broker/directory_sync.h; here
// are the file, the key and the clock. What is sent is sent after it was written.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "broker/directory_sync.h"
#include "broker/prepare.h"
#include "broker/transport.h"
#include "node/daemon/config.h"

namespace xianjie::node {

class DirectoryKeeper {
 public:
  // Reads the configured file and begins at the configured root.
  static Result<DirectoryKeeper> open(const Config& config);

  [[nodiscard]] const broker::DirectorySync& sync() const { return sync_; }

  void on_up(broker::LinkId link, ChannelClass proved);
  void on_down(broker::LinkId link);
  // True: it was one of the directory's frames.
  bool on_frame(broker::LinkId link, const broker::CheckedFrame& frame, const Now& now);
  // What was taken and what was not, for whoever brought it.
  nlohmann::json import(const DirectoryBundle& news, const Now& now);

  struct Moved {
    bool snapshot = false;  // sync().snapshot() is another one
    bool freshness = false;
    std::vector<std::string> alarms;
  };
  // Signs what is due, writes, then sends. An error: the file could not be written; nothing of it
  // was told to anybody.
  Result<Moved> turn(const Now& now, broker::Transport& transport);
  [[nodiscard]] bool has_work() const { return !sends_.empty() || changed_ || snapshot_moved_; }
  [[nodiscard]] std::optional<Instant> next_wakeup() const;
  [[nodiscard]] WallTime next_wall_wakeup() const;

  [[nodiscard]] nlohmann::json status(OfficeId self, const Now& now) const;

 private:
  DirectoryKeeper(broker::DirectorySync sync, const Config& config);
  void apply(broker::SyncEffects effects);
  void sign_when_due(const Now& now);
  void warn(const Now& now, Moved& moved);

  broker::DirectorySync sync_;
  std::filesystem::path file_;
  OfficeId self_;
  std::optional<crypto::SigningPair> timestamp_key_;
  Duration timestamp_every_ = kTimestampEvery;
  std::vector<broker::Send> sends_;
  bool keep_ = false, changed_ = false, snapshot_moved_ = false;
  WallTime kept_timestamp_;  // created, of the one in the file
  std::vector<std::string> alarms_, refused_;
  std::map<std::string, int> warned_;  // stage by what
  WallTime warn_next_;
};

}  // namespace xianjie::node
