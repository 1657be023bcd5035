#include "node/daemon/watch.h"

#include <algorithm>

#include "node/office/month_status.h"

namespace xianjie::node {
namespace {

using nlohmann::json;

constexpr std::size_t kRowsPerSlice = 4096;  // some milliseconds
constexpr Duration kFreshAtLeast = seconds(2);
constexpr std::int64_t kShareOfTime = 50;
constexpr Duration kSampleEvery = seconds(5);
constexpr std::size_t kPoints = 120, kMonthsKept = 12;

Duration fresh_for(Duration cost) {
  return std::max(kFreshAtLeast, cost * kShareOfTime);
}

}  // namespace

void Watch::with_census(WithCensus then) {
  if (census_ && engine_.now().instant < census_until_) return then(census_);
  waiting_.push_back(std::move(then));
  if (running_) return;
  running_ = std::make_unique<Census>();
  spent_ = {};
}

void Watch::advance() {
  if (!running_) return;
  const Now began = engine_.now();
  auto whole = [&]() -> Result<bool> {
    XJ_TRY(const auto txn, engine_.read());
    return running_->advance(*txn, kRowsPerSlice, began);
  }();
  const Instant done = engine_.now().instant;
  spent_ = spent_ + (done - began.instant);
  if (whole && !*whole) return;
  Result<std::shared_ptr<const Census>> result = std::shared_ptr<const Census>();
  if (whole)
    result = census_ = std::move(running_);
  else
    result = std::unexpected(std::move(whole).error());
  running_.reset();
  census_until_ = done + fresh_for(spent_);
  for (const WithCensus& then : std::exchange(waiting_, {})) then(result);
}

Result<json> Watch::month(Period period) {
  const Instant began = engine_.now().instant;
  if (const auto kept = months_.find(period); kept != months_.end() && began < kept->second.until)
    return kept->second.view;
  XJ_TRY(const auto txn, engine_.read());
  XJ_TRY(json view, month_view(*txn, engine_.month_context(), period, std::nullopt));
  const Instant done = engine_.now().instant;
  if (months_.size() >= kMonthsKept) months_.clear();
  months_[period] = {view, done + fresh_for(done - began)};
  return view;
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
