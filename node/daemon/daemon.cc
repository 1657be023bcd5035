#include "node/daemon/daemon.h"

#include "node/daemon/evidence_jobs.h"
#include "node/daemon/log.h"
#include "node/daemon/notify.h"

namespace xianjie::node {
namespace {

constexpr std::size_t kArrivalsPerTurn = 256;
constexpr std::size_t kCallsPerTurn = 64;
constexpr std::size_t kCustodyAnswersMax = 256;  // waiting to be looked up
constexpr Duration kAskTimeEvery = minutes(1);
constexpr Duration kHealthEvery = minutes(5);
constexpr Duration kHealthAfterLinks = seconds(5);  // of a start, or of a link that changed
constexpr Duration kPingAfter = seconds(8);         // of silence; well under the link's silence_max

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::open(const Config& config) {
  std::unique_ptr<Daemon> daemon(new Daemon());
  XJ_TRY(daemon->engine_, Engine::open(config));
  Engine& engine = *daemon->engine_;
  XJ_TRY(auto options, daemon->channels());
  XJ_TRY(daemon->transport_, adapters::ZmqChannels::open(std::move(options)));
  XJ_TRY(daemon->server_, adapters::ApiServer::open(config.api.string()));
  daemon->watch_.emplace(engine);
  XJ_TRY(daemon->looks_, Looks::start(engine.store()));
  daemon->api_ = std::make_unique<Api>(*daemon->server_, engine, daemon->jobs_, daemon->exports_,
                                       *daemon->watch_, *daemon->looks_);
  daemon->ferries_ = std::make_unique<Ferries>(config, engine, daemon->jobs_);
  daemon->web_ = std::make_unique<WebChild>(config);
  daemon->reminders_ = std::make_unique<Reminders>(config, engine);
  daemon->health_due_ = engine.now().instant + kHealthAfterLinks;
  return daemon;
}

Result<std::vector<adapters::ZmqTransportOptions>> Daemon::channels() {
  const crypto::OfficeKeys& keys = engine_->keys().current();
  const WallTime at = engine_->now().wall;
  links_basis_ = {keys.id(),
                  adapters::channel_options_change(engine_->directory(), keys.office(), at)};
  XJ_TRY(auto options, adapters::channel_options(engine_->directory(), keys.office(), at));
  for (adapters::ZmqTransportOptions& channel : options) {
    channel.link_public = keys.link_public();
    channel.link_secret = keys.link_secret();
  }
  return options;
}

// The links that a newer directory changes, another current key of this office, or a neighbour's
// key that begins or ends, go down and come up again, the others stay.
void Daemon::follow_directory() {
  const Now now = engine_->now();
  const bool key_due =
      now.wall_trusted && links_basis_.change.is_set() && now.wall >= links_basis_.change;
  if (!engine_->take_directory_moved() && !key_due &&
      links_basis_.key == engine_->keys().current().id())
    return;
  auto options = channels();
  if (!options) {
    engine_->alarm("left_directory: " + options.error().text);
    options = std::vector<adapters::ZmqTransportOptions>{};
  }
  log(LogEvent::kLinks, "key=" + std::to_string(links_basis_.key.number));
  if (const auto moved = transport_->change(std::move(*options)); !moved)
    engine_->alarm("channels: " + moved.error().text);
}

void Daemon::take_arrivals() {
  for (broker::Arrival& arrival : transport_->poll(kArrivalsPerTurn)) {
    const broker::LinkId id{arrival.neighbour, arrival.channel};
    if (arrival.what != broker::Arrival::What::kFrame)
      health_due_ = std::min(health_due_, engine_->now().instant + kHealthAfterLinks);
    const std::string name =
        "neighbour=" + to_text(id.neighbour) + " channel=" + std::string(to_word(id.channel));
    switch (arrival.what) {
      case broker::Arrival::What::kUp:
        up_[id] = {engine_->now().instant, engine_->now().instant};
        log(LogEvent::kLinkUp, name + " class=" + std::string(to_word(arrival.channel_class)) +
                                   " proof=" + std::string(to_word(arrival.proof)));
        engine_->link_up(id, arrival.channel_class, arrival.proof);
        break;
      case broker::Arrival::What::kDown:
        up_.erase(id);
        log(LogEvent::kLinkDown, name);
        engine_->link_down(id);
        break;
      case broker::Arrival::What::kFrame:
        if (const auto found = up_.find(id); found != up_.end() && arrival.connection == 0)
          found->second.heard = engine_->now().instant;
        engine_->frame(id, arrival.frame, arrival.connection);
        break;
    }
  }
}

// A link that says nothing is asked for its store's pulse; its answer comes after a committed turn.
// A busy one is asked too, now and then: its answer tells what time it is there.
void Daemon::ping_quiet_links() {
  const Instant now = engine_->now().instant;
  for (auto& [id, quiet] : up_) {
    if (quiet.asked + kAskTimeEvery > now &&
        (now - quiet.heard < kPingAfter || now - quiet.asked < kPingAfter))
      continue;
    quiet.asked = now;
    // The nonce is the instant: the broker reads the round trip off the answer (links.cc).
    transport_->send(id.neighbour, id.channel,
                     encode(Frame(Ping{static_cast<std::uint64_t>(now.ms), engine_->now().wall})));
  }
}

void Daemon::log_link_notes() {
  for (const adapters::LinkNote& note : transport_->take_notes()) {
    engine_->count("link_" + note.what, note.count);
    log(LogEvent::kLinkNote,
        note.what + " subject=" + note.subject + " count=" + std::to_string(note.count));
  }
}

// What this office says of its health, and what it reminds its people of.
void Daemon::look_after_health() {
  health_due_ = engine_->now().instant + kHealthEvery;
  api_->with_overview([this](const nlohmann::json& overview, const Health& health) {
    engine_->set_health(health);
    reminders_->consider(overview);
  });
}

Result<> Daemon::run(int stop_fd) {
  adapters::Poller poller;
  poller.add(*transport_);
  poller.add(*server_);
  poller.add(*web_);
  poller.add(*reminders_);
  poller.add(*looks_);
  poller.add_fd(stop_fd);
  Watchdog watchdog;
  XJ_TRY_VOID(engine_->turn(*transport_));
  while (true) {
    Duration wait = jobs_.runnable() || exports_.runnable() || answers_.runnable()
                        ? milliseconds(0)
                        : std::min(engine_->due_in(), ferries_->due_in());
    for (const auto& [id, quiet] : up_)
      wait = std::min(
          wait, std::max(kPingAfter - (engine_->now().instant - std::max(quiet.heard, quiet.asked)),
                         milliseconds(0)));
    wait = std::min(wait, engine_->due_at(links_basis_.change));
    wait = std::min(wait, std::max(health_due_ - engine_->now().instant, milliseconds(0)));
    poller.wait(std::min(wait, watchdog.due_in(engine_->now().instant)));
    watchdog.beat(engine_->now().instant);
    if (poller.fd_ready(stop_fd)) return {};
    take_arrivals();
    api_->serve(kCallsPerTurn);
    ferries_->look();
    web_->look();
    reminders_->look();
    jobs_.advance(*engine_);
    exports_.advance(*engine_);
    for (broker::CustodyTalk& wanted : engine_->take_custody_wanted())
      if (answers_.size() < kCustodyAnswersMax)
        answers_.add(custody_answer_job(std::move(wanted)));  // else: asked again, if at all
    answers_.advance(*engine_);
    looks_->serve();
    watch_->sample();
    if (reminders_->take_hour() || engine_->now().instant >= health_due_) look_after_health();
    ping_quiet_links();
    log_link_notes();
    if (engine_->has_work()) XJ_TRY_VOID(engine_->turn(*transport_));
    follow_directory();
  }
}

}  // namespace xianjie::node
