// What a whole file proves and what not; a piece forged or exchanged, the file hashed and signed
// anew around it: named all the same.
#include <gmock/gmock.h>

#include "node/evidence/check.h"
#include "tests/support/evidence_sample.h"
#include "tests/support/holders.h"

namespace xianjie::tests {
namespace {

using namespace node::evidence;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

std::string words_of(const std::vector<Finding>& findings, const std::string& token) {
  std::string out;
  for (const Finding& each : findings)
    if (each.token == token) out += each.en + "\n" + each.zh + "\n";
  return out;
}
// The one fault, as "section|token".
std::string only_fault(const EvidenceSample& sample, OfficeId maker = kPrison) {
  const Verdict verdict = check(sample.file(maker));
  if (verdict.broken.size() != 1) return to_words(verdict, Language::kEnglish);
  return verdict.broken[0].section + "|" + verdict.broken[0].token;
}

TEST(EvidenceVerdict, SaysWhoWroteItWhoHadItAndWhatBecameOfIt) {
  const EvidenceSample sample;
  const Verdict verdict = check(sample.file());
  ASSERT_TRUE(verdict.holds()) << to_words(verdict, Language::kBoth);
  EXPECT_THAT(words_of(verdict.proved, "written"), HasSubstr("prison:610000-01 wrote envelope"));
  EXPECT_THAT(words_of(verdict.proved, "custody"),
              HasSubstr("county:610802 gave custody to township:610802001, which signed for it on "
                        "2026-12-14 09:00:00 +08:00, over a vpn (VPN网络) channel"));
  EXPECT_THAT(words_of(verdict.proved, "receipt"), HasSubstr("processed (已办理)"));
  EXPECT_EQ(words_of(verdict.not_proved, "custody"), "");
  EXPECT_THAT(words_of(verdict.not_proved, "root"), HasSubstr("compare the fingerprint"));
  EXPECT_NE(words_of(verdict.not_proved, "read"), "");
  EXPECT_NE(words_of(verdict.not_proved, "clocks"), "");
  const json facts = to_json(verdict);
  EXPECT_EQ(facts["verdict"], "proved");
  EXPECT_EQ(facts["became"], "processed");
  EXPECT_EQ(facts["custody"].size(), 5U);
  EXPECT_EQ(facts["envelope"]["origin"], "prison:610000-01");
  EXPECT_EQ(facts["custody"][4]["time"], "2026-12-14T09:00:00.000+08:00");
}

TEST(EvidenceVerdict, SpeaksEitherLanguage) {
  const Verdict verdict = check(EvidenceSample().file());
  const std::string english = to_words(verdict, Language::kEnglish);
  const std::string chinese = to_words(verdict, Language::kChinese);
  EXPECT_THAT(english, HasSubstr("Proved:"));
  EXPECT_THAT(english, Not(HasSubstr("已证明")));
  EXPECT_THAT(chinese, HasSubstr("已证明："));
  EXPECT_THAT(chinese, Not(HasSubstr("Proved")));
}

TEST(EvidenceVerdict, TheRootIsProvedWhereItsFingerprintIsNamed) {
  const Bytes file = EvidenceSample().file();
  const std::string print = check(file).facts["directory"]["fingerprint"];
  EXPECT_NE(words_of(check(file, {print}).proved, "root"), "");
  EXPECT_EQ(words_of(check(file, {print}).not_proved, "root"), "");
  const Verdict other = check(file, {"0000 1111"});
  ASSERT_EQ(other.broken.size(), 1U);
  EXPECT_EQ(other.broken[0].section, "directory 1: version 1");
}

// The roles' bundle, as offices keep it: any root that the newest one descends from may be named.
TEST(EvidenceVerdict, ABundleOfRolesIsADirectoryToo) {
  EvidenceSample sample;
  Holders holders(3);
  DirectoryBundle bundle;
  bundle.roots = {holders.next_root(kEarly), holders.next_root(kNow)};
  bundle.snapshot = holders.sign_snapshot(encode_directory_body(nation().contents()));
  bundle.timestamp = holders.next_timestamp(*bundle.snapshot, kNow);
  sample.pieces.directory = encode(bundle);
  const Bytes file = sample.file();
  ASSERT_TRUE(check(file).holds()) << to_words(check(file), Language::kEnglish);
  for (const SignedDirectory& root : bundle.roots) {
    const Verdict verdict = check(file, {crypto::spoken(crypto::fingerprint(root))});
    EXPECT_TRUE(verdict.holds());
    EXPECT_NE(words_of(verdict.proved, "root"), "");
  }
  EXPECT_FALSE(check(file, {"3f2a"}).holds()) << "too short to mean anything";
  // A denial counts from its moment: what the county signed before stands, the rest falls.
  DenialBody denial;
  denial.office = kCounty;
  denial.key = {1};
  denial.since = EvidenceSample::at_township();
  denial.created = denial.since;
  denial.reason = "lost";
  bundle.denials = {holders.sign_denial(denial)};
  sample.pieces.directory = encode(bundle);
  EXPECT_TRUE(check(sample.file()).holds());
  denial.since = kPrisonGate;
  bundle.denials = {holders.sign_denial(denial)};
  sample.pieces.directory = encode(bundle);
  EXPECT_EQ(only_fault(sample), "custody statement 4: prefecture:610800 to county:610802|key");
  bundle.roots[1].signatures.clear();
  sample.pieces.directory = encode(bundle);
  EXPECT_FALSE(check(sample.file()).holds());
}

TEST(EvidenceVerdict, NamesTheHandOversThatNobodySignedForHere) {
  EvidenceSample sample;
  sample.pieces.custodies = {sample.pieces.custodies.back()};
  sample.pieces.asked = {{kBureau, false}, {kProvince, true}};
  const Verdict verdict = check(sample.file(kTownship));
  EXPECT_TRUE(verdict.holds());
  const std::string gaps = words_of(verdict.not_proved, "custody");
  EXPECT_THAT(gaps, HasSubstr("from prison:610000-01 to prison-bureau:610000"));
  EXPECT_THAT(gaps, HasSubstr("prison-bureau:610000 was asked and did not answer"));
  EXPECT_THAT(gaps, Not(HasSubstr("to township:610802001")));
}

// A relay that passed the envelope on has its leaf, and no header any more.
TEST(EvidenceVerdict, AnOfficeWithoutTheHeaderStillProvesCustody) {
  EvidenceSample sample;
  sample.pieces.envelopes.clear();
  EXPECT_FALSE(check(sample.file()).holds()) << "it does not say what it is about";
  sample.pieces.subjects = {{Relation::kMain, {kPrison, sample.id}, sample.leaf}};
  const Verdict verdict = check(sample.file(kProvince));
  ASSERT_TRUE(verdict.holds()) << to_words(verdict, Language::kEnglish);
  EXPECT_EQ(verdict.facts["about"]["id"], to_text(sample.id));
  EXPECT_EQ(verdict.facts["custody"].size(), 5U);
  EXPECT_EQ(verdict.facts["became"], "processed");
  EXPECT_NE(words_of(verdict.not_proved, "written"), "");
  EXPECT_EQ(words_of(verdict.proved, "written"), "");
  EvidenceSample other;
  other.pieces.subjects = {{Relation::kMain, {kPrison, other.id}, Hash{1}}};
  EXPECT_EQ(only_fault(other), "subjects 1|leaf");
}

TEST(EvidenceVerdict, WithoutTheKeyItRevealsNothingWithItAll) {
  EvidenceSample sample;
  const std::string name = sample_notice().name, number = sample_notice().id_number;
  const auto holds = [](const Bytes& file, const std::string& text) {
    return as_text(file).find(text) != std::string_view::npos;
  };
  Verdict verdict = check(sample.file());
  EXPECT_FALSE(verdict.facts.contains("content"));
  EXPECT_NE(words_of(verdict.not_proved, "content"), "");
  EXPECT_FALSE(holds(sample.file(), name) || holds(sample.file(), number));
  EXPECT_FALSE(as_text(sample.file()).find(as_text(ByteView(sample.envelope.sealed).first(64))) !=
               std::string_view::npos);
  sample.disclose();
  verdict = check(sample.file());
  ASSERT_TRUE(verdict.holds()) << to_words(verdict, Language::kEnglish);
  EXPECT_EQ(verdict.facts["content"]["name"], name);
  EXPECT_NE(words_of(verdict.proved, "content"), "");
  EXPECT_THAT(to_words(verdict, Language::kChinese), HasSubstr(name));
}

TEST(EvidenceVerdict, NamesAForgedPieceThoughTheFileIsHashedAnew) {
  {
    EvidenceSample sample;
    sample.pieces.custodies[2].ack.time = kEarly;
    EXPECT_EQ(only_fault(sample),
              "custody statement 3: province:610000 to prefecture:610800|signature");
  }
  {
    EvidenceSample sample;  // signed by somebody else
    auto& ack = sample.pieces.custodies[1];
    crypto::sign_ack(ack.ack, ack.from, ack.leaves, office_keys(kCounty));
    EXPECT_EQ(only_fault(sample),
              "custody statement 2: prison-bureau:610000 to province:610000|signature");
  }
  {
    EvidenceSample sample;
    sample.pieces.records[1].signature[5] ^= 1U;
    EXPECT_EQ(only_fault(sample),
              "signed record 2: receipts, township:610802001 to prison:610000-01|signature");
  }
  {
    EvidenceSample sample;  // another header under the same proof
    Header header = header_of(sample.envelope);
    header.created = header.created + milliseconds(1);
    sample.pieces.envelopes[0].header = encode(header);
    const Verdict verdict = check(sample.file());
    ASSERT_FALSE(verdict.holds());
    EXPECT_EQ(verdict.broken[0].section, "envelope 1: " + to_text(sample.id));
    EXPECT_EQ(verdict.broken[0].token, "proof");
  }
  {
    EvidenceSample sample;
    sample.disclose();
    sample.pieces.contents[0].key[0] ^= 1U;
    EXPECT_EQ(only_fault(sample), "disclosed content 1: " + to_text(sample.id) + "|content");
    sample.disclose();
    sample.pieces.contents[0].sealed[9] ^= 1U;
    EXPECT_EQ(only_fault(sample), "disclosed content 1: " + to_text(sample.id) + "|sealed");
  }
}

TEST(EvidenceVerdict, NamesReceiptsOfOthersAndAboutOtherBytes) {
  EvidenceSample sample;
  const Receipt receipt{sample.id, sample.leaf, ReceiptType::kDelivered, kNow};
  sample.pieces.records = {receipt_of(kCounty, kPrison, receipt)};
  EXPECT_EQ(only_fault(sample),
            "signed record 1: receipts, county:610802 to prison:610000-01|issuer");
  sample.pieces.records = {
      receipt_of(kTownship, kPrison, {sample.id, Hash{1}, ReceiptType::kDelivered, kNow})};
  EXPECT_EQ(only_fault(sample),
            "signed record 1: receipts, township:610802001 to prison:610000-01|leaf");
  sample.pieces.records = {
      receipt_of(kTownship, kPrison, {envelope_id(5), sample.leaf, ReceiptType::kDelivered, kNow})};
  EXPECT_EQ(only_fault(sample),
            "signed record 1: receipts, township:610802001 to prison:610000-01|other");
}

TEST(EvidenceVerdict, KeysThatDoNotCountAndForeignMakersAreNamed) {
  EvidenceSample sample;
  DirectoryContents contents = nation().contents();
  record_of(contents, kCounty).keys[0].revoked = true;
  sample.pieces.directory = signed_directory(contents);
  EXPECT_EQ(only_fault(sample), "custody statement 4: prefecture:610800 to county:610802|key");
  EvidenceSample foreign;
  EXPECT_EQ(only_fault(foreign, office("prison:610000-09")), "closing section|signature");
  EvidenceSample unsigned_one;
  SignedDirectory file = *decode_signed_directory(unsigned_one.pieces.directory);
  file.signatures[0].signature[0] ^= 1U;
  unsigned_one.pieces.directory = encode(file);
  const Verdict verdict = check(unsigned_one.file());
  ASSERT_FALSE(verdict.holds());
  EXPECT_EQ(verdict.broken[0].section, "directory 1: version 1");
}

TEST(EvidenceVerdict, AnAuditLineIsProvedByTheHeadThatCoversIt) {
  EvidenceSample sample;
  sample.add_audit();
  Verdict verdict = check(sample.file());
  ASSERT_TRUE(verdict.holds()) << to_words(verdict, Language::kEnglish);
  EXPECT_THAT(words_of(verdict.proved, "audit_head"),
              HasSubstr("prison-bureau:610000 countersigned"));
  EXPECT_NE(words_of(verdict.proved, "audit"), "");
  EXPECT_EQ(verdict.facts["audit"][0]["number"], 3);
  EvidenceSample early;  // a head before the line does not cover it
  early.add_audit(kBureau, 2);
  verdict = check(early.file());
  EXPECT_TRUE(verdict.holds());
  EXPECT_NE(words_of(verdict.not_proved, "audit"), "");
  EXPECT_EQ(words_of(verdict.proved, "audit"), "");
  sample.pieces.audits[0].entries[2].bytes = to_bytes(as_bytes("another line"));
  EXPECT_EQ(only_fault(sample), "audit log 1: prison:610000-01, from record 1|chain");
}

}  // namespace
}  // namespace xianjie::tests
