#include "broker/consignments.h"
#include "crypto/statement.h"
#include "node/daemon/media.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr std::size_t kInspectedBytes = kTurnBytesMax;  // at a time

class InspectionJob final : public Job {
 public:
  InspectionJob(std::filesystem::path disk, Answer answer)
      : disk_(std::move(disk)), answer_(std::move(answer)) {}

  void advance(Engine& engine) override {
    if (!listed_) return list();
    if (at_ >= entries_.size()) return finish();
    const auto done = look(engine, entries_[at_]);
    if (done && !*done) return;
    json view = entries_[at_].found ? manifest_view(*entries_[at_].found)
                                    : json{{"folder", entries_[at_].folder.string()}};
    view["state"] = done ? "intact" : "at_fault";
    if (!done) {
      view["reason"] = done.error().text;
      ++faults_;
    }
    if (entries_[at_].found) describe(engine, entries_[at_].found->manifest, view);
    consignments_.push_back(std::move(view));
    ++at_;
    file_ = 0;
    answer_(json{{"done", at_}, {"rows", entries_.size()}, {"what", "consignments"}}, false);
  }
  [[nodiscard]] bool waiting() const override { return false; }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  void list() {
    listed_ = true;
    auto entries = adapters::list_consignments(disk_);
    if (entries) {
      entries_ = std::move(*entries);
      return;
    }
    done_ = true;
    answer_(std::unexpected(entries.error()), true);
  }

  // False: more of it is to be read.
  Result<bool> look(Engine& engine, adapters::DiskEntry& entry) {
    if (!entry.found) return std::unexpected(entry.found.error());
    const adapters::FoundConsignment& found = *entry.found;
    if (file_ == 0) {
      XJ_TRY_VOID(check_signer(engine, found));
      XJ_TRY_VOID(adapters::check_names(found));
    }
    std::size_t bytes = 0;
    for (; file_ < found.manifest.files.size() && bytes < kInspectedBytes; ++file_) {
      XJ_TRY(const Bytes frame, adapters::read_frame(found, file_));
      bytes += frame.size();
    }
    return file_ == found.manifest.files.size();
  }

  // One for somebody else is held to its signature only.
  static Result<> check_signer(Engine& engine, const adapters::FoundConsignment& found) {
    const Consignment& manifest = found.manifest;
    if (manifest.to == engine.keys().office())
      return broker::check_consignment(found.signed_one, manifest, engine.broker().snapshot(),
                                       engine.keys().office(), engine.now(),
                                       engine.broker().options().skew);
    const auto key = engine.directory().key(manifest.from, manifest.key);
    if (!key) return refused("unknown_key: of " + to_text(manifest.from));
    if (!crypto::verify_consignment(found.signed_one, key->signing))
      return refused("bad_signature: it is not signed by " + to_text(manifest.from));
    return {};
  }

  static void describe(Engine& engine, const Consignment& manifest, json& view) {
    const bool here = manifest.to == engine.keys().office();
    view["for_here"] = here;
    view["expired"] = engine.now().wall > manifest.expires;
    if (!here) return;
    const auto txn = engine.read();
    if (!txn) return;
    const auto row =
        (*txn)->get(broker::Table::kImports,
                    broker::import_key(manifest.from, manifest.store_epoch, manifest.number));
    view["already"] = row && *row;
  }

  void finish() {
    done_ = true;
    answer_(json{{"disk", disk_.string()}, {"at_fault", faults_}, {"consignments", consignments_}},
            true);
  }

  std::filesystem::path disk_;
  Answer answer_;
  std::vector<adapters::DiskEntry> entries_;
  std::size_t at_ = 0, file_ = 0, faults_ = 0;
  json consignments_ = json::array();
  bool listed_ = false, done_ = false;
};

}  // namespace

std::unique_ptr<Job> inspection_job(std::filesystem::path disk, Answer answer) {
  return std::make_unique<InspectionJob>(std::move(disk), std::move(answer));
}

}  // namespace xianjie::node
