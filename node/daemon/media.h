// Disks and ferries at the daemon: consignments written where a courier takes them, and taken from
// where they were brought. The daemon itself reads and writes the folder: it has the keys, and only
// it can let nothing into the broker before all of it has been read and found good. So its user
// must be able to. Work of many turns, hence jobs; what a job answers stands in README.md.
// Read next: broker/consignments.h, adapters/consignment_folder.h, ferry.h.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <vector>

#include "adapters/consignment_folder.h"
#include "node/daemon/jobs.h"

namespace xianjie::node {

inline constexpr Duration kConsignmentLifetime = days(14);  // where nobody says otherwise

struct ExportRequest {
  OfficeId to;
  std::filesystem::path disk;
  ChannelClass channel = ChannelClass::kMedia;
  WallTime expires;
  std::string seal, courier;
  bool answers_only = false;
  adapters::Placing placing = adapters::Placing::kAtOnce;
};

// Consignments to one office, one after the other until nothing waits for it any more.
class Exporter {
 public:
  explicit Exporter(ExportRequest request) : request_(std::move(request)) {}
  void advance(Engine& engine);  // not while waiting
  [[nodiscard]] bool waiting() const { return waiting_; }
  [[nodiscard]] bool done() const { return done_; }
  // [{to, number, folder, envelopes, bytes, expires, seal, courier}]
  [[nodiscard]] const nlohmann::json& written() const { return written_; }
  // Why it ended before all was written. kNotFound with nothing written: nothing waits.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  void ask(Engine& engine);
  void write(Engine& engine, broker::Consigned consigned);

  ExportRequest request_;
  std::optional<broker::Consigned> consigned_;
  nlohmann::json written_ = nlohmann::json::array();
  std::optional<Error> error_;
  bool waiting_ = false, done_ = false, more_ = true;
};

struct ImportRequest {
  std::filesystem::path disk;
  ChannelClass channel = ChannelClass::kMedia;
  std::optional<OfficeId> from;                  // only of this office; else of any
  std::optional<std::set<std::string>> folders;  // only these; else all
  bool answer = true;                            // onto the same disk
};

std::unique_ptr<Job> export_job(ExportRequest request, Answer answer);
std::unique_ptr<Job> import_job(ImportRequest request, Answer answer);
// What stands on a disk, every file read.
std::unique_ptr<Job> inspection_job(std::filesystem::path disk, Answer answer);

// What the manifest says, for an answer.
nlohmann::json manifest_view(const adapters::FoundConsignment& found);

}  // namespace xianjie::node
