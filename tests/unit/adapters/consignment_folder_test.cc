// Disks as they come back: whole, half-written, altered, hostile.
#include "adapters/consignment_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <functional>

#include "crypto/statement.h"
#include "schemas/limits.h"
#include "tests/support/nation_fixture.h"
#include "tests/support/temp_directory.h"

namespace xianjie::adapters {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using tests::kCounty, tests::kTownship, tests::kSecondTownship;

class ConsignmentFolder : public testing::Test {
 protected:
  Consignment manifest(std::uint64_t number = 17, OfficeId to = kCounty) const {
    Consignment out;
    out.to = to;
    out.store_epoch = 0x1234'3f2a'9c01;
    out.number = number;
    out.created = tests::kNow;
    out.expires = tests::kNow + days(14);
    out.seal = "封条 0017";
    out.courier = "测试丙";
    return out;
  }
  fs::path write(const Consignment& wanted, OfficeId from = kTownship) {
    auto folder = write_consignment(disk_.path(), wanted, frames_, tests::office_keys(from));
    EXPECT_TRUE(folder) << folder.error().text;
    return folder ? *folder : fs::path();
  }
  FoundConsignment only() {
    auto entries = list_consignments(disk_.path());
    EXPECT_TRUE(entries);
    EXPECT_EQ(entries->size(), 1U);
    EXPECT_TRUE(entries->front().found) << entries->front().found.error().text;
    return std::move(*entries->front().found);
  }
  // What is said of the disk's only consignment as a whole.
  std::string fault() {
    const auto entries = list_consignments(disk_.path());
    if (!entries) return entries.error().text;
    if (entries->size() != 1) return "not one folder";
    if (!entries->front().found) return entries->front().found.error().text;
    const auto checked = check_files(*entries->front().found);
    return checked ? "" : checked.error().text;
  }
  static void put(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
  }

  tests::TempDirectory disk_;
  std::vector<Bytes> frames_{Bytes(1000, 1), Bytes(kFrameBytesMax, 2), Bytes(1, 3)};
};

TEST_F(ConsignmentFolder, ReadsWhatWasWritten) {
  const fs::path folder = write(manifest());
  EXPECT_EQ(folder.filename(), "township-610802001-000017-3f2a9c01");
  const FoundConsignment found = only();
  EXPECT_EQ(fault(), "");
  Consignment expected = manifest();
  expected.from = kTownship;
  expected.key = tests::office_keys(kTownship).id();
  expected.files = found.manifest.files;
  EXPECT_EQ(found.manifest, expected);
  ASSERT_EQ(found.manifest.files.size(), frames_.size());
  for (std::size_t index = 0; index < frames_.size(); ++index)
    EXPECT_EQ(read_frame(found, index).value(), frames_[index]);
  EXPECT_TRUE(
      crypto::verify_consignment(found.signed_one, tests::office_keys(kTownship).signing_public()));
  EXPECT_FALSE(
      crypto::verify_consignment(found.signed_one, tests::office_keys(kCounty).signing_public()));
}

TEST_F(ConsignmentFolder, SeveralOfficesOnOneDisk) {
  write(manifest(1));
  write(manifest(1), kSecondTownship);
  write(manifest(2, kTownship), kCounty);
  fs::create_directory(disk_.path() / "holiday photographs");
  put(disk_.path() / "readme.txt", "not ours");
  const auto entries = list_consignments(disk_.path());
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 3U) << "photographs are nobody's business";
  EXPECT_EQ(entries->at(0).found->manifest.to, kTownship);
  EXPECT_EQ(entries->at(1).found->manifest.from, kTownship);
  EXPECT_EQ(entries->at(2).found->manifest.from, kSecondTownship);
}

TEST_F(ConsignmentFolder, ForAFerryItTakesItsNameWhenItIsWhole) {
  const fs::path left = disk_.path() / ".township-610802001-000009-3f2a9c01.writing";
  fs::create_directory(left);
  put(left / "000001.frame", "cut");
  fs::create_directory(disk_.path() / ".hidden");
  EXPECT_TRUE(list_consignments(disk_.path())->empty());
  ASSERT_TRUE(remove_unfinished(disk_.path()));
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(disk_.path() / ".hidden"));
  const auto folder = write_consignment(disk_.path(), manifest(), frames_,
                                        tests::office_keys(kTownship), Placing::kWhenWhole);
  ASSERT_TRUE(folder) << folder.error().text;
  EXPECT_EQ(folder->filename(), "township-610802001-000017-3f2a9c01");
  EXPECT_EQ(fault(), "");
  EXPECT_FALSE(write_consignment(disk_.path(), manifest(), frames_, tests::office_keys(kTownship),
                                 Placing::kWhenWhole))
      << "one number once";
}

TEST_F(ConsignmentFolder, OneNumberOnce) {
  write(manifest());
  const auto again =
      write_consignment(disk_.path(), manifest(), frames_, tests::office_keys(kTownship));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRefused);
  EXPECT_THAT(again.error().text, EndsWith("this consignment is on the disk already"));
}

TEST_F(ConsignmentFolder, WithoutAManifestItIsHalfWritten) {
  const fs::path folder = write(manifest());
  fs::remove(folder / kManifestName);
  EXPECT_THAT(fault(), HasSubstr("manifest.xjc: is missing; the consignment is half-written"));
}

TEST_F(ConsignmentFolder, TheFileAtFaultIsNamed) {
  const fs::path folder = write(manifest());
  const fs::path second = folder / "000002.frame";
  const auto restore = [&] { put(second, std::string(kFrameBytesMax, '\2')); };
  fs::remove(second);
  EXPECT_THAT(fault(), HasSubstr("000002.frame: is missing"));
  put(second, std::string(kFrameBytesMax - 1, '\2'));
  EXPECT_THAT(fault(), HasSubstr("000002.frame: has 1056767 bytes, not 1056768"));
  std::string altered(kFrameBytesMax, '\2');
  altered[5000] = '\3';
  put(second, altered);
  EXPECT_THAT(fault(), HasSubstr("000002.frame: was altered"));
  put(second, std::string(kFrameBytesMax + 1, '\2'));
  EXPECT_THAT(fault(), HasSubstr("000002.frame"));
  restore();
  EXPECT_EQ(fault(), "");
  put(folder / "000004.frame", "more");
  EXPECT_THAT(fault(), HasSubstr("000004.frame: stands in no manifest"));
}

TEST_F(ConsignmentFolder, LinksAndPipesAreNotFollowed) {
  const fs::path folder = write(manifest());
  const fs::path first = folder / "000001.frame";
  const fs::path elsewhere = disk_.path() / "elsewhere";
  fs::rename(first, elsewhere);
  fs::create_symlink(elsewhere, first);
  EXPECT_THAT(fault(), HasSubstr("000001.frame: is no regular file"));
  fs::remove(first);
  ASSERT_EQ(::mkfifo(first.c_str(), 0600), 0);
  EXPECT_THAT(fault(), HasSubstr("000001.frame: is no regular file"));
  fs::remove(first);
  fs::rename(elsewhere, first);
  fs::rename(folder / kManifestName, elsewhere);
  ASSERT_EQ(::mkfifo((folder / kManifestName).c_str(), 0600), 0);
  EXPECT_THAT(fault(), HasSubstr("manifest.xjc: is no regular file"));
}

TEST_F(ConsignmentFolder, AnAlteredManifestIsNotSigned) {
  const fs::path folder = write(manifest());
  const FoundConsignment found = only();
  Consignment lies = found.manifest;
  lies.to = kSecondTownship;
  const SignedConsignment forged{encode_consignment_body(lies), found.signed_one.signature};
  put(folder / kManifestName, std::string(as_text(encode(forged))));
  EXPECT_FALSE(crypto::verify_consignment(only().signed_one,
                                          tests::office_keys(kTownship).signing_public()));
  put(folder / kManifestName, "no manifest");
  EXPECT_THAT(fault(), HasSubstr("manifest.xjc: consignment: its manifest is broken"));
  put(folder / kManifestName, "");
  EXPECT_NE(fault(), "");
  put(folder / kManifestName, std::string(kManifestBytesMax + 4096, 'x'));
  EXPECT_THAT(fault(), HasSubstr("manifest.xjc"));
}

TEST_F(ConsignmentFolder, AFullDiskIsToldBeforeAnythingCounts) {
  const fs::path nowhere = disk_.path() / "not-mounted";
  const auto written =
      write_consignment(nowhere, manifest(), frames_, tests::office_keys(kTownship));
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().text, HasSubstr("not-mounted"));
  EXPECT_FALSE(list_consignments(nowhere));
}

TEST(ConsignmentManifest, RefusesWhatNoOfficeWouldWrite) {
  Consignment good;
  good.from = kTownship;
  good.key = {1};
  good.to = kCounty;
  good.store_epoch = 1;
  good.number = 1;
  good.created = tests::kNow;
  good.expires = tests::kNow + days(1);
  good.files = {{10, {}}};
  ASSERT_TRUE(decode_consignment_body(encode_consignment_body(good)));
  const std::vector<std::function<void(Consignment&)>> changes{
      [](Consignment& c) { c.to = c.from; },
      [](Consignment& c) { c.to = {}; },
      [](Consignment& c) { c.key = {}; },
      [](Consignment& c) { c.number = 0; },
      [](Consignment& c) { c.store_epoch = 0; },
      [](Consignment& c) { c.channel = ChannelClass::kVpn; },
      [](Consignment& c) { c.expires = c.created; },
      [](Consignment& c) { c.created = {}; },
      [](Consignment& c) { c.seal = "\xb3\xc2"; },
      [](Consignment& c) { c.courier = "two\nlines"; },
      [](Consignment& c) { c.seal.assign(kConsignmentTextMax + 1, 'x'); },
      [](Consignment& c) { c.files.clear(); },
      [](Consignment& c) { c.files[0].size = 0; },
      [](Consignment& c) { c.files[0].size = kFrameBytesMax + 1; },
      [](Consignment& c) { c.files.resize(kConsignmentFilesMax + 1, c.files[0]); },
  };
  for (std::size_t k = 0; k < changes.size(); ++k) {
    Consignment changed = good;
    changes[k](changed);
    EXPECT_FALSE(decode_consignment_body(encode_consignment_body(changed))) << k;
  }
}

}  // namespace
}  // namespace xianjie::adapters
