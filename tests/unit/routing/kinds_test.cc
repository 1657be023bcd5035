#include "routing/kinds.h"
#include "schemas/limits.h"

#include <gtest/gtest.h>

#include <set>

namespace xianjie::routing {
namespace {

constexpr OfficeType kTownship = OfficeType::kTownship, kCounty = OfficeType::kCounty;

TEST(Kinds, EveryKindHasItsRow) {
  std::set<Kind> seen;
  for (const KindRow& row : kinds()) {
    seen.insert(row.kind);
    EXPECT_EQ(&kind_row(row.kind), &row);
    EXPECT_FALSE(row.answer.empty());
    EXPECT_EQ(row.path_copies,
              row.readers == ReaderRule::kPath || row.readers == ReaderRule::kDestinationAndCounty);
    EXPECT_EQ(row.payload_max,
              row.kind == Kind::kAttachment ? kLargePayloadBytesMax : kPayloadBytesMax);
    EXPECT_EQ(row.lifetime_from_gate, row.schedule == Schedule::kMonthlyGates);
  }
  for (std::uint8_t number = 1; number <= 20; ++number)
    EXPECT_TRUE(seen.contains(static_cast<Kind>(number))) << int{number};
  EXPECT_EQ(seen.size(), 20U);
}

TEST(Kinds, OnlyNoticesMakeACopyForPopulationPolice) {
  std::set<Kind> copied;
  for (const KindRow& row : kinds())
    if (row.police_copy) copied.insert(row.kind);
  EXPECT_EQ(copied, (std::set{Kind::kPreReleaseNotice, Kind::kAdHocReport}));
}

TEST(Kinds, NothingAboutAPersonTravelsOverAPublicNetwork) {
  for (const KindRow& row : kinds()) {
    const bool open = channel_allowed(row.kind, ChannelClass::kPublic, kTownship, kCounty);
    EXPECT_EQ(open, row.kind == Kind::kStatisticalReport) << to_word(row.kind);
  }
}

TEST(Kinds, DetailTravelsByDiskFromTownshipToCountyOnly) {
  const Kind detail = Kind::kDetailedReport;
  EXPECT_TRUE(channel_allowed(detail, ChannelClass::kVpn, kCounty, OfficeType::kPrefecture));
  EXPECT_TRUE(channel_allowed(detail, ChannelClass::kDedicated, kCounty, kTownship));
  EXPECT_TRUE(channel_allowed(detail, ChannelClass::kMedia, kTownship, kCounty));
  EXPECT_FALSE(channel_allowed(detail, ChannelClass::kMedia, kCounty, kTownship));
  EXPECT_FALSE(channel_allowed(detail, ChannelClass::kMedia, kCounty, OfficeType::kPrefecture));
  EXPECT_FALSE(channel_allowed(detail, ChannelClass::kFerry, kTownship, kCounty));
  EXPECT_TRUE(channel_allowed(detail, ChannelClass::kMedia, kTownship, OfficeType::kPrefecture))
      << "of a prefecture without counties";
}

TEST(Kinds, AnUnknownChannelClassIsNeverAllowed) {
  for (const int number : {0, 6, 8, 200})
    EXPECT_FALSE(channel_allowed(Kind::kStatisticalReport, static_cast<ChannelClass>(number),
                                 kTownship, kCounty))
        << number;
}

TEST(Kinds, ChannelsInWords) {
  EXPECT_EQ(channels_text(Kind::kPreReleaseNotice), "dedicated, vpn, media, ferry");
  EXPECT_EQ(channels_text(Kind::kStatisticalReport), "dedicated, vpn, public, media, ferry");
  EXPECT_EQ(channels_text(Kind::kDetailedReport), "dedicated, vpn, media from township to county");
}

}  // namespace
}  // namespace xianjie::routing
