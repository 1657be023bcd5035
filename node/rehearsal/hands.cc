#include "node/rehearsal/hands.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace xianjie::node::rehearsal {
namespace {

using nlohmann::json;

constexpr std::size_t kPileItems = 64, kHands = 8;
constexpr Duration kAnswerWithin = seconds(10);
constexpr Duration kLook = milliseconds(5);

// One pair of hands at one daemon's local API.
class Hand {
 public:
  explicit Hand(std::unique_ptr<adapters::ApiClient> client) : client_(std::move(client)) {}

  Result<json> call(const std::string& command, std::map<std::string, std::string> options,
                    const std::string& id) {
    options["id"] = id;
    auto reply =
        client_->call(ApiRequest{++last_, command, std::move(options), {}}, {}, kAnswerWithin);
    if (!reply) return std::unexpected(std::move(reply).error());
    if (!reply->ok) return fail(reply->code, reply->text);
    json value = json::parse(reply->json, nullptr, false);
    if (value.is_discarded()) return corrupt("answered " + command + " with no JSON");
    return value;
  }

 private:
  std::unique_ptr<adapters::ApiClient> client_;
  std::uint64_t last_ = 0;
};

// Done before, by an answer that a dying daemon did not live to give.
bool is_done_already(const Error& error) {
  return error.text.starts_with("second:") || error.text.starts_with("settled:");
}

}  // namespace

bool is_away(const Error& error) {
  return error.code == ErrorCode::kRetry || error.code == ErrorCode::kNotFound ||
         error.code == ErrorCode::kIo;
}

Result<bool> Hands::collect(const Watch& watch, std::vector<Pile>& piles) {
  bool all_answered = true;
  for (const OfficeSite& site : fleet_.sites()) {
    if (!watch.at(site.id)) continue;
    auto list = fleet_.call(site.id, watch.command, watch.options);
    if (!list) {
      if (!is_away(list.error())) return std::unexpected(list.error());
      all_answered = false;
      continue;
    }
    std::size_t left = 0;
    for (json& item : list->at(watch.list)) {
      if (watch.about && !watch.about(item)) continue;
      if (done_.contains({watch.name, site.id, item.at("id")})) continue;
      if (left == 0) {
        piles.push_back({&site, {}});
        left = kPileItems;
      }
      --left;
      piles.back().items.push_back(std::move(item));
    }
  }
  return all_answered;
}

// One after the other; ends quietly where the daemon is away.
Result<Hands::Worked> Hands::work_off(const Pile& pile, const Watch& watch, WallTime now,
                                      const std::function<bool()>& stop) {
  Worked out;
  auto client = adapters::ApiClient::connect(pile.site->socket.string());
  if (!client && is_away(client.error())) return out;
  if (!client) return std::unexpected(client.error());
  Hand hand(std::move(*client));
  for (const json& item : pile.items) {
    if (stop()) break;
    const std::string id = item.at("id");
    const Case one{pile.site->id, item, now, [&] { return hand.call("inbox.show", {}, id); }};
    auto deeds = watch.decide(one);
    if (!deeds && is_away(deeds.error())) return out;
    if (!deeds) return std::unexpected(deeds.error());
    if (!*deeds) continue;
    bool away = false;
    for (const Deed& deed : **deeds) {
      const auto answer = hand.call(deed.command, deed.options, id);
      if (answer || is_done_already(answer.error())) continue;
      if (away = is_away(answer.error()); away) break;
      out.complaints.push_back(to_text(pile.site->id) + ": " + deed.command + " of a " +
                               item.at("kind").get<std::string>() + ": " + answer.error().text);
    }
    if (away) return out;
    out.done.push_back(id);
  }
  return out;
}

Result<bool> Hands::round(const Watch& watch, WallTime now) {
  std::vector<Pile> piles;
  XJ_TRY(const bool all_answered, collect(watch, piles));
  std::atomic<std::size_t> next = 0, finished = 0;
  std::atomic<bool> stop = false;
  std::mutex mutex;
  Result<> outcome;
  const auto work = [&] {
    for (std::size_t i = next++; i < piles.size() && !stop; i = next++) {
      auto worked = work_off(piles[i], watch, now, [&] { return stop.load(); });
      const std::lock_guard lock(mutex);
      if (worked) {
        for (std::string& id : worked->done)
          done_.insert({watch.name, piles[i].site->id, std::move(id)});
        std::ranges::move(worked->complaints, std::back_inserter(complaints_));
        continue;
      }
      if (outcome)
        outcome =
            fail(worked.error().code, to_text(piles[i].site->id) + ": " + worked.error().text);
      stop = true;
    }
    ++finished;
  };
  const std::size_t hands = std::min(piles.size(), kHands);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < hands; ++i) threads.emplace_back(work);
  while (finished < hands) {
    Result<> going = fleet_.tick();
    if (going) going = fleet_.rest(kLook);
    if (going) continue;
    stop = true;
    threads.clear();
    return std::unexpected(going.error());
  }
  threads.clear();
  XJ_TRY_VOID(outcome);
  return all_answered && piles.empty();
}

}  // namespace xianjie::node::rehearsal
