#include "node/rehearsal/clerks.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "crypto/hash.h"

namespace xianjie::node::rehearsal {
namespace {

using nlohmann::json;

constexpr std::uint64_t kUnlinkedOneIn = 20;
constexpr std::size_t kPileItems = 64, kHands = 8;
constexpr Duration kAnswerWithin = seconds(10);
constexpr Duration kLook = milliseconds(5);

// The daemon is away, or went away: it will be asked again.
bool is_away(const Error& error) {
  return error.code == ErrorCode::kRetry || error.code == ErrorCode::kNotFound ||
         error.code == ErrorCode::kIo;
}

}  // namespace

std::size_t Clerks::row_of(const std::string& id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? 0 : found->second;
}

bool Clerks::is_unlinked(std::size_t row) const {
  const Bytes about = Encoder().text("rehearsal").u64(seed_).u64(row).bytes();
  return crypto::checksum(about) % kUnlinkedOneIn == 0;
}

Result<bool> Clerks::hand_in(const std::function<void(std::size_t rows)>& told) {
  refusals_ = inputs_.notices.refusals;
  std::size_t rows = refusals_.size();
  for (const NoticePart& part : inputs_.notices.parts) {
    XJ_TRY(const json answer,
           fleet_.call_patiently(
               part.origin, "submit",
               {{"kind", "pre_release_notice"},
                {"period", to_text(month_)},
                {"submission", "rehearsal-" + to_text(month_) + "-" + to_text(part.origin)}},
               to_bytes(as_bytes(part.csv))));
    if (answer.at("period") != to_text(month_)) return false;
    for (const json& one : answer.at("refused"))
      refusals_.push_back({row_in_whole(part, one.at("row")), one.at("field"), one.at("reason")});
    for (const json& one : answer.at("envelopes"))
      rows_[one.at("id")] = row_in_whole(part, one.at("row"));
    warnings_ += answer.at("warnings").size();
    rows += part.rows.size();
    told(rows);
  }
  std::ranges::stable_sort(refusals_, {}, &NoticeRefusal::row);
  return true;
}

Result<bool> Clerks::settle() {
  std::vector<Pile> piles;
  XJ_TRY(const bool all_answered, collect(piles));
  const bool quiet = all_answered && piles.empty();
  XJ_TRY_VOID(work_off(std::move(piles)));
  return quiet;
}

Result<bool> Clerks::collect(std::vector<Pile>& piles) {
  bool all_answered = true;
  for (const OfficeSite& site : fleet_.sites()) {
    const bool township = site.id.type() == OfficeType::kTownship;
    if (!township && site.id.type() != OfficeType::kPopulationPolice) continue;
    const auto list = fleet_.call(site.id, "inbox.list", {{"kind", "pre_release_notice"}});
    if (!list) {
      if (!is_away(list.error())) return std::unexpected(list.error());
      all_answered = false;
      continue;
    }
    std::size_t left = 0;
    for (const json& item : list->at("items")) {
      if (left == 0) {
        piles.push_back({&site, {}, {}});
        left = kPileItems;
      }
      --left;
      const std::string id = item.at("id");
      if (township) notices_settled_.insert(id);  // before: where the daemon dies, it may be done
      piles.back().ids.push_back(id);
      piles.back().outcomes.push_back(!township                 ? ""
                                      : is_unlinked(row_of(id)) ? "unlinked"
                                                                : "own-area");
    }
  }
  return all_answered;
}

namespace {

// One after the other; ends quietly where the daemon is away, for the next round finds the rest.
Result<> settle_pile(const std::string& socket, const std::vector<std::string>& ids,
                     const std::vector<std::string>& outcomes, const std::atomic<bool>& stop) {
  const auto client = adapters::ApiClient::connect(socket);
  if (!client) return is_away(client.error()) ? Result<>{} : std::unexpected(client.error());
  for (std::size_t i = 0; i < ids.size() && !stop; ++i) {
    ApiRequest request{i + 1, "inbox.settle", {{"id", ids[i]}}, {}};
    if (!outcomes[i].empty()) request.options["outcome"] = outcomes[i];
    request.options["measures"] = "演练：监狱至家门交接";  // asked for where the risk is high (A9)
    auto reply = (*client)->call(request, {}, kAnswerWithin);
    if (reply && !reply->ok) reply = fail(reply->code, reply->text);
    if (!reply) return is_away(reply.error()) ? Result<>{} : std::unexpected(reply.error());
  }
  return {};
}

}  // namespace

// Many hands: what several ask of one daemon at a time, it commits together.
Result<> Clerks::work_off(std::vector<Pile> piles) {
  std::atomic<std::size_t> next = 0, finished = 0;
  std::atomic<bool> stop = false;
  std::mutex mutex;
  Result<> outcome;
  const auto work = [&] {
    for (std::size_t i = next++; i < piles.size() && !stop; i = next++) {
      const Pile& pile = piles[i];
      const auto done = settle_pile(pile.site->socket.string(), pile.ids, pile.outcomes, stop);
      if (done) continue;
      const std::lock_guard lock(mutex);
      if (outcome)
        outcome = fail(done.error().code, to_text(pile.site->id) + ": " + done.error().text);
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
    return going;
  }
  threads.clear();
  return outcome;
}

}  // namespace xianjie::node::rehearsal
