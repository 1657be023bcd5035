// The kinds table (DESIGN section 6), once: read by broker, services, CLI, dashboard and documents.
// A kind's rule is a row here, never an `if` elsewhere.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "schemas/ids.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie::routing {

enum class Schedule : std::uint8_t {
  kAtOnce,
  kMonthlyGates,
  kHalfYearAndAnnual,
  kNightly,
  kWithSubject
};
enum class Goes : std::uint8_t {
  kByRegistration,
  kTownshipToOrigin,
  kToCoveringOffice,
  kToOfficeOrRegistration,
  kToRequester,
  kToParent,
  kByRegionAndBusiness,
  kToParentAndNamed,
  kToSubtree,
  kWithSubject,
  kToNeighbourOrOrigin,
};
enum class ReaderRule : std::uint8_t {
  kPath,
  kDestination,
  kDestinationAndCounty,
  kPlainToNeighbours
};

struct KindRow {
  Kind kind;
  Class klass;
  Schedule schedule;
  Lane lane;
  Goes goes;
  ReaderRule readers;
  std::uint8_t channels;    // bit (1 << ChannelClass) set: allowed
  bool media_to_county;     // the m of D+m: media from township to its county only
  Duration lifetime;        // zero: until due
  bool lifetime_from_gate;  // counted from the origin's gate, not from creation
  bool police_copy;         // also a copy to population-police
  bool path_copies;         // each custodian on the way that is a reader keeps a copy
  std::size_t payload_max;  // bytes
  std::uint32_t senders;    // bit (1 << OfficeType) set: may originate it
  Kind answer_kind;         // what its destination answers with; kNone: receipts only
  int answer_days;          // working days for it where the sender names no instant; 0: none
  int collect_days;         // working days for a clerk to sign for it; 0: not asked for
  std::string_view answer;  // a word for people: "delivered, collected, check_result" …
};
std::span<const KindRow> kinds();
const KindRow& kind_row(Kind kind);  // XJ_CHECKs that the kind exists
// The longest that any kind may be on its way, from sealing on: how long after the end of a key set
// mail may still arrive that was sealed to it.
Duration longest_way();

// Counted in the month's account: the notices of persons to be released.
bool counted_in_month(Kind kind);
// Leaves every office at its gate of the month (routing/calendar.h) and is reconciled by manifests.
bool is_gated(Kind kind);
// Whether a kind may use a channel of this class on a hop from office type to office type. For
// receipts and other control kinds ask with the subject's kind; their own row allows what no
// person's kind forbids.
bool channel_allowed(Kind kind, ChannelClass channel, OfficeType from, OfficeType to);
// The same for a signed record about envelopes of kind `subject` (kNone: about none, or not said):
// it may use what its subject may use on that hop, in either direction, for it answers what came.
bool record_allowed(Kind subject, ChannelClass channel, OfficeType from, OfficeType to);

// Whether an office of this type may originate the kind; senders_text: "township, county" for
// refusals.
bool may_send(Kind kind, OfficeType type);
std::string senders_text(Kind kind);

// The class tokens allowed, for refusals and for people: "dedicated, vpn, media, ferry".
std::string channels_text(Kind kind);

}  // namespace xianjie::routing
