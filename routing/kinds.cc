#include "routing/kinds.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "schemas/limits.h"
#include "schemas/result.h"

namespace xianjie::routing {
namespace {

constexpr std::uint8_t bit(ChannelClass channel) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(channel));
}
constexpr std::uint8_t kDedicatedOrVpn = bit(ChannelClass::kDedicated) | bit(ChannelClass::kVpn);
constexpr std::uint8_t kProtected =
    kDedicatedOrVpn | bit(ChannelClass::kMedia) | bit(ChannelClass::kFerry);
constexpr std::uint8_t kAny = kProtected | bit(ChannelClass::kPublic);

constexpr std::uint32_t types(std::initializer_list<OfficeType> list) {
  std::uint32_t mask = 0;
  for (const OfficeType type : list) mask |= 1U << static_cast<unsigned>(type);
  return mask;
}
constexpr std::uint32_t kAnybody = ~std::uint32_t{1};
constexpr std::uint32_t kReleasing = types({OfficeType::kPrison, OfficeType::kDetentionHouse});
constexpr std::uint32_t kDesks = types(
    {OfficeType::kMinistry, OfficeType::kProvince, OfficeType::kPrefecture, OfficeType::kCounty});
constexpr std::uint32_t kJustice = kDesks | types({OfficeType::kTownship});

constexpr KindRow row(Kind kind, Class klass, Schedule schedule, Lane lane, Goes goes,
                      ReaderRule readers, std::uint8_t channels, Duration lifetime,
                      std::string_view answer) {
  return {
      .kind = kind,
      .klass = klass,
      .schedule = schedule,
      .lane = lane,
      .goes = goes,
      .readers = readers,
      .channels = channels,
      .media_to_county = false,
      .lifetime = lifetime,
      .lifetime_from_gate = schedule == Schedule::kMonthlyGates,
      .police_copy = false,
      .path_copies = readers == ReaderRule::kPath || readers == ReaderRule::kDestinationAndCounty,
      .payload_max = kPayloadBytesMax,
      .senders = kAnybody,
      .answer_kind = Kind::kNone,
      .answer_days = 0,
      .collect_days = 0,
      .answer = answer};
}
constexpr KindRow with_police_copy(KindRow row) {
  row.police_copy = true;
  return row;
}
constexpr KindRow large(KindRow row) {
  row.payload_max = kLargePayloadBytesMax;
  return row;
}
constexpr KindRow with_media_to_county(KindRow row) {
  row.media_to_county = true;
  return row;
}
constexpr KindRow from(std::uint32_t senders, KindRow row) {
  row.senders = senders;
  return row;
}
constexpr KindRow answered_by(Kind kind, int working_days, KindRow row) {
  row.answer_kind = kind;
  row.answer_days = working_days;
  return row;
}
constexpr KindRow collected_within(int working_days, KindRow row) {
  row.collect_days = working_days;
  return row;
}
// Control kinds travel over what their subject may use. Their own row says the strictest set that
// every kind of a person allows, so that asking without the subject never opens a public network.
constexpr KindRow control(Kind kind) {
  return row(kind, Class::kControl, Schedule::kWithSubject, Lane::kNormal,
             Goes::kToNeighbourOrOrigin, ReaderRule::kPlainToNeighbours, kProtected, days(60),
             "none");
}

using enum Schedule;
using enum ReaderRule;
constexpr Duration kUntilDue{};
constexpr Duration kWithItsSubject{};  // Order::not_after says when
constexpr std::string_view kCheckAnswer = "delivered, collected, check_result";
// Working days where FLOWS leaves them open (node/office/README.md lists what was chosen).
constexpr int kRequestDays = 5, kWorkOrderDays = 10, kCollectDays = 3;

// In the order of the wire numbers: kind_row() indexes it.
constexpr std::array<KindRow, 20> kRows = {
    from(kReleasing,
         with_police_copy(answered_by(
             Kind::kCheckResult, 0,
             row(Kind::kPreReleaseNotice, Class::kPersonal, kMonthlyGates, Lane::kNormal,
                 Goes::kByRegistration, kPath, kProtected, days(60), kCheckAnswer)))),
    from(kReleasing, with_police_copy(answered_by(
                         Kind::kCheckResult, 0,
                         row(Kind::kAdHocReport, Class::kPersonal, kAtOnce, Lane::kUrgent,
                             Goes::kByRegistration, kPath, kProtected, days(30), kCheckAnswer)))),
    from(types({OfficeType::kTownship}),
         row(Kind::kArrivalReport, Class::kPersonal, kAtOnce, Lane::kNormal,
             Goes::kTownshipToOrigin, kPath, kProtected, days(30), "receipt")),
    answered_by(Kind::kCheckResult, 0,
                row(Kind::kUnlinkedReturn, Class::kPersonal, kAtOnce, Lane::kNormal,
                    Goes::kToCoveringOffice, kPath, kProtected, days(60), "check_result")),
    answered_by(Kind::kAssistanceFeedback, kRequestDays,
                row(Kind::kAssistanceRequest, Class::kPersonal, kAtOnce, Lane::kNormal,
                    Goes::kToOfficeOrRegistration, kDestination, kProtected, kUntilDue,
                    "assistance_feedback")),
    row(Kind::kAssistanceFeedback, Class::kPersonal, kAtOnce, Lane::kNormal, Goes::kToRequester,
        kDestination, kProtected, days(30), "receipt"),
    from(kJustice,
         collected_within(kCollectDays, row(Kind::kCollaborationNotice, Class::kPersonal, kAtOnce,
                                            Lane::kNormal, Goes::kByRegistration, kDestination,
                                            kProtected, days(30), "collected"))),
    from(types({OfficeType::kCounty, OfficeType::kPrefecture, OfficeType::kProvince}),
         row(Kind::kStatisticalReport, Class::kStatistical, kHalfYearAndAnnual, Lane::kNormal,
             Goes::kToParent, kDestination, kAny, days(60), "receipt")),
    from(types({OfficeType::kTownship, OfficeType::kCounty, OfficeType::kPrefecture}),
         with_media_to_county(row(Kind::kDetailedReport, Class::kDetailed, kHalfYearAndAnnual,
                                  Lane::kNormal, Goes::kToParent, kDestination, kDedicatedOrVpn,
                                  days(60), "receipt"))),
    from(kJustice, answered_by(Kind::kWorkOrderFeedback, kWorkOrderDays,
                               row(Kind::kWorkOrder, Class::kPersonal, kAtOnce, Lane::kNormal,
                                   Goes::kByRegionAndBusiness, kDestination, kProtected, kUntilDue,
                                   "work_order_feedback"))),
    row(Kind::kWorkOrderFeedback, Class::kPersonal, kAtOnce, Lane::kNormal, Goes::kToRequester,
        kDestination, kProtected, days(30), "receipt"),
    from(kJustice,
         collected_within(kCollectDays, row(Kind::kAlert, Class::kPersonal, kAtOnce, Lane::kUrgent,
                                            Goes::kToParentAndNamed, kDestination, kProtected,
                                            days(7), "collected"))),
    from(kDesks, collected_within(kCollectDays, row(Kind::kNotice, Class::kInternal, kAtOnce,
                                                    Lane::kNormal, Goes::kToSubtree, kDestination,
                                                    kProtected, days(30), "collected, counted"))),
    from(types({OfficeType::kTownship, OfficeType::kCounty, OfficeType::kPrefecture}),
         answered_by(
             Kind::kCheckResult, 0,
             row(Kind::kRecordBatch, Class::kPersonal, kNightly, Lane::kBulk, Goes::kToParent,
                 kDestination, kProtected, days(30), "sealed refusals per row"))),
    large(row(Kind::kAttachment, Class::kPersonal, kWithSubject, Lane::kBulk, Goes::kWithSubject,
              kDestinationAndCounty, kProtected, kWithItsSubject, "receipt")),
    row(Kind::kCheckResult, Class::kPersonal, kAtOnce, Lane::kNormal, Goes::kTownshipToOrigin,
        kPath, kProtected, days(60), "receipt"),
    control(Kind::kManifest),
    control(Kind::kDirectoryUpdate),
    control(Kind::kExchangeTest),
    control(Kind::kReceipt),
};

constexpr bool in_wire_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (static_cast<std::size_t>(kRows[i].kind) != i + 1) return false;
  return true;
}
static_assert(in_wire_order());

}  // namespace

std::span<const KindRow> kinds() {
  return kRows;
}

Duration longest_way() {
  constexpr Duration kBeforeItsGate = days(31);  // from acceptance on; some lifetimes count from it
  const auto longest = std::ranges::max(kRows, {}, &KindRow::lifetime).lifetime;
  return longest + kBeforeItsGate + kClockSkew;
}

const KindRow& kind_row(Kind kind) {
  const auto number = static_cast<std::size_t>(kind);
  XJ_CHECK(number >= 1 && number <= kRows.size());
  return kRows[number - 1];
}

bool counted_in_month(Kind kind) {
  const KindRow& rule = kind_row(kind);
  return rule.goes == Goes::kByRegistration && rule.readers == ReaderRule::kPath;
}

bool is_gated(Kind kind) {
  return kind_row(kind).schedule == Schedule::kMonthlyGates;
}

bool channel_allowed(Kind kind, ChannelClass channel, OfficeType from, OfficeType to) {
  const KindRow& rule = kind_row(kind);
  if (!from_number<ChannelClass>(static_cast<std::uint8_t>(channel))) return false;
  if ((rule.channels & bit(channel)) != 0) return true;
  // A prefecture above a township stands in the place of a county (441900).
  return rule.media_to_county && channel == ChannelClass::kMedia && from == OfficeType::kTownship &&
         (to == OfficeType::kCounty || to == OfficeType::kPrefecture);
}

bool record_allowed(Kind subject, ChannelClass channel, OfficeType from, OfficeType to) {
  const Kind asked = subject == Kind::kNone ? Kind::kReceipt : subject;
  return channel_allowed(asked, channel, from, to) || channel_allowed(asked, channel, to, from);
}

bool may_send(Kind kind, OfficeType type) {
  return (kind_row(kind).senders >> static_cast<unsigned>(type) & 1U) != 0;
}

std::string senders_text(Kind kind) {
  std::string text;
  for (const OfficeTypeRow& row : office_types())
    if (may_send(kind, row.type)) text += (text.empty() ? "" : ", ") + std::string(row.word);
  return text;
}

std::string channels_text(Kind kind) {
  const KindRow& rule = kind_row(kind);
  std::string text;
  for (const ChannelClass channel :
       {ChannelClass::kDedicated, ChannelClass::kVpn, ChannelClass::kPublic, ChannelClass::kMedia,
        ChannelClass::kFerry}) {
    if ((rule.channels & bit(channel)) == 0) continue;
    if (!text.empty()) text += ", ";
    text += to_word(channel);
  }
  if (rule.media_to_county) text += ", media from township to county";
  return text;
}

}  // namespace xianjie::routing
