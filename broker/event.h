// What goes into a turn and what comes out of it. Events carry prepared values only; effects own
// their bytes and are valid only because the turn has been committed. Read next: broker.h.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "broker/link.h"
#include "broker/prepare.h"
#include "broker/tables.h"
#include "schemas/result.h"

namespace xianjie::broker {

using Token = std::uint64_t;  // the caller's, given back with the answer

// `channel` names the link among those to the same neighbour (link.h).
struct LinkUp {
  OfficeId neighbour;
  ChannelClass channel_class = ChannelClass::kPublic;  // as proved at this end
  ChannelClass channel = ChannelClass::kVpn;
  Proof proof = Proof::kProved;
};
struct LinkDown {
  OfficeId neighbour;
  ChannelClass channel = ChannelClass::kVpn;
};
struct FrameArrived {
  OfficeId neighbour;  // of the authenticated key
  CheckedFrame frame;
  ChannelClass channel = ChannelClass::kVpn;
  std::uint64_t connection = 0;  // as in Arrival: not 0, beside the one that is the link
};

// One row of a submission; (submission, row) answered once and for ever.
struct SubmitItem {
  std::uint32_t row = 0;
  std::optional<Hash> person;  // HMAC(local key, kind ‖ period ‖ number); empty: never a duplicate
  std::uint32_t code = 0;
  Confidence confidence = Confidence::kExact;
  bool assigned = true;
  PreparedOrder order;
  std::uint64_t part = 0;  // of a row that goes to several offices: which one; else 0
};
struct Submit {
  Token token = 0;
  Hash submission{};
  std::vector<SubmitItem> items;
};

// The application is done with an inbox item; `answer` travels to its origin in the same turn.
struct Settle {
  Token token = 0;
  EnvelopeKey key;
  std::optional<PreparedOrder> answer;
  std::uint8_t outcome = 0;        // the CheckOutcome that the answer tells; 0: none
  std::vector<Hash> remembered{};  // HMACs written to `persons`: what is a duplicate from now on
};
struct Collect {
  Token token = 0;
  EnvelopeKey key;
  std::string clerk{};  // an account's name, for the audit log
};
// The application passes an inbox item on as a new envelope of this office. The item stays in its
// custody until that one is processed; when it fails, the item waits for a person again.
struct Continue {
  Token token = 0;
  EnvelopeKey key;
  PreparedOrder order;  // its header's `continues` is the item's id
};
// This office has opened a check_result for an envelope of its own: note the outcome beside it and
// settle the result. Where it went on with an inbox item, that one is settled too, and `answer`
// travels to its origin, all in one turn.
struct NoteOutcome {
  EnvelopeKey result;
  EnvelopeId notice;
  std::uint8_t outcome = 0;
  std::optional<PreparedOrder> answer{};
  OfficeId checked_by{};  // who said so; not set: the result's sender
};
// This office's own service has opened an inbox item and says who it is about, by a keyed hash: the
// same person from two origins is marked (疑似重复).
struct NotePerson {
  EnvelopeKey key;
  Hash person{};   // zero: no number, never a duplicate
  OfficeId first;  // the notice's own origin
};
// What Effects::stale named, sealed anew. Does nothing where the old one has left meanwhile.
struct Replace {
  EnvelopeId old;
  PreparedOrder order;  // its header's `replaces` is `old`
};
// Something to be kept in the audit log: `text` carries ids, offices, kinds and codes only.
struct Audit {
  std::string text;
};
// Batch numbers for prepare_orders: [first, first + count) is the caller's alone.
struct Lease {
  Token token = 0;
  std::uint32_t count = 1;
};
// How far the Archive has come: its last record and the chain's hash after it (heads.h).
struct ArchiveHead {
  std::uint64_t number = 0;
  Hash hash{};
};
// These offices are asked for the custody statements that they hold about an envelope which this
// office has a part in.
struct AskCustody {
  EnvelopeKey key;
  std::vector<OfficeId> offices;
};
// The answer to Effects::custody_wanted, from the archive: node/evidence/sections.h says the bytes.
struct TellCustody {
  OfficeId to;
  EnvelopeKey key;
  Bytes statements;
};
// The Archive holds everything up to this number.
struct Archived {
  std::uint64_t up_to = 0;
};
// How this office stands, for the offices above. Signed and sent only where it differs from what
// was said last, or that is a day old.
struct SetStanding {
  std::vector<StandingEntry> rows;  // at most kRecordEntriesMax
};
// The month's books are shut: kept once, with `account` as it stood; a second one changes nothing.
struct CloseMonth {
  Token token = 0;
  Period period;
  std::string account;  // JSON of ids, counts and reasons
};

// An operator does not wait any longer for what origins say of items that a restored store keeps
// back: they are handed out. The reply's `first` is their number.
struct HandOut {
  Token token = 0;
};

// An operator's hand on one envelope here (operate.cc). Refused with the reason where its place
// does not allow the act.
enum class Act : std::uint8_t {
  kHold = 1,     // out of its queue, until it is released
  kRelease = 2,  // what is held is tried again now
  kRequeue = 3,  // at once instead of at its retry time; dead at its origin: sealed anew
  kExpire = 4,   // given up, at its origin only
};
std::span<const Word> words_of(Act);
struct Operate {
  Token token = 0;
  EnvelopeKey key;
  Act act = Act::kHold;
  std::string reason;       // 1 to kOperatorReasonMax bytes, for the audit log
  std::string by;           // an account or user name
  bool only_asked = false;  // a trial: says what would happen, changes nothing
};
inline constexpr std::size_t kOperatorReasonMax = 300;

// What waits for a neighbour, and may go by disk or ferry, becomes a consignment: its frames come
// in the reply. Not on its way before Exported says so.
struct Export {
  Token token = 0;
  OfficeId neighbour;
  ChannelClass channel = ChannelClass::kMedia;
  WallTime expires;               // overdue after it: alarm, and what it held may go any way again
  bool answers_only = false;      // acknowledgements and receipts, no mail
  std::string seal{}, courier{};  // kept beside it
};
// Whether the consignment stands, whole and read again, where the courier takes it.
struct Exported {
  OfficeId neighbour;
  std::uint64_t number = 0;
  bool written = false;
  Token token = 0;  // 0: no reply wanted
};

// All frames of a consignment have been taken as FrameArrived, between LinkUp and LinkDown of its
// channel: it is remembered until it expires.
struct Imported {
  Token token = 0;
  OfficeId neighbour;
  ChannelClass channel = ChannelClass::kMedia;
  std::uint64_t store_epoch = 0, number = 0;  // its name
  WallTime expires;
  std::uint32_t envelopes = 0;
};

// The newest directory that this office has believed: an older file in its place is noticed.
struct Believe {
  std::uint64_t root_version = 0, snapshot_version = 0;
};

using Event = std::variant<LinkUp, LinkDown, FrameArrived, Submit, Settle, Collect, Continue,
                           NoteOutcome, Replace, Audit, Lease, Archived, SetStanding, CloseMonth,
                           NotePerson, Export, Exported, Imported, Believe, ArchiveHead, AskCustody,
                           TellCustody, HandOut, Operate>;

struct Send {
  OfficeId neighbour;
  Bytes frame;
  ChannelClass channel = ChannelClass::kVpn;
  std::uint64_t connection = 0;  // not 0: over that one instead of the link's own
};
// From now on this connection is the link: it goes down and comes up again as the other one.
struct Prefer {
  OfficeId neighbour;
  ChannelClass channel = ChannelClass::kVpn;
  std::uint64_t connection = 0;
};
struct SubmitAnswer {
  std::uint32_t row = 0;
  bool repeated = false;       // the same (submission, row) was answered before
  Result<EnvelopeId> outcome;  // kRefused "duplicate: …", kFull with the limit
  std::uint64_t part = 0;      // SubmitItem::part
};
struct Consigned {
  std::uint64_t number = 0;
  std::vector<Bytes> frames;  // at least two: a hello and something to say
  std::size_t envelopes = 0;
  bool more = false;  // further mail waits: export again
};
struct Reply {
  Token token = 0;
  Result<> result;
  std::vector<SubmitAnswer> answers;  // to Submit
  std::uint64_t first = 0;            // to Lease
  Consigned consigned{};              // to Export
};
struct Delivered {
  EnvelopeKey key;
  Kind kind = Kind::kNone;
  bool passes_on = false;  // not for this office: it goes on as a new envelope (follow.cc)
};
// A gated envelope of this origin that the directory has overtaken.
struct Stale {
  EnvelopeId id;
  OfficeId destination;    // where it goes by the directory of now
  std::uint32_t code = 0;  // for its copy to population-police
};
// What passes between offices about custody: `office` asks, or has told.
struct CustodyTalk {
  OfficeId office;
  EnvelopeKey key;
  Hash leaf{};
  Bytes statements;  // told
};
struct Effects {
  std::vector<Send> sends;
  std::vector<Reply> replies;
  std::vector<Prefer> prefers;
  std::vector<Delivered> delivered;  // new in this inbox, path copies not among them
  std::vector<Stale> stale;          // to be sealed anew and given back as Replace
  std::vector<std::string> alarms;   // for people, at once
  std::uint32_t receipts = 0;        // own envelopes now known to be delivered that were not before
  std::vector<CustodyTalk> custody_wanted;  // to be looked up and told: TellCustody
  std::vector<CustodyTalk> custody_told;    // answers to AskCustody
  bool audit_waiting = false;               // rows in `audit` to be moved to the Archive
};

}  // namespace xianjie::broker
