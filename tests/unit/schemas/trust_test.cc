#include "schemas/trust.h"

#include <gmock/gmock.h>

#include "tests/support/samples.h"

namespace xianjie {
namespace {

using ::testing::HasSubstr;
using tests::office;
using tests::wall;

const WallTime kSigned = wall("2026-11-01T00:00:00+08:00");

RootBody sample_root() {
  RootBody body;
  body.version = 3;
  body.created = kSigned;
  body.expires = kSigned + kRootLifetime;
  for (RoleKeys& role : body.roles) role = {1, {PublicKey{1}, PublicKey{2}}};
  body.roles[0].threshold = 2;
  return body;
}

TEST(RootCodec, RoundTrips) {
  const auto read = decode_root_body(encode_root_body(sample_root()));
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->version, 3U);
  EXPECT_EQ(read->expires, kSigned + days(365));
  EXPECT_TRUE(read->roles == sample_root().roles);
}

TEST(RootCodec, RefusesWhatNoHolderWouldSign) {
  const auto fault = [](auto&& edit) {
    RootBody body = sample_root();
    edit(body);
    const auto read = decode_root_body(encode_root_body(body));
    return read ? std::string("taken") : read.error().text;
  };
  EXPECT_THAT(fault([](RootBody& b) { b.version = 0; }), HasSubstr("without a version"));
  EXPECT_THAT(fault([](RootBody& b) { b.expires = b.created; }), HasSubstr("contradict"));
  EXPECT_THAT(fault([](RootBody& b) { b.roles[1].keys.clear(); }), HasSubstr("role snapshot"));
  EXPECT_THAT(fault([](RootBody& b) { b.roles[2].keys[1] = b.roles[2].keys[0]; }),
              HasSubstr("role timestamp: one key twice"));
  EXPECT_THAT(fault([](RootBody& b) { b.roles[0].threshold = 3; }), HasSubstr("threshold"));
  EXPECT_THAT(fault([](RootBody& b) { b.roles[0].threshold = 0; }), HasSubstr("threshold"));
  EXPECT_THAT(fault([](RootBody& b) { b.roles[3].threshold = 2; }), HasSubstr("role deny"));
}

TEST(BundleCodec, RoundTripsAndRefusesBrokenBytes) {
  DirectoryBundle bundle;
  bundle.roots = {{encode_root_body(sample_root()), {{PublicKey{1}, Signature{2}}}}};
  bundle.snapshot = SignedDirectory{encode_directory_body(tests::sample_directory()), {}};
  bundle.deltas = {{Hash{1}, Hash{2}, {office("county:610802")}, {1, 2, 3}, {}}};
  bundle.denials = {{encode_denial_body({office("county:610802"), {0}, kSigned, kSigned, "遗失"}),
                     {{PublicKey{3}, Signature{4}}}}};
  bundle.frozen = "fork";
  const Bytes bytes = encode(bundle);
  const auto read = decode_directory_bundle(bytes);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_TRUE(is_directory_bundle(bytes));
  EXPECT_TRUE(encode(*read) == bytes);
  EXPECT_FALSE(read->timestamp.has_value());
  EXPECT_EQ(decode_denial_body(read->denials[0].body)->reason, "遗失");
  for (std::size_t cut = 0; cut < bytes.size(); cut += 37)
    EXPECT_FALSE(decode_directory_bundle(ByteView(bytes).first(cut)));
}

TEST(Delta, OfOneOfficeIsSmallAndExact) {
  DirectoryContents contents = tests::sample_directory();
  const Bytes before = encode_directory_body(contents);
  contents.header.version = 13;
  contents.offices.back().name = "改名";
  contents.offices.back().keys.push_back(tests::sample_key_set(9));
  contents.offices.back().keys.back().revoked = true;
  contents.offices.back().keys.back().revoked_at = kSigned;
  contents.header.changes = {
      {contents.offices.back().id, kSigned, OfficeChange::What::kClose, {}, 0}};
  contents.header.code_changes = {
      {610899, "某区", *Date::make(2001, 1, 1), *Date::make(2026, 1, 1), {610802}, "民政部公告"}};
  const Bytes after = encode_directory_body(contents);
  const auto delta = make_delta(before, after);
  ASSERT_TRUE(delta) << delta.error().text;
  EXPECT_EQ(DirectoryFile::open(delta->changed)->size(), 1U);
  const auto made = apply_delta(before, *delta);
  ASSERT_TRUE(made) << made.error().text;
  EXPECT_TRUE(*made == after);
  const auto file = DirectoryFile::open(*made);
  EXPECT_TRUE(file->header().changes == contents.header.changes);
  EXPECT_TRUE(file->header().code_changes == contents.header.code_changes);

  const auto back = make_delta(after, before);
  ASSERT_TRUE(back);
  EXPECT_TRUE(*apply_delta(after, *back) == before);
}

TEST(Delta, TakesOfficesAwayAndBringsNewOnes) {
  DirectoryContents contents = tests::sample_directory();
  const Bytes before = encode_directory_body(contents);
  const OfficeRecord last = contents.offices.back();
  contents.offices.pop_back();
  contents.header.version = 13;
  const Bytes less = encode_directory_body(contents);
  const auto away = make_delta(before, less);
  ASSERT_TRUE(away);
  EXPECT_EQ(away->removed, std::vector{last.id});
  EXPECT_TRUE(*apply_delta(before, *away) == less);
  EXPECT_TRUE(*apply_delta(less, *make_delta(less, before)) == before);
}

TEST(OfficeChanges, RefuseWhatContradictsItself) {
  const auto fault = [](OfficeChange change) {
    DirectoryContents contents = tests::sample_directory();
    contents.header.changes = {change};
    const auto file = DirectoryFile::open(encode_directory_body(contents));
    return file ? std::string("taken") : file.error().text;
  };
  using What = OfficeChange::What;
  const OfficeId a = office("province:610000"), b = office("ministry:000000");
  EXPECT_EQ(fault({a, kSigned, What::kMove, b, 0}), "taken");
  EXPECT_THAT(fault({a, {}, What::kMove, b, 0}), HasSubstr("without a date"));
  EXPECT_THAT(fault({a, kSigned, What::kMove, {}, 0}), HasSubstr("contradicts itself"));
  EXPECT_THAT(fault({a, kSigned, What::kMerge, a, 0}), HasSubstr("unknown office"));
  EXPECT_THAT(fault({a, kSigned, What::kClose, b, 0}), HasSubstr("contradicts itself"));
  EXPECT_THAT(fault({a, kSigned, What::kCode, b, 0}), HasSubstr("contradicts itself"));
  EXPECT_THAT(fault({a, kSigned, What::kMove, b, 610000}), HasSubstr("contradicts itself"));
  EXPECT_THAT(fault({a, kSigned, static_cast<What>(9), b, 0}), HasSubstr("unknown sort"));
}

}  // namespace
}  // namespace xianjie
