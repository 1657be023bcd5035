// A month's evidence: the ledger counted again, against receipts and manifests.
#include <gmock/gmock.h>

#include "node/evidence/check.h"
#include "tests/support/evidence_sample.h"

namespace xianjie::tests {
namespace {

using namespace node::evidence;
using testing::HasSubstr;

struct MonthEvidence : testing::Test {
  EvidenceSample sample;
  MonthEvidence() { sample.make_month(); }
  [[nodiscard]] std::string fault() const {
    const Verdict verdict = check(sample.file());
    if (verdict.broken.size() != 1) return to_words(verdict, Language::kEnglish);
    return verdict.broken[0].section + "|" + verdict.broken[0].token;
  }
  [[nodiscard]] static std::string tokens(const std::vector<Finding>& findings) {
    std::string out;
    for (const Finding& each : findings) out += each.token + " ";
    return out;
  }
  const std::string ledger = "ledger 1: prison:610000-01, 2026-12";
};

TEST_F(MonthEvidence, Balances) {
  const Verdict verdict = check(sample.file());
  ASSERT_TRUE(verdict.holds()) << to_words(verdict, Language::kBoth);
  const auto month = verdict.facts["month"];
  EXPECT_EQ(month["accepted"], 1);
  EXPECT_EQ(month["delivered"], 1);
  EXPECT_EQ(month["balanced"], true);
  EXPECT_EQ(month["ends_proved"], 1);
  EXPECT_EQ(verdict.facts["manifests"][0]["agreed"], true);
  EXPECT_THAT(tokens(verdict.proved), HasSubstr("month ends written manifest"));
}

TEST_F(MonthEvidence, ALedgerThatSaysOtherwiseThanTheDestinationIsBroken) {
  sample.pieces.ledger->entries[0].receipt = ReceiptType::kAccepted;
  EXPECT_EQ(fault(), ledger + "|receipt");
  sample.pieces.ledger->entries[0].receipt = ReceiptType::kReturned;
  EXPECT_EQ(fault(), ledger + "|receipt");
}

TEST_F(MonthEvidence, ALedgerThatLeavesOutWhatWasHandedOverIsBroken) {
  LedgerEntry other = sample.pieces.ledger->entries[0];
  other.id = envelope_id(3);
  sample.pieces.ledger->entries = {other};
  sample.pieces.envelopes.clear();
  sample.pieces.records.erase(sample.pieces.records.begin(), sample.pieces.records.begin() + 2);
  EXPECT_EQ(fault(), ledger + "|left_out");
}

TEST_F(MonthEvidence, ALedgerThatDiffersFromTheHeadersIsBroken) {
  sample.pieces.ledger->entries[0].kind = Kind::kAdHocReport;
  EXPECT_EQ(fault(), ledger + "|differs");
}

TEST_F(MonthEvidence, AnEntryTwiceIsBroken) {
  sample.pieces.ledger->entries.push_back(sample.pieces.ledger->entries[0]);
  EXPECT_EQ(fault(), ledger + "|twice");
}

TEST_F(MonthEvidence, AListThatIsNotTheManifestsIsBroken) {
  sample.pieces.passages[0].entries.push_back(
      {Kind::kPreReleaseNotice, {kPrison, envelope_id(8)}, Hash{3}});
  const Verdict verdict = check(sample.file());
  ASSERT_EQ(verdict.broken.size(), 2U);
  EXPECT_EQ(verdict.broken[0].section,
            "passage list 1: prison:610000-01 to prison-bureau:610000, 2026-12");
  EXPECT_EQ(verdict.broken[1].section, ledger);
}

TEST_F(MonthEvidence, WithoutReceiptsOrAnswersItIsNotProved) {
  sample.pieces.records = {sample.pieces.records[2]};  // the manifest alone
  const Verdict verdict = check(sample.file());
  EXPECT_TRUE(verdict.holds());
  EXPECT_EQ(verdict.facts["month"]["ends_proved"], 0);
  EXPECT_EQ(verdict.facts["manifests"][0]["agreed"], false);
  EXPECT_THAT(tokens(verdict.not_proved), HasSubstr("ends complete manifest"));
}

TEST_F(MonthEvidence, EveryByteOfItsClosingIsOneFault) {
  const Bytes whole = sample.file();
  for (std::size_t at = whole.size() - kClosingBytes; at < whole.size(); ++at) {
    Bytes changed = whole;
    changed[at] ^= 1;
    const Verdict verdict = check(changed);
    ASSERT_EQ(verdict.broken.size(), 1U) << "at " << at;
    ASSERT_EQ(verdict.broken[0].section, "closing section") << "at " << at;
  }
}

TEST_F(MonthEvidence, NeedsItsLedger) {
  sample.pieces.ledger.reset();
  sample.pieces.records.clear();
  sample.pieces.passages.clear();
  sample.pieces.custodies.clear();
  EXPECT_EQ(fault(), "closing section|no_ledger");
}

}  // namespace
}  // namespace xianjie::tests
