// One byte changed, lost or added anywhere in an evidence file: named, never overlooked.
#include <gmock/gmock.h>

#include "node/evidence/check.h"
#include "tests/support/evidence_sample.h"

namespace xianjie::tests {
namespace {

using namespace node::evidence;
using testing::HasSubstr;
using testing::StartsWith;

// The smallest file that holds: two offices, one envelope, one statement, one receipt.
struct Small {
  Nation home{{{"province:610000", ""}, {"prison:610000-01", "province:610000"}}};
  Bytes file;
  std::vector<std::pair<std::size_t, std::string>> ends;  // where each part ends, and its name

  Small() {
    Writer prison(kPrison, home.snapshot());
    const Envelope envelope =
        prison.seal(prison.header(kProvince, Kind::kAdHocReport, kEarly), "x");
    const Hash leaf = crypto::leaf_of(envelope);
    Pieces pieces;
    pieces.directory = signed_directory(home.contents());
    pieces.envelopes = {*proof_of(envelope, Relation::kMain)};
    pieces.custodies = {custody_of(kPrison, kProvince, leaf, kEarly)};
    pieces.records = {receipt_of(kProvince, kPrison,
                                 {header_of(envelope).id, leaf, ReceiptType::kProcessed, kEarly},
                                 Kind::kAdHocReport)};
    file = *build(pieces, office_keys(kPrison), kEarly);
    const auto container = read_container(file);
    XJ_CHECK(container.has_value());
    std::size_t at = 19;
    ends.emplace_back(at, "title line");
    at = file.size() - kClosingBytes;
    for (const Section& section : container->sections) at -= section.bytes.size();
    ends.emplace_back(at, "table of contents");
    for (const Section& section : container->sections)
      ends.emplace_back(at += section.bytes.size(), name_of(section.type, 1, section.label));
    ends.emplace_back(file.size(), "closing section");
  }
  [[nodiscard]] std::string part_at(std::size_t offset) const {
    for (const auto& [end, name] : ends)
      if (offset < end) return name;
    return "";
  }
};

TEST(EvidenceDamage, TheWholeFileHolds) {
  const Small small;
  const Verdict verdict = check(small.file);
  EXPECT_TRUE(verdict.holds()) << to_words(verdict, Language::kEnglish);
  EXPECT_EQ(small.part_at(small.file.size() - 1), "closing section");
}

TEST(EvidenceDamage, EveryByteChangedIsNamedByItsPart) {
  Small small;
  for (std::size_t at = 0; at < small.file.size(); ++at)
    for (const std::uint8_t bits : {std::uint8_t{1}, std::uint8_t{0x80}}) {
      small.file[at] ^= bits;
      const Verdict verdict = check(small.file);
      ASSERT_EQ(verdict.broken.size(), 1U) << "at " << at;
      ASSERT_EQ(verdict.broken[0].section, small.part_at(at)) << "at " << at;
      ASSERT_FALSE(verdict.broken[0].zh.empty() || verdict.broken[0].en.empty());
      small.file[at] ^= bits;
    }
}

TEST(EvidenceDamage, EveryByteLostIsNoticedWhereItIsOrWhereItSoonShows) {
  const Small small;
  for (std::size_t at = 0; at < small.file.size(); ++at) {
    Bytes shorter = small.file;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(at));
    const Verdict verdict = check(shorter);
    ASSERT_EQ(verdict.broken.size(), 1U) << "at " << at;
    // The same byte may stand on both sides of a border.
    std::size_t same = at;
    while (same < shorter.size() && small.file[same] == small.file[same + 1]) ++same;
    ASSERT_TRUE(verdict.broken[0].section == small.part_at(at) ||
                verdict.broken[0].section == small.part_at(same))
        << "at " << at << ": " << verdict.broken[0].section;
  }
}

TEST(EvidenceDamage, EveryByteAddedIsNoticed) {
  const Small small;
  for (std::size_t at = 0; at <= small.file.size(); ++at) {
    Bytes longer = small.file;
    longer.insert(longer.begin() + static_cast<std::ptrdiff_t>(at), std::uint8_t{0x5a});
    const Verdict verdict = check(longer);
    ASSERT_EQ(verdict.broken.size(), 1U) << "at " << at;
  }
}

TEST(EvidenceDamage, ACutFileSaysWhereItEnds) {
  const Small small;
  for (std::size_t size = 0; size < small.file.size(); ++size) {
    const Verdict verdict = check(ByteView(small.file).first(size));
    ASSERT_EQ(verdict.broken.size(), 1U) << size;
    ASSERT_EQ(verdict.broken[0].section, small.part_at(size)) << size;
    ASSERT_EQ(verdict.broken[0].token, "cut") << size;
  }
  const std::size_t inside = small.ends[4].first - 10;
  const Verdict verdict = check(ByteView(small.file).first(inside));
  EXPECT_EQ(verdict.broken[0].section, "custody statement 1: prison:610000-01 to province:610000");
  EXPECT_THAT(verdict.broken[0].en, HasSubstr("10 bytes of this section are missing"));
  EXPECT_THAT(verdict.broken[0].zh_section, StartsWith("保管凭证 1："));
}

TEST(EvidenceDamage, BytesLostInsideASectionAreCounted) {
  Small small;
  const auto inside = small.file.begin() + static_cast<std::ptrdiff_t>(small.ends[2].first - 40);
  small.file.erase(inside, inside + 3);
  EXPECT_THAT(check(small.file).broken.at(0).en, HasSubstr("3 bytes shorter"));
}

TEST(EvidenceDamage, AnotherVersionOrAnotherFileIsSaidToBeThat) {
  Small small;
  small.file[17] = '2';
  EXPECT_EQ(check(small.file).broken.at(0).token, "version");
  EXPECT_EQ(check(as_bytes("name,id_number\n")).broken.at(0).token, "title");
  EXPECT_EQ(check({}).broken.at(0).token, "cut");
}

// A table whose hash is right and whose numbers lie: no allocation follows them.
TEST(EvidenceDamage, HostileSizesAreRefused) {
  const auto file_with = [](const Bytes& table) {
    return Encoder().text("xianjie-evidence 1\n").blob(table).raw(crypto::hash(table)).bytes();
  };
  const auto entry = [](Encoder& out, std::uint8_t type, std::uint64_t length) {
    out.u8(type).u64(length).raw(Hash{}).u8(0);
  };
  Encoder many;
  many.u8(1).u32(0xffffffff);
  EXPECT_EQ(check(file_with(many.bytes())).broken.at(0).section, "table of contents");
  Encoder large;
  large.u8(1).u32(1);
  entry(large, 1, 1ULL << 63);
  EXPECT_EQ(check(file_with(large.bytes())).broken.at(0).section, "table of contents");
  Encoder missing;
  missing.u8(1).u32(1);
  entry(missing, 1, 1ULL << 29);
  EXPECT_EQ(check(file_with(missing.bytes())).broken.at(0).token, "cut");
  Encoder unknown;
  unknown.u8(1).u32(1);
  entry(unknown, 77, 1);
  EXPECT_EQ(check(file_with(unknown.bytes())).broken.at(0).section, "table of contents");
  const Bytes long_table = Encoder().text("xianjie-evidence 1\n").u32(0xfffffff0).bytes();
  EXPECT_EQ(check(long_table).broken.at(0).token, "cut");
}

}  // namespace
}  // namespace xianjie::tests
