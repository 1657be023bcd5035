// The words of the bus (DESIGN section 2), as enums with one wire number and one word each. The
// same words stand in tables, logs, CLI, dashboard and documents. Numbers travel; never reuse one.
// What a kind *does* stands in routing/kinds.h. Read next: envelope.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace xianjie {
inline namespace schemas {

enum class Kind : std::uint8_t {
  kNone = 0,
  kPreReleaseNotice = 1,
  kAdHocReport = 2,
  kArrivalReport = 3,
  kUnlinkedReturn = 4,
  kAssistanceRequest = 5,
  kAssistanceFeedback = 6,
  kCollaborationNotice = 7,
  kStatisticalReport = 8,
  kDetailedReport = 9,
  kWorkOrder = 10,
  kWorkOrderFeedback = 11,
  kAlert = 12,
  kNotice = 13,
  kRecordBatch = 14,
  kAttachment = 15,
  kCheckResult = 16,
  kManifest = 17,
  kDirectoryUpdate = 18,
  kExchangeTest = 19,
  kReceipt = 20,
};

enum class Class : std::uint8_t { kStatistical = 1, kInternal, kPersonal, kDetailed, kControl };

// Lower leaves first.
enum class Lane : std::uint8_t { kUrgent = 0, kNormal = 1, kBulk = 2 };

// Ordered: of two ends the lower class wins.
enum class ChannelClass : std::uint8_t {
  kPublic = 1,
  kVpn = 2,
  kDedicated = 3,
  kMedia = 4,
  kFerry = 5,
};
// Not a disk or ferry: somebody answers at once.
constexpr bool is_wire(ChannelClass channel) {
  return channel <= ChannelClass::kDedicated;
}

// What stands behind a channel's class at this end.
enum class Proof : std::uint8_t {
  kProved = 1,     // by networks and interface; `public` has nothing to prove
  kAttested = 2,   // a named operator vouches for it in the signed directory
  kRehearsal = 3,  // loopback, in a rehearsal directory
};

enum class State : std::uint8_t {
  kGated = 1,     // waits for its gate
  kReady = 2,     // may leave
  kSent = 3,      // on the wire, acknowledgement outstanding
  kDeferred = 4,  // waits for its retry time
  kHeld = 5,      // stopped by policy or an operator, with the reason
  kInbox = 6,     // delivered here, its application has not settled it
  kSettled = 7,   // done here
  kDead = 8,      // undeliverable, needs a person
  kCorrupt = 9,   // failed its checksum, quarantined
};

enum class ReceiptType : std::uint8_t {
  kAccepted = 1,
  kDelivered = 2,
  kCollected = 3,
  kProcessed = 4,
  kReturned = 5,
  kRejected = 6,
  kExpired = 7,
};
[[nodiscard]] bool is_terminal(ReceiptType type);  // processed, returned, rejected, expired

// How a destination was reached (DESIGN section 5).
enum class Confidence : std::uint8_t { kExact = 1, kSuccessor, kAddress, kIdPrefix, kAmbiguous };

// What became of a notice at an office that passed it on as a new envelope (flows A8, C).
enum class StepAction : std::uint8_t {
  kAssigned = 1,     // by a person, downward
  kReturned = 2,     // upward, or to population-police
  kDistributed = 3,  // by the bus itself, from the code that a return named
  kMoved = 4,        // by the bus itself, because an office moved or ended
};
enum class ReturnReason : std::uint8_t {
  kNotOurs = 1,        // lives elsewhere
  kNotFound = 2,       // nobody knows where
  kFalseIdentity = 3,  // 三假: false name, address or identity
  kFound = 4,          // population-police's answer
};

// What an attachment is. A fingerprint is opaque: nothing here looks into it.
enum class AttachmentType : std::uint8_t { kPhotograph = 1, kFingerprint = 2, kDocument = 3 };

// What an office counts for the offices above it (schemas/record.h, StandingEntry): one number a
// period, kind and column. A further column is a further row here and in words_of().
enum class StandingColumn : std::uint8_t {
  // an origin's ledger of first envelopes; each stands in one of the four after `accepted`
  kAccepted = 1,
  kDelivered = 2,
  kReturned = 3,
  kHeld = 4,  // dead and corrupt included
  kInTransit = 5,
  kOwnArea = 6,  // what the check found
  kUnlinked = 7,
  kUnchecked = 8,  // delivered, no check result yet
  kNoCopy = 9,
  kCopiesAccepted = 10,  // to population-police
  kCopiesDelivered = 11,
  kCopiesReturned = 12,
  kCopiesHeld = 13,
  kCopiesInTransit = 14,
  kContinued = 15,  // passed on by a desk as a new envelope
  // the inbox
  kReceived = 16,
  kOpen = 17,  // of those, not settled
  // mail of others on its way
  kPassedOn = 18,
  kWaiting = 19,  // in custody here
  kStopped = 20,  // held, dead or corrupt here
  kLate = 21,     // came after the day of this office's gate
  // manifests, one a neighbour
  kManifests = 22,  // given, the newest of each
  kManifestsAgreed = 23,
  kManifestsDiffer = 24,   // given or taken
  kManifestsMissing = 25,  // not come, though the neighbour's gate is past
  // what a township found, of those received
  kCheckedInTime = 26,
  kCheckedLate = 27,
  kFoundUnlinked = 28,
  // owed by this office itself, and overdue
  kOverdueChecks = 32,
  kOverdueArrivals = 33,
  kOverdueAnswers = 34,
  kUncollected = 35,
  kOverdueReports = 36,
  // its health, rounded (node/office/network.h); of no kind: kReceipt stands there
  kAlarmsCritical = 40,
  kAlarmsWarning = 41,
  kQueued = 42,
  kHeldHere = 43,
  kOldestSeconds = 44,  // how long the oldest could have left
  kInboxOpen = 45,
};

// How the two ends of a manifest (交接清单) stand to each other.
enum class ManifestState : std::uint8_t {
  kSent = 1,     // not yet answered
  kAgreed = 2,   // the next office has taken exactly these
  kListing = 3,  // it has not; being compared envelope by envelope
  kDiffers = 4,  // the envelopes at fault are known
};

// Why an office does not trust its wall clock (broker/clock_watch.h); gates stay shut for it.
enum class ClockDoubt : std::uint8_t {
  kNone = 0,
  kUnsynchronised = 1,  // the kernel follows no time source
  kBehind = 2,          // earlier than this office has already been
  kNeighbours = 3,      // most neighbours that trust their clocks say another time
};

// word: English, as in JSON; zh: as in GLOSSARY.
struct Word {
  std::uint8_t number;
  std::string_view word;
  std::string_view zh;
};
std::span<const Word> words_of(Kind);  // the whole table; the argument only selects it
std::span<const Word> words_of(Class);
std::span<const Word> words_of(Lane);
std::span<const Word> words_of(ChannelClass);
std::span<const Word> words_of(Proof);
std::span<const Word> words_of(State);
std::span<const Word> words_of(ReceiptType);
std::span<const Word> words_of(Confidence);
std::span<const Word> words_of(StepAction);
std::span<const Word> words_of(ReturnReason);
std::span<const Word> words_of(AttachmentType);
std::span<const Word> words_of(StandingColumn);
std::span<const Word> words_of(ManifestState);
std::span<const Word> words_of(ClockDoubt);

// "" for a number that is no row.
template <class E>
std::string_view to_word(E value) {
  for (const Word& row : words_of(E{}))
    if (row.number == static_cast<std::uint8_t>(value)) return row.word;
  return "";
}
template <class E>
std::string_view to_zh(E value) {
  for (const Word& row : words_of(E{}))
    if (row.number == static_cast<std::uint8_t>(value)) return row.zh;
  return "";
}
template <class E>
std::optional<E> from_word(std::string_view word) {
  for (const Word& row : words_of(E{}))
    if (row.word == word) return static_cast<E>(row.number);
  return std::nullopt;
}
template <class E>
std::optional<E> from_number(std::uint8_t number) {
  for (const Word& row : words_of(E{}))
    if (row.number == number) return static_cast<E>(number);
  return std::nullopt;
}

}  // namespace schemas
}  // namespace xianjie
