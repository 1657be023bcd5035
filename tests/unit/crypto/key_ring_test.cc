#include "crypto/key_ring.h"

#include <gtest/gtest.h>

#include "tests/support/samples.h"
#include "tests/support/seeded_random.h"

namespace xianjie::crypto {
namespace {

OfficeKeys ring_set(std::uint32_t number, std::string_view name = "county:610802") {
  tests::SeededRandom random(number + (name.size() << 8));
  return OfficeKeys::generate(tests::office(name), {number}, random);
}

KeyRing ring_of(std::vector<std::uint32_t> numbers) {
  std::vector<OfficeKeys> sets;
  for (const std::uint32_t number : numbers) sets.push_back(ring_set(number));
  auto ring = KeyRing::make(std::move(sets));
  EXPECT_TRUE(ring);
  return std::move(*ring);
}

TEST(KeyRing, HoldsAllSetsAndTurnsToOne) {
  KeyRing ring = ring_of({3, 1, 7});
  EXPECT_EQ(ring.current().id(), KeyId{7});
  EXPECT_EQ(ring.ids(), (std::vector<KeyId>{{1}, {3}, {7}}));
  EXPECT_FALSE(ring.use({2}));
  EXPECT_TRUE(ring.use({3}));
  EXPECT_EQ(ring.current().id(), KeyId{3});
  ASSERT_NE(ring.find({1}), nullptr);
  EXPECT_EQ(ring.find({1})->sealing_public(), ring_set(1).sealing_public());
  EXPECT_EQ(ring.find({2}), nullptr);
  const KeyRing copy = ring;
  ring.use({7});
  EXPECT_EQ(copy.current().id(), KeyId{3}) << "each turns for itself";
  EXPECT_EQ(copy.find({1}), ring.find({1})) << "but the secrets are there once";
}

TEST(KeyRing, KeepsTheOldestLocalKeySoThatNoDuplicateIsForgotten) {
  EXPECT_EQ(to_hex(ring_of({2, 5}).local_key()), to_hex(ring_set(2).local_key()));
  tests::SeededRandom random(9);
  const OfficeKeys first = ring_set(1);
  const OfficeKeys next = first.generate_next({2}, random);
  EXPECT_EQ(to_hex(next.local_key()), to_hex(first.local_key()));
  EXPECT_NE(next.signing_public(), first.signing_public());
  EXPECT_NE(next.sealing_public(), first.sealing_public());
  EXPECT_NE(next.link_public(), first.link_public());
  EXPECT_EQ(next.id(), KeyId{2});
  const auto read = OfficeKeys::parse(as_text(next.serialise().view()));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_hex(read->local_key()), to_hex(first.local_key()));
}

TEST(KeyRing, RefusesWhatIsNoRing) {
  EXPECT_FALSE(KeyRing::make({}));
  const auto make = [](OfficeKeys a, OfficeKeys b) {
    std::vector<OfficeKeys> sets;
    sets.push_back(std::move(a));
    sets.push_back(std::move(b));
    return KeyRing::make(std::move(sets));
  };
  const auto two_offices = make(ring_set(1), ring_set(2, "prefecture:610800"));
  ASSERT_FALSE(two_offices);
  EXPECT_NE(two_offices.error().text.find("prefecture:610800"), std::string::npos);
  EXPECT_FALSE(make(ring_set(1), ring_set(1))) << "one number twice";
  tests::SeededRandom same(5), again(5);
  EXPECT_FALSE(make(OfficeKeys::generate(tests::office("county:610802"), {1}, same),
                    OfficeKeys::generate(tests::office("county:610802"), {2}, again)))
      << "the same secrets under two numbers";
}

TEST(KeyRing, OfOneNeedsNoFiles) {
  const OfficeKeys one = ring_set(4);
  const KeyRing ring = one;
  EXPECT_EQ(&ring.current(), &one);
  EXPECT_EQ(ring.office(), one.office());
}

}  // namespace
}  // namespace xianjie::crypto
