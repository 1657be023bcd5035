#include <algorithm>

#include "broker/consignments.h"
#include "node/daemon/carried_directory.h"
#include "node/daemon/log.h"
#include "node/daemon/media.h"

namespace xianjie::node {

using nlohmann::json;

namespace {

constexpr std::size_t kSliceBytes = kTurnBytesMax;  // read and checked at a time
constexpr std::size_t kEventsWaitingMax = 64;       // posted and not yet in a turn

// Names on a disk are whatever somebody wrote there.
std::string plain_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c >= 0 && c < ' '; }, '?');
  return text;
}

// One consignment: everything is read and checked before the first frame is posted.
class ConsignmentImport {
 public:
  ConsignmentImport(adapters::FoundConsignment found, bool again)
      : found_(std::move(found)), again_(again), view_(manifest_view(found_)) {}

  // Not while waiting. An error: nothing of it was taken.
  Result<> advance(Engine& engine) {
    if (next_ < found_.manifest.files.size()) return read_slice(engine);
    if (!posted_) return post(engine);
    done_ = true;
    return tell(engine);
  }
  [[nodiscard]] bool waiting() const { return waiting_; }
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] const json& view() const { return view_; }

 private:
  Result<> read_slice(Engine& engine) {
    if (next_ == 0) XJ_TRY_VOID(adapters::check_names(found_));
    const auto& files = found_.manifest.files;
    for (std::size_t bytes = 0; next_ < files.size() && bytes < kSliceBytes; ++next_) {
      XJ_TRY(const Bytes frame, adapters::read_frame(found_, next_));
      auto checked = engine.check_consigned(frame, next_, found_.manifest);
      if (!checked)
        return fail(ErrorCode::kCorrupt, (found_.folder / consignment_file_name(next_)).string() +
                                             ": " + checked.error().text);
      if (const auto* batch = std::get_if<broker::CheckedBatch>(&*checked))
        envelopes_ += batch->envelopes.size();
      frames_.push_back(std::move(*checked));
      bytes += frame.size();
    }
    return {};
  }

  // One that was taken before is only answered again.
  Result<> post(Engine& engine) {
    if (engine.events_waiting() > kEventsWaitingMax) return {};
    const Consignment& from = found_.manifest;
    XJ_TRY(const auto txn, engine.read());
    engine.post(broker::LinkUp{from.from, from.channel, from.channel});
    for (broker::CheckedFrame& frame : frames_) {
      if (const auto* batch = std::get_if<broker::CheckedBatch>(&frame)) {
        const Bytes key = broker::in_batch_key(from.from, from.store_epoch, batch->number);
        XJ_TRY(const auto known, txn->get(broker::Table::kBatches, key));
        if (again_ && !known) continue;
        batches_.push_back(key);
      } else if (again_ && !std::holds_alternative<Hello>(frame)) {
        continue;
      }
      engine.post(broker::FrameArrived{from.from, std::move(frame), from.channel});
    }
    frames_.clear();
    engine.post(broker::LinkDown{from.from, from.channel});
    posted_ = waiting_ = true;
    const auto on_reply = [this](broker::Reply&) { waiting_ = false; };
    if (again_)
      engine.after_turn(on_reply);
    else
      engine.post(broker::Imported{0, from.from, from.channel, from.store_epoch, from.number,
                                   from.expires, static_cast<std::uint32_t>(envelopes_)},
                  on_reply);
    return {};
  }

  // What the acknowledgements say of its envelopes.
  Result<> tell(Engine& engine) {
    std::map<AckOutcome, std::size_t> outcomes;
    XJ_TRY(const auto txn, engine.read());
    for (const Bytes& key : batches_) {
      XJ_TRY(const auto value, txn->get(broker::Table::kBatches, key));
      const auto row = value ? broker::decode_batch_row(*value) : corrupt("");
      const auto frame = row ? decode_frame(row->ack) : corrupt("");
      const auto* ack = frame ? std::get_if<Ack>(&*frame) : nullptr;
      if (ack == nullptr) continue;
      for (const AckOutcome outcome : ack->outcomes) ++outcomes[outcome];
    }
    view_["state"] = again_ ? "already" : "taken";
    view_["envelopes"] = envelopes_;
    view_["outcomes"] = {{"taken", outcomes[AckOutcome::kTaken]},
                         {"known", outcomes[AckOutcome::kKnown]},
                         {"deferred", outcomes[AckOutcome::kDeferred]},
                         {"refused", outcomes[AckOutcome::kRefused]},
                         {"conflict", outcomes[AckOutcome::kConflict]}};
    if (!again_) {
      engine.count("consignments_taken");
      log(LogEvent::kConsignmentTaken, "from=" + to_text(found_.manifest.from) +
                                           " number=" + std::to_string(found_.manifest.number) +
                                           " envelopes=" + std::to_string(envelopes_));
    }
    return {};
  }

  adapters::FoundConsignment found_;
  bool again_ = false;
  json view_;
  std::vector<broker::CheckedFrame> frames_;
  std::vector<Bytes> batches_;  // their rows, with the acknowledgements
  std::size_t next_ = 0, envelopes_ = 0;
  bool posted_ = false, waiting_ = false, done_ = false;
};

class ImportJob final : public Job {
 public:
  ImportJob(ImportRequest request, Answer answer)
      : request_(std::move(request)), answer_(std::move(answer)) {}

  void advance(Engine& engine) override {
    if (!listed_) return list(engine);
    if (current_) return go_on(engine);
    if (next_ < entries_.size()) return begin(engine, entries_[next_++]);
    if (exporter_) return answer_sender(engine);
    if (!senders_.empty()) return begin_answer(engine);
    finish();
  }
  [[nodiscard]] bool waiting() const override {
    return (current_ && current_->waiting()) || (exporter_ && exporter_->waiting());
  }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  void list(Engine& engine) {
    listed_ = true;
    // First: what the disk brings may be signed by keys that only the newer directory knows.
    auto directory = take_directory(engine, request_.disk);
    if (directory && *directory) directory_ = std::move(**directory);
    if (!directory) log(LogEvent::kDirectoryRefused, directory.error().text);
    auto entries = adapters::list_consignments(request_.disk);
    if (!entries) {
      if (!directory_.is_null()) return;  // it brought nothing else
      done_ = true;
      return answer_(std::unexpected(entries.error()), true);
    }
    for (adapters::DiskEntry& entry : *entries) {
      if (request_.folders && !request_.folders->contains(entry.folder.filename().string()))
        continue;
      if (entry.found && entry.found->manifest.from == engine.keys().office())
        answered_.insert(entry.found->manifest.to);
      entries_.push_back(std::move(entry));
    }
  }

  void begin(Engine& engine, adapters::DiskEntry& entry) {
    if (!entry.found)
      return refuse(engine, json{{"folder", entry.folder.string()}}, entry.found.error());
    json view = manifest_view(*entry.found);
    const Consignment& manifest = entry.found->manifest;
    if (manifest.to != engine.keys().office()) {
      view["state"] = "elsewhere";
      return note(std::move(view));
    }
    if (auto ok = check(engine, *entry.found); !ok)
      return refuse(engine, std::move(view), ok.error());
    const auto before = taken_before(engine, manifest);
    if (!before) return refuse(engine, std::move(view), before.error());
    if (*before && answered_.contains(manifest.from)) {
      view["state"] = "already";
      return note(std::move(view));
    }
    current_.emplace(std::move(*entry.found), *before);
  }

  Result<> check(Engine& engine, const adapters::FoundConsignment& found) const {
    const Consignment& manifest = found.manifest;
    XJ_TRY_VOID(broker::check_consignment(found.signed_one, manifest, engine.broker().snapshot(),
                                          engine.keys().office(), engine.now(),
                                          engine.broker().options().skew));
    if (request_.from && manifest.from != *request_.from)
      return refused("wrong_folder: it is from " + to_text(manifest.from) + ", the folder is " +
                     to_text(*request_.from) + "'s");
    if (manifest.channel != request_.channel)
      return refused("wrong_channel: it was made to go by " +
                     std::string(to_word(manifest.channel)) + ", not by " +
                     std::string(to_word(request_.channel)));
    return {};
  }

  static Result<bool> taken_before(Engine& engine, const Consignment& manifest) {
    XJ_TRY(const auto txn, engine.read());
    XJ_TRY(const auto row,
           txn->get(broker::Table::kImports,
                    broker::import_key(manifest.from, manifest.store_epoch, manifest.number)));
    return row.has_value();
  }

  void go_on(Engine& engine) {
    const auto done = current_->advance(engine);
    answer_(json{{"done", next_}, {"rows", entries_.size()}, {"what", "consignments"}}, false);
    if (!done) {
      refuse(engine, current_->view(), done.error());
    } else if (current_->done()) {
      if (const auto from = OfficeId::parse(current_->view()["from"].get<std::string>()))
        senders_.insert(*from);
      note(current_->view());
    } else {
      return;
    }
    current_.reset();
  }

  void refuse(Engine& engine, json view, const Error& error) {
    view["state"] = "refused";
    view["code"] = to_word(error.code);
    view["reason"] = error.text;
    engine.count("consignments_refused");
    log(LogEvent::kConsignmentRefused, plain_line(error.text));
    engine.post(broker::Audit{"consignment_refused " + plain_line(error.text)});
    note(std::move(view));
  }
  void note(json view) {
    ++counts_[view["state"].get<std::string>()];
    consignments_.push_back(std::move(view));
  }

  void begin_answer(Engine& engine) {
    const OfficeId to = *senders_.begin();
    senders_.erase(senders_.begin());
    if (!request_.answer) return;
    ExportRequest request;
    request.to = to;
    request.disk = request_.disk;
    request.channel = request_.channel;
    request.expires = engine.now().wall + kConsignmentLifetime;
    request.answers_only = true;
    exporter_.emplace(std::move(request));
  }
  void answer_sender(Engine& engine) {
    if (!exporter_->done()) return exporter_->advance(engine);
    for (const json& one : exporter_->written()) answers_.push_back(one);
    if (exporter_->error() && exporter_->error()->code != ErrorCode::kNotFound)
      not_answered_.push_back(exporter_->error()->text);
    exporter_.reset();
  }

  void finish() {
    done_ = true;
    answer_(json{{"disk", request_.disk.string()},
                 {"taken", counts_["taken"]},
                 {"already", counts_["already"]},
                 {"refused", counts_["refused"]},
                 {"elsewhere", counts_["elsewhere"]},
                 {"directory", directory_},
                 {"consignments", consignments_},
                 {"answers", answers_},
                 {"not_answered", not_answered_}},
            true);
  }

  ImportRequest request_;
  Answer answer_;
  std::vector<adapters::DiskEntry> entries_;
  std::size_t next_ = 0;
  std::optional<ConsignmentImport> current_;
  std::optional<Exporter> exporter_;
  std::set<OfficeId> senders_, answered_;  // answered: this disk holds something for them already
  std::map<std::string, std::size_t> counts_;
  json consignments_ = json::array(), answers_ = json::array(), not_answered_ = json::array();
  json directory_ = nullptr;
  bool listed_ = false, done_ = false;
};

}  // namespace

json manifest_view(const adapters::FoundConsignment& found) {
  const Consignment& manifest = found.manifest;
  std::uint64_t bytes = 0;
  for (const ConsignmentFile& file : manifest.files) bytes += file.size;
  return {{"folder", found.folder.string()},
          {"from", to_text(manifest.from)},
          {"to", to_text(manifest.to)},
          {"number", manifest.number},
          {"channel", to_word(manifest.channel)},
          {"created", to_text(manifest.created)},
          {"expires", to_text(manifest.expires)},
          {"seal", manifest.seal},
          {"courier", manifest.courier},
          {"files", manifest.files.size()},
          {"bytes", bytes}};
}

std::unique_ptr<Job> import_job(ImportRequest request, Answer answer) {
  return std::make_unique<ImportJob>(std::move(request), std::move(answer));
}

}  // namespace xianjie::node
