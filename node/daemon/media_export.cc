#include "node/daemon/log.h"
#include "node/daemon/carried_directory.h"
#include "node/daemon/media.h"

namespace xianjie::node {

using nlohmann::json;

void Exporter::advance(Engine& engine) {
  if (consigned_) return write(engine, *std::exchange(consigned_, std::nullopt));
  if (!more_) {
    done_ = true;
    return;
  }
  ask(engine);
}

void Exporter::ask(Engine& engine) {
  broker::Export event;
  event.neighbour = request_.to;
  event.channel = request_.channel;
  event.expires = request_.expires;
  event.answers_only = request_.answers_only;
  event.seal = request_.seal;
  event.courier = request_.courier;
  waiting_ = true;
  engine.post(event, [this](broker::Reply& reply) {
    waiting_ = false;
    if (reply.result) {
      consigned_ = std::move(reply.consigned);
      return;
    }
    done_ = true;
    const bool all_written = reply.result.error().code == ErrorCode::kNotFound && !written_.empty();
    if (!all_written) error_ = reply.result.error();
  });
}

void Exporter::write(Engine& engine, broker::Consigned consigned) {
  Consignment manifest;
  manifest.to = request_.to;
  manifest.store_epoch = engine.broker().epoch();
  manifest.number = consigned.number;
  manifest.channel = request_.channel;
  manifest.created = engine.now().wall;
  manifest.expires = request_.expires;
  manifest.seal = request_.seal;
  manifest.courier = request_.courier;
  auto folder = adapters::write_consignment(request_.disk, manifest, consigned.frames,
                                            engine.keys().current(), request_.placing);
  if (folder) {
    std::size_t bytes = 0;
    for (const Bytes& frame : consigned.frames) bytes += frame.size();
    written_.push_back({{"to", to_text(request_.to)},
                        {"number", consigned.number},
                        {"folder", folder->string()},
                        {"envelopes", consigned.envelopes},
                        {"bytes", bytes},
                        {"expires", to_text(request_.expires)},
                        {"seal", request_.seal},
                        {"courier", request_.courier}});
    engine.count("consignments_written");
    log(LogEvent::kConsigned, "to=" + to_text(request_.to) +
                                  " number=" + std::to_string(consigned.number) +
                                  " by=" + std::string(to_word(request_.channel)) +
                                  " envelopes=" + std::to_string(consigned.envelopes));
    more_ = consigned.more;
  } else {
    error_ = folder.error();
    more_ = false;
    log(LogEvent::kNotConsigned, folder.error().text);
  }
  waiting_ = true;
  engine.post(broker::Exported{request_.to, consigned.number, folder.has_value()},
              [this](broker::Reply&) { waiting_ = false; });
}

namespace {

class ExportJob final : public Job {
 public:
  ExportJob(ExportRequest request, Answer answer)
      : to_(request.to),
        disk_(request.disk),
        exporter_(std::move(request)),
        answer_(std::move(answer)) {}

  void advance(Engine& engine) override {
    if (exporter_.done()) {
      // Whether or not mail waits; what goes by ferry has its own way (ferry.h).
      if (auto put = put_directory(engine, disk_); !put && !exporter_.error())
        return fail_with(put.error());
      return finish();
    }
    exporter_.advance(engine);
    std::uint64_t envelopes = 0;
    for (const json& one : exporter_.written()) envelopes += one["envelopes"].get<std::uint64_t>();
    answer_(json{{"done", envelopes}, {"what", "envelopes"}}, false);
  }
  [[nodiscard]] bool waiting() const override { return exporter_.waiting(); }
  [[nodiscard]] bool done() const override { return done_; }

 private:
  void fail_with(const Error& error) {
    done_ = true;
    answer_(std::unexpected(error), true);
  }
  void finish() {
    done_ = true;
    if (exporter_.error()) return answer_(std::unexpected(*exporter_.error()), true);
    std::uint64_t envelopes = 0;
    for (const json& one : exporter_.written()) envelopes += one["envelopes"].get<std::uint64_t>();
    answer_(json{{"to", to_text(to_)},
                 {"disk", disk_.string()},
                 {"envelopes", envelopes},
                 {"consignments", exporter_.written()}},
            true);
  }
  OfficeId to_;
  std::filesystem::path disk_;
  Exporter exporter_;
  Answer answer_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<Job> export_job(ExportRequest request, Answer answer) {
  return std::make_unique<ExportJob>(std::move(request), std::move(answer));
}

}  // namespace xianjie::node
