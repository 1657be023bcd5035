#include "node/web/live.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "adapters/poller.h"

namespace xianjie::node {
namespace {

using adapters::steady_now;
// After an answer that took long the next one waits: at most this share of the daemon's time.
constexpr std::int64_t kShareOfTime = 100;
// But no page is older than this, and sooner where the daemon itself counts seldom enough; and a
// daemon that was silent is asked again soon.
constexpr Duration kRestMax = seconds(60), kCountedRestMax = seconds(10);
// A daemon that says nothing for so long is told as such, and asked again.
constexpr Duration kAnswerWithin = seconds(10);

}  // namespace

Live::Live(ApiPool& api) : api_(api), asker_([this] { ask(); }) {}

Live::~Live() {
  end();
  asker_.join();
}

void Live::end() {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  wanted_.notify_all();
  changed_.notify_all();
}

bool Live::ended() {
  const std::scoped_lock lock(mutex_);
  return ends_;
}

std::shared_ptr<Live::View> Live::view(std::vector<LiveCall> calls) {
  const std::scoped_lock lock(mutex_);
  if (viewers_ >= kViewersMax) return nullptr;
  return std::shared_ptr<View>(new View(*this, std::move(calls)));
}

std::string Live::event_of(const std::string& name, const Result<ApiReply>& reply) {
  using nlohmann::json;
  // The name is a browser's, and a line's end would end the event.
  const std::string call = json(name).dump(-1, ' ', false, json::error_handler_t::replace);
  std::string data;
  if (reply)
    data =
        R"({"call":)" + call + R"(,"answer":)" + (reply->json.empty() ? "null" : reply->json) + "}";
  else
    data = json{{"call", name},
                {"error", {{"code", to_word(reply.error().code)}, {"text", reply.error().text}}}}
               .dump(-1, ' ', false, json::error_handler_t::replace);
  std::ranges::replace_if(
      data, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return "event: answer\ndata: " + data + "\n\n";
}

void Live::ask() {
  std::unique_lock lock(mutex_);
  while (!ends_) {
    const Instant now = steady_now();
    auto next = entries_.end();
    for (auto at = entries_.begin(); at != entries_.end(); ++at)
      if (next == entries_.end() || at->second.due < next->second.due) next = at;
    if (next == entries_.end()) {
      wanted_.wait(lock);
      continue;
    }
    if (next->second.due > now) {
      wanted_.wait_for(lock, std::chrono::milliseconds((next->second.due - now).ms));
      continue;
    }
    const std::string name = next->first;
    ApiRequest request = next->second.request;
    // Of counts first the last one, at once; then none that costs more than looking may.
    const bool known_will_do = next->second.counted && next->second.version == 0;
    if (next->second.counted) request.options[known_will_do ? "known" : "recent"] = "1";
    lock.unlock();
    const auto reply = api_.call(request, kAnswerWithin);
    const std::string data = event_of(name, reply);
    const Instant done = steady_now();
    lock.lock();
    const auto entry = entries_.find(name);  // its last viewer may have gone
    if (entry == entries_.end()) continue;
    const Duration rest = std::min((done - now) * kShareOfTime,
                                   entry->second.counted ? kCountedRestMax : kRestMax);
    entry->second.due = done + (known_will_do ? Duration{}
                                : reply       ? std::max(entry->second.every, rest)
                                              : entry->second.every);
    if (entry->second.data == data) continue;
    entry->second.data = data;
    entry->second.version = ++version_;
    changed_.notify_all();
  }
}

// Under the lock.
Live::View::View(Live& live, std::vector<LiveCall> calls) : live_(live) {
  ++live_.viewers_;
  for (LiveCall& call : calls) {
    if (seen_.contains(call.name)) continue;
    names_.push_back(call.name);
    seen_[call.name] = 0;
    Entry& entry = live_.entries_[call.name];
    ++entry.viewers;
    entry.request = std::move(call.request);
    entry.every = call.every;
    entry.counted = call.counted;
  }
  live_.wanted_.notify_all();
}

Live::View::~View() {
  const std::scoped_lock lock(live_.mutex_);
  --live_.viewers_;
  for (const std::string& name : names_)
    if (const auto entry = live_.entries_.find(name); --entry->second.viewers == 0)
      live_.entries_.erase(entry);
}

std::string Live::View::next(Duration wait) {
  std::unique_lock lock(live_.mutex_);
  std::string out;
  const auto take = [&] {
    for (const std::string& name : names_) {
      const Entry& entry = live_.entries_.at(name);
      if (entry.version == seen_[name]) continue;
      seen_[name] = entry.version;
      out += entry.data;
    }
    return !out.empty() || live_.ends_;
  };
  live_.changed_.wait_for(lock, std::chrono::milliseconds(wait.ms), take);
  return out;
}

}  // namespace xianjie::node
