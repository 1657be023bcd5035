#include "schemas/ids.h"

#include <gtest/gtest.h>

#include "schemas/vocabulary.h"

namespace xianjie {
namespace {

TEST(OfficeId, TextBothWays) {
  for (const char* text : {"ministry:000000", "province:610000", "prefecture:610800",
                           "county:610802", "township:610802001", "prison-bureau:610000",
                           "prison:610000-03", "prison:610000", "prison:610000-128",
                           "police:610000", "population-police:610000", "detention-house:610802"}) {
    const auto office = OfficeId::parse(text);
    ASSERT_TRUE(office) << text;
    EXPECT_EQ(to_text(*office), text);
    EXPECT_EQ(OfficeId::from_value(office->value()), office);
  }
  EXPECT_EQ(to_text(OfficeId{}), "");
}

TEST(OfficeId, OneSpellingAnOffice) {
  for (const char* bad :
       {"", "township", "township:", "township:610802", "county:610802001", "county:061080",
        "county:61080x", "county: 610802", "prison:610000-3", "prison:610000-003",
        "prison:610000-00", "prison:610000-", "prison:610000-65536", "county:610802-01",
        "ministry:100000", "tribunal:610000", "Prison:610000", "prison:610000-03 "})
    EXPECT_FALSE(OfficeId::parse(bad)) << bad;
}

TEST(OfficeId, ValuesFromTheWireAreChecked) {
  const std::uint64_t prison = OfficeId::parse("prison:610000-03")->value();
  EXPECT_EQ(prison, (7ULL << 56) | (3ULL << 40) | 610000);
  EXPECT_FALSE(OfficeId::from_value(0));
  EXPECT_FALSE(OfficeId::from_value(prison | (1ULL << 32)));     // above the code
  EXPECT_FALSE(OfficeId::from_value(prison | (0x80ULL << 56)));  // unknown type
  EXPECT_FALSE(OfficeId::from_value((4ULL << 56) | (1ULL << 40) | 610802));
  EXPECT_FALSE(OfficeId::from_value((5ULL << 56) | 610802));
}

TEST(OfficeId, EveryTypeHasOneRow) {
  for (const OfficeTypeRow& row : office_types()) {
    EXPECT_EQ(&office_type_row(row.type), &row);
    EXPECT_EQ(row.owns_code, row.type <= OfficeType::kTownship);
  }
  EXPECT_EQ(office_types().size(), 15U);
}

TEST(EnvelopeId, SortsByTime) {
  const std::array<std::uint8_t, 10> high{255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  const std::array<std::uint8_t, 10> low{};
  const auto first = EnvelopeId::make(WallTime{1'796'864'400'000}, high);
  const auto second = EnvelopeId::make(WallTime{1'796'864'400'001}, low);
  EXPECT_LT(first, second);
  EXPECT_EQ(to_text(second), "01a25d76da8100000000000000000000");
  EXPECT_EQ(EnvelopeId::parse(to_text(first)), first);
  EXPECT_FALSE(EnvelopeId::parse("01A25D76DA8100000000000000000000"));
  EXPECT_FALSE(EnvelopeId::parse("01"));
}

template <class E>
void check_words() {
  for (const Word& row : words_of(E{})) {
    EXPECT_FALSE(row.word.empty());
    EXPECT_FALSE(row.zh.empty());
    const auto value = from_number<E>(row.number);
    ASSERT_TRUE(value);
    EXPECT_EQ(to_word(*value), row.word);
    EXPECT_EQ(to_zh(*value), row.zh);
    EXPECT_EQ(from_word<E>(row.word), value);
  }
  EXPECT_FALSE(from_number<E>(200));
  EXPECT_FALSE(from_word<E>("nonsense"));
  EXPECT_EQ(to_word(static_cast<E>(200)), "");
}

TEST(Vocabulary, EveryWordBothWays) {
  check_words<Kind>();
  check_words<Class>();
  check_words<Lane>();
  check_words<ChannelClass>();
  check_words<State>();
  check_words<ReceiptType>();
  check_words<Confidence>();
  check_words<ClockDoubt>();
  EXPECT_EQ(words_of(Kind{}).size(), 20U);
  EXPECT_FALSE(from_number<Kind>(0));
  EXPECT_EQ(to_zh(State::kGated), "待放行");
  EXPECT_EQ(to_word(Confidence::kIdPrefix), "id_prefix");
  EXPECT_TRUE(is_terminal(ReceiptType::kExpired));
  EXPECT_FALSE(is_terminal(ReceiptType::kCollected));
}

}  // namespace
}  // namespace xianjie
