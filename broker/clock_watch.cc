#include "broker/clock_watch.h"

#include <algorithm>
#include <vector>

namespace xianjie::broker {
namespace {

std::string duration_text(Duration length) {
  const std::int64_t s = std::max(length, length * -1).ms / 1000;
  if (s < 120) return std::to_string(s) + " s";
  if (s < 2 * 3600) return std::to_string(s / 60) + " min";
  if (s < 2 * 86'400) return std::to_string(s / 3600) + " h";
  return std::to_string(s / 86'400) + " days";
}

}  // namespace

void ClockWatch::asked(OfficeId neighbour, const Now& now) {
  if (!voices_.contains(neighbour)) answer_due_ = now.instant + kClockAnswerWait;
}

std::optional<Instant> ClockWatch::waits_until(Instant now) const {
  return answer_due_ && now < *answer_due_ ? answer_due_ : std::nullopt;
}

void ClockWatch::heard(OfficeId neighbour, const Pong& pong, const Now& now) {
  if (!pong.wall.is_set() || !pong.asked.is_set()) return;
  Voice& voice = voices_[neighbour];
  voice.trusts = pong.wall_trusted;
  voice.at = now.instant;
  const Duration least = pong.wall - now.wall;
  const Duration most = pong.wall - std::min(pong.asked, now.wall);
  voice.off = least > skew_ ? least : most < skew_ * -1 ? most : Duration{};
  // A contradiction is judged in the next turn: until then gates stay as they are.
  if (answer_due_ && voice.off.ms != 0)
    answer_due_ = now.instant + milliseconds(1);
  else
    answer_due_.reset();
}

ClockWatch::Verdict ClockWatch::ask_neighbours(const Now& now, OfficeId parent,
                                               Duration& off) const {
  std::vector<Duration> others;
  std::size_t voices = 0;
  bool parent_speaks = false;
  for (const auto& [office, voice] : voices_) {
    if (!voice.trusts || now.instant - voice.at > kClockVoiceLasts) continue;
    ++voices;
    parent_speaks = parent_speaks || office == parent;
    if (voice.off.ms != 0) others.push_back(voice.off);
  }
  if (voices < 2 && !parent_speaks) return Verdict::kSilent;
  if (2 * others.size() <= voices) return Verdict::kAgree;
  std::ranges::sort(others);
  off = others[others.size() / 2];
  return Verdict::kDisagree;
}

Now ClockWatch::judge(Now raw, OfficeId parent) const {
  if (!raw.wall_trusted) {
    if (raw.doubt == ClockDoubt::kNone) raw.doubt = ClockDoubt::kUnsynchronised;
    return raw;
  }
  const auto doubt = [&](ClockDoubt why, Duration off) {
    raw.wall_trusted = false;
    raw.doubt = why;
    raw.off = off;
    return raw;
  };
  Duration off;
  const Verdict verdict = ask_neighbours(raw, parent, off);
  if (verdict == Verdict::kDisagree) return doubt(ClockDoubt::kNeighbours, off);
  if (verdict == Verdict::kSilent && seen_.is_set() && raw.wall + skew_ < seen_)
    return doubt(ClockDoubt::kBehind, seen_ - raw.wall);
  return raw;
}

WallTime ClockWatch::to_remember(const Now& judged) const {
  if (!judged.wall_trusted) return {};
  const Duration step{std::max<std::int64_t>(skew_.ms / 10, 1)};
  const bool later = !seen_.is_set() || judged.wall >= seen_ + step;
  return later || judged.wall + skew_ < seen_ ? judged.wall : WallTime{};
}

std::string describe_doubt(const Now& judged) {
  if (judged.wall_trusted) return "";
  const std::string off = duration_text(judged.off);
  const std::string by = off + (judged.off.ms >= 0 ? " behind" : " ahead of");
  switch (judged.doubt) {
    case ClockDoubt::kNone:
    case ClockDoubt::kUnsynchronised:
      return "unsynchronised: the kernel says that this machine's clock follows no time source";
    case ClockDoubt::kBehind:
      return "behind: the clock stands " + off +
             " before a time that this office has already been at";
    case ClockDoubt::kNeighbours:
      return "neighbours: the clock stands " + by +
             " the clocks of most neighbours that trust theirs";
  }
  return "";
}

}  // namespace xianjie::broker
