#include "schemas/directory.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/samples.h"

namespace xianjie {
namespace {

using tests::office;
using tests::sample_directory;

TEST(Directory, ReadsWhatWasWrittenSortedById) {
  const DirectoryContents contents = sample_directory();
  const auto file = DirectoryFile::open(encode_directory_body(contents));
  ASSERT_TRUE(file) << file.error().text;
  EXPECT_EQ(file->header().version, 12U);
  EXPECT_TRUE(file->header().rehearsal);
  EXPECT_EQ(file->header().created, contents.header.created);
  EXPECT_EQ(file->header().valid_until, contents.header.valid_until);
  EXPECT_EQ(file->header().holidays, (std::vector{Date{2026, 12, 31}, Date{2027, 1, 1}}));
  ASSERT_EQ(file->size(), 3U);
  EXPECT_EQ(file->id(0), office("ministry:000000"));
  EXPECT_FALSE(file->parent(0).is_set());
  EXPECT_EQ(file->name(1), "陕西省司法厅");
  EXPECT_EQ(file->parent(2), office("province:610000"));
}

TEST(Directory, RecordIsTheWholeEntry) {
  const auto file = DirectoryFile::open(encode_directory_body(sample_directory()));
  ASSERT_TRUE(file);
  const OfficeRecord ministry = file->record(0);
  EXPECT_EQ(ministry.name, "司法部");
  EXPECT_EQ(ministry.codes, std::vector<std::uint32_t>{0});
  ASSERT_EQ(ministry.channels.size(), 1U);
  EXPECT_EQ(ministry.channels[0].endpoint, "tcp://127.0.0.1:7901");
  EXPECT_EQ(ministry.channels[0].networks, (std::vector<std::string>{"127.0.0.0/8", "::1/128"}));
  EXPECT_EQ(ministry.channels[0].interface, "lo");
  EXPECT_EQ(ministry.channels[0].klass, ChannelClass::kVpn);
  const OfficeRecord province = file->record(1);
  EXPECT_EQ(province.codes, (std::vector<std::uint32_t>{610000, 619000}));
  ASSERT_EQ(province.keys.size(), 2U);
  EXPECT_TRUE(province.keys[0].revoked);
  EXPECT_TRUE(province.keys[0].valid_until.is_set());
  EXPECT_EQ(province.keys[1].id, KeyId{3});
  EXPECT_EQ(province.keys[1].sealing, tests::sample_key_set(3).sealing);
  EXPECT_EQ(province.keys[1].link, tests::sample_key_set(3).link);
  EXPECT_EQ(province.channels[0].endpoint, "");
  const OfficeRecord prison = file->record(2);
  EXPECT_EQ(prison.laterals, std::vector{office("ministry:000000")});
  EXPECT_TRUE(prison.codes.empty());
  EXPECT_TRUE(prison.channels.empty());
}

TEST(Directory, CopiesShareTheBytes) {
  auto file = DirectoryFile::open(encode_directory_body(sample_directory()));
  ASSERT_TRUE(file);
  const DirectoryFile copy = *file;
  const std::string_view name = copy.name(1);
  file = corrupt("gone");
  EXPECT_EQ(name, "陕西省司法厅");
  EXPECT_EQ(copy.name(1).data(), name.data());
}

struct DirectoryChange {
  const char* what;
  std::function<void(DirectoryContents&)> apply;
};

TEST(Directory, RefusesWhatIsOutOfOrderOrRange) {
  const std::vector<DirectoryChange> changes{
      {"no offices", [](DirectoryContents& c) { c.offices.clear(); }},
      {"an office twice", [](DirectoryContents& c) { c.offices.push_back(c.offices[0]); }},
      {"an office without id", [](DirectoryContents& c) { c.offices[0].id = {}; }},
      {"its own parent", [](DirectoryContents& c) { c.offices[0].parent = c.offices[0].id; }},
      {"its own lateral", [](DirectoryContents& c) { c.offices[0].laterals = {c.offices[0].id}; }},
      {"no name", [](DirectoryContents& c) { c.offices[1].name.clear(); }},
      {"a long name", [](DirectoryContents& c) { c.offices[1].name.assign(300, 'x'); }},
      {"GB18030 name", [](DirectoryContents& c) { c.offices[1].name = "\xb3\xc2\xca\xd4"; }},
      {"a 5-digit code", [](DirectoryContents& c) { c.offices[1].codes = {61000}; }},
      {"keys out of order",
       [](DirectoryContents& c) { std::swap(c.offices[1].keys[0], c.offices[1].keys[1]); }},
      {"key 0", [](DirectoryContents& c) { c.offices[0].keys[0].id = {}; }},
      {"a key that ends before it begins",
       [](DirectoryContents& c) { c.offices[0].keys[0].valid_until = {5}; }},
      {"two channels of one class",
       [](DirectoryContents& c) {
         c.offices[2].channels.push_back(c.offices[2].channels[0]);
       }},
      {"an attestation that is no text",
       [](DirectoryContents& c) { c.offices[2].channels[0].attested = "\xb3\xc2"; }},
      {"unknown channel class",
       [](DirectoryContents& c) { c.offices[2].channels[0].klass = static_cast<ChannelClass>(0); }},
      {"a space in an endpoint",
       [](DirectoryContents& c) { c.offices[2].channels[0].endpoint = "tcp://1 2"; }},
      {"not created", [](DirectoryContents& c) { c.header.created = {}; }},
      {"ends before it begins", [](DirectoryContents& c) { c.header.valid_until = {7}; }},
  };
  for (const DirectoryChange& change : changes) {
    DirectoryContents contents = sample_directory();
    change.apply(contents);
    EXPECT_FALSE(DirectoryFile::open(encode_directory_body(contents))) << change.what;
  }
  EXPECT_FALSE(DirectoryFile::open({}));
}

TEST(Directory, TheNationCostsItsBytes) {
  DirectoryContents contents = sample_directory();
  contents.offices.resize(1);
  for (std::uint32_t n = 0; n < 44'000; ++n)
    contents.offices.push_back({*OfficeId::make(OfficeType::kTownship, 610'000'000 + n),
                                "试验司法所",
                                contents.offices[0].id,
                                {},
                                {610'000'000 + n},
                                {tests::sample_key_set(1)},
                                {{ChannelClass::kVpn, "", {"10.0.0.0/8"}, "wg0"}}});
  Bytes body = encode_directory_body(contents);
  EXPECT_LT(body.size(), 12U * 1024 * 1024);
  const auto file = DirectoryFile::open(std::move(body));
  ASSERT_TRUE(file) << file.error().text;
  EXPECT_EQ(file->size(), 44'001U);
  EXPECT_EQ(file->record(43'999).codes.size(), 1U);
}

TEST(Directory, SignedFormCarriesTheBytes) {
  SignedDirectory directory{encode_directory_body(sample_directory()), {}};
  directory.signatures.resize(2);
  directory.signatures[1].key.fill(4);
  directory.signatures[1].signature.fill(5);
  const auto read = decode_signed_directory(encode(directory));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->body, directory.body);
  ASSERT_EQ(read->signatures.size(), 2U);
  EXPECT_EQ(read->signatures[1].key, directory.signatures[1].key);
  EXPECT_EQ(read->signatures[1].signature, directory.signatures[1].signature);
  directory.signatures.resize(kDirectorySignaturesMax + 1);
  EXPECT_FALSE(decode_signed_directory(encode(directory)));
  EXPECT_FALSE(decode_signed_directory(directory.body));
}

}  // namespace
}  // namespace xianjie
