#include "node/daemon/daemon.h"

#include "node/daemon/log.h"

namespace xianjie::node {
namespace {

constexpr std::size_t kArrivalsPerTurn = 256;
constexpr std::size_t kCallsPerTurn = 64;
constexpr Duration kPingAfter = seconds(8);  // of silence; well under the link's silence_max

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::open(const Config& config) {
  std::unique_ptr<Daemon> daemon(new Daemon());
  XJ_TRY(daemon->engine_, Engine::open(config));
  Engine& engine = *daemon->engine_;
  XJ_TRY(auto options,
         adapters::transport_options(engine.directory(), config.office, engine.now().wall));
  options.link_public = engine.keys().link_public();
  options.link_secret = engine.keys().link_secret();
  XJ_TRY(daemon->transport_, adapters::ZmqTransport::open(options));
  XJ_TRY(daemon->server_, adapters::ApiServer::open(config.api.string()));
  daemon->api_ = std::make_unique<Api>(*daemon->server_, engine, daemon->jobs_);
  return daemon;
}

void Daemon::take_arrivals() {
  for (broker::Arrival& arrival : transport_->poll(kArrivalsPerTurn)) {
    switch (arrival.what) {
      case broker::Arrival::What::kUp:
        up_[arrival.neighbour] = {engine_->now().instant, engine_->now().instant};
        log_info("link_up", "neighbour=" + to_text(arrival.neighbour) +
                                " class=" + std::string(to_word(arrival.channel_class)));
        engine_->post(broker::LinkUp{arrival.neighbour, arrival.channel_class});
        break;
      case broker::Arrival::What::kDown:
        up_.erase(arrival.neighbour);
        log_info("link_down", "neighbour=" + to_text(arrival.neighbour));
        engine_->post(broker::LinkDown{arrival.neighbour});
        break;
      case broker::Arrival::What::kFrame:
        if (const auto found = up_.find(arrival.neighbour); found != up_.end())
          found->second.heard = engine_->now().instant;
        engine_->frame(arrival.neighbour, arrival.frame);
        break;
    }
  }
}

// A link that says nothing is asked for its store's pulse; its answer comes after a committed turn.
void Daemon::ping_quiet_links() {
  const Instant now = engine_->now().instant;
  for (auto& [neighbour, quiet] : up_) {
    if (now - quiet.heard < kPingAfter || now - quiet.asked < kPingAfter) continue;
    quiet.asked = now;
    transport_->send(neighbour, encode(Frame(Ping{++nonce_})));
  }
}

void Daemon::log_link_notes() {
  for (const adapters::LinkNote& note : transport_->notes().take()) {
    engine_->count("link_" + note.what, note.count);
    log_warn("link",
             note.what + " subject=" + note.subject + " count=" + std::to_string(note.count));
  }
}

Result<> Daemon::run(int stop_fd) {
  adapters::Poller poller;
  poller.add(*transport_);
  poller.add(*server_);
  poller.add_fd(stop_fd);
  XJ_TRY_VOID(engine_->turn(*transport_));
  while (true) {
    Duration wait = jobs_.runnable() ? milliseconds(0) : engine_->due_in();
    for (const auto& [neighbour, quiet] : up_)
      wait = std::min(
          wait, std::max(kPingAfter - (engine_->now().instant - std::max(quiet.heard, quiet.asked)),
                         milliseconds(0)));
    poller.wait(wait);
    if (poller.fd_ready(stop_fd)) return {};
    take_arrivals();
    api_->serve(kCallsPerTurn);
    jobs_.advance(*engine_);
    ping_quiet_links();
    log_link_notes();
    if (engine_->has_work()) XJ_TRY_VOID(engine_->turn(*transport_));
  }
}

}  // namespace xianjie::node
