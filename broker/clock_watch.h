// Whether this office may trust its wall clock, and if not, why. Pure: what the machine says, what
// the store remembers and what the neighbours answer come in; a judged Now comes out.
//
// Three witnesses. The machine (adapters/clock.h): does the kernel follow a time source? The store:
// the newest time that was ever trusted here, for a clock never goes backwards. The neighbours:
// each pong tells the sender's time and whether it trusts that itself; those that do have a voice.
// Where at least two have one, or this office's parent alone, and most say another time by more
// than `skew`, the clock is not trusted. The same majority, where it agrees, overrules the store:
// else a clock that once stood years ahead would keep gates shut for years.
//
// After a start the first neighbour that is met is asked before any gate opens: what a wrong clock
// lets out nobody takes back. Who does not answer within kClockAnswerWait is not waited for.
//
// Nothing is latched: each judgement looks at what is known now, so trust comes back by itself.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "schemas/ids.h"
#include "schemas/link.h"
#include "schemas/time.h"

namespace xianjie::broker {

// A neighbour that has not answered for so long has no voice any more.
inline constexpr Duration kClockVoiceLasts = minutes(15);
inline constexpr Duration kClockAnswerWait = seconds(5);

class ClockWatch {
 public:
  explicit ClockWatch(Duration skew) : skew_(skew) {}

  // The newest trusted time that the store knows; not set: none.
  void remember(WallTime seen) { seen_ = seen; }
  [[nodiscard]] WallTime seen() const { return seen_; }
  // What the store should remember from now on; not set: nothing new. Rows are written at most
  // every tenth of the skew, a minute outside rehearsals.
  [[nodiscard]] WallTime to_remember(const Now& judged) const;

  // A ping goes out to a neighbour that has just been met.
  void asked(OfficeId neighbour, const Now& now);
  // Until when gates wait for an answer; empty: for none.
  [[nodiscard]] std::optional<Instant> waits_until(Instant now) const;

  // The answer to a ping: the neighbour's clock stood at pong.wall at some moment between
  // pong.asked and `now` by ours, so a slow way is no difference.
  void heard(OfficeId neighbour, const Pong& pong, const Now& now);

  // `parent`: the office whose voice alone is enough; not set: none.
  [[nodiscard]] Now judge(Now raw, OfficeId parent) const;

 private:
  struct Voice {
    bool trusts = false;  // its own clock
    Duration off;         // by how much we lag; 0: within the skew
    Instant at;
  };
  enum class Verdict : std::uint8_t { kSilent, kAgree, kDisagree };
  Verdict ask_neighbours(const Now& now, OfficeId parent, Duration& off) const;

  Duration skew_;
  WallTime seen_;
  std::map<OfficeId, Voice> voices_;
  std::optional<Instant> answer_due_;
};

// One line for a person: what is wrong and by how much. "" where the clock is trusted.
std::string describe_doubt(const Now& judged);

}  // namespace xianjie::broker
