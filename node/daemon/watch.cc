#include "node/daemon/watch.h"

#include <algorithm>

#include "node/office/month_status.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

constexpr Duration kSampleEvery = seconds(5);
constexpr std::size_t kPoints = 120, kMonthsKept = 12;

}  // namespace

KeptMonths::View KeptMonths::get(Period period, Age age, const Kept<json>::Count& count) {
  std::shared_ptr<Kept<json>> kept;
  {
    const std::scoped_lock lock(mutex_);
    if (months_.size() >= kMonthsKept && !months_.contains(period)) months_.clear();
    auto& place = months_[period];
    if (!place) place = std::make_shared<Kept<json>>();
    kept = place;
  }
  return kept->get(age, count);
}

Result<std::shared_ptr<const Census>> Watch::census(broker::ReadTxn& txn, const Scene& scene,
                                                    Age age) {
  txn.rest();
  return census_.get(age, [&] { return Census::take(txn, scene.now); });
}

KeptMonths::View Watch::month(broker::ReadTxn& txn, const Scene& scene, Period period, Age age) {
  txn.rest();
  const auto asked = period.is_set() ? std::optional(period) : std::nullopt;
  return months_.get(period, age,
                     [&] { return month_view(txn, scene.context(), asked, std::nullopt); });
}

KeptMonths::View Watch::bulletin(broker::ReadTxn& txn, const Scene& scene, Period period, Age age) {
  txn.rest();
  return bulletins_.get(period, age, [&] { return bulletin_view(txn, scene.context(), period); });
}

Result<std::shared_ptr<const std::vector<Obligation>>> Watch::owed(broker::ReadTxn& txn,
                                                                   const Scene& scene, Age age) {
  txn.rest();
  return owed_.get(age, [&] { return scene.owed(txn); });
}

Result<std::shared_ptr<const Duplicates>> Watch::duplicates(broker::ReadTxn& txn, Age age) {
  txn.rest();
  return duplicates_.get(age, [&] { return possible_duplicates(txn); });
}

void Watch::sample() {
  const Instant now = engine_.now().instant;
  if (now < sampled_ + kSampleEvery) return;
  // Idle, nobody comes here for a while: then nothing moved, and points are missing.
  const auto intervals =
      sampled_.ms == 0 ? 1 : static_cast<std::size_t>((now - sampled_).ms / kSampleEvery.ms);
  const std::size_t quiet = std::min(intervals - 1, kPoints);
  sampled_ = now;
  for (const auto& [office, peer] : engine_.broker().peers()) {
    Series& series = series_[office];
    const broker::Tally& tally = peer.tally;
    series.points.insert(series.points.end(), quiet, Sample{});
    series.points.push_back({tally.in - series.last.in, tally.out - series.last.out,
                             tally.acknowledged - series.last.acknowledged});
    series.last = {tally.in, tally.out, tally.acknowledged};
    while (series.points.size() > kPoints) series.points.pop_front();
  }
}

json Watch::rates() {
  sample();
  const Now now = engine_.now();
  json list = json::array();
  for (const auto& [office, peer] : engine_.broker().peers()) {
    json in = json::array(), out = json::array(), acknowledged = json::array();
    for (const Sample& point : series_[office].points) {
      in.push_back(point.in);
      out.push_back(point.out);
      acknowledged.push_back(point.acknowledged);
    }
    Instant progress;
    Duration trip{-1};
    for (const auto& [channel, link] : peer.links) {
      progress = std::max(progress, link.progress);
      if (link.round_trip.ms >= 0) trip = link.round_trip;
    }
    list.push_back(
        {{"neighbour", to_text(office)},
         {"in", std::move(in)},
         {"out", std::move(out)},
         {"acknowledged", std::move(acknowledged)},
         {"redelivered", peer.tally.redelivered},
         {"duplicates_refused", peer.tally.duplicates_refused},
         {"last_progress",
          progress.ms == 0 ? json(nullptr) : json(to_text(now.wall + (progress - now.instant)))},
         {"round_trip_ms", trip.ms < 0 ? json(nullptr) : json(trip.ms)}});
  }
  return {{"every_s", kSampleEvery.ms / 1000}, {"neighbours", std::move(list)}};
}

}  // namespace xianjie::node
