// A restored store becomes a new one, keeps back what it may have settled, asks, and only then
// hands out; its origins and destinations know.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/statement.h"
#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;
using testing::HasSubstr;

std::size_t said(const Effects& effects, std::string_view token) {
  return static_cast<std::size_t>(std::ranges::count_if(
      effects.alarms, [&](const std::string& text) { return text.starts_with(token); }));
}
std::vector<Record> recalls_in(const Effects& effects, OfficeId neighbour, RecordType type) {
  auto records = records_to(effects, neighbour);
  std::erase_if(records, [&](const Record& record) { return record.type != type; });
  return records;
}

struct Restored : testing::Test {
  OneBroker at{kTownship, kNow, with_lives()};
  Writer prison{kPrison};
  Envelope first = prison.write(kTownship, Kind::kAdHocReport, kNow);
  Envelope second = prison.write(kTownship, Kind::kAdHocReport, kNow);
  std::uint64_t epoch_before = 0;

  static BrokerOptions with_lives() {
    BrokerOptions options;
    options.instance = 1000;
    return options;
  }
  void SetUp() override {
    at.connect(kCounty);
    at.ack_records(kCounty, at.give_effects(kCounty, {first, second}));
    epoch_before = at.broker().epoch();
    copy_ = std::make_unique<MemoryStore>(at.store);
    at.step({Settle{1, key_of(first), {}}});
  }
  // The copy is back in its place and a process starts on it; `boot`: of the file beside it.
  void put_back(std::uint64_t boot) {
    at.options().witness.boot = boot;
    at.store.put_back(*copy_);
    at.restart();
  }
  Effects origin_says(std::vector<Receipt> receipts, OfficeId issuer = kPrison) {
    Record record;
    record.type = RecordType::kRecallAnswer;
    record.target = kTownship;
    record.subject = Kind::kAdHocReport;
    record.created = at.now.wall;
    record.receipts = std::move(receipts);
    return at.feed(kCounty, Records{++number_, {crypto::sign_record(record, office_keys(issuer))}});
  }
  Receipt receipt(const Envelope& envelope, ReceiptType type) {
    return {key_of(envelope).id, at.state(key_of(envelope))->leaf, type, kNow};
  }
  bool kept(const Envelope& envelope) {
    const auto txn = at.store.read();
    return *is_kept_back(**txn, key_of(envelope));
  }
  std::unique_ptr<MemoryStore> copy_;
  std::uint64_t number_ = 500;
};

TEST_F(Restored, IsKnownAtOnceByTheFileBesideIt) {
  put_back(2);
  EXPECT_NE(at.broker().epoch(), epoch_before);
  EXPECT_EQ(at.broker().boot(), 3U);
  const Effects effects = at.step();
  EXPECT_EQ(said(effects, "restored: this store is an older copy"), 1U);
  EXPECT_THAT(effects.alarms.at(0), HasSubstr("2 open items are kept back"));
  EXPECT_TRUE(kept(first));
  EXPECT_TRUE(kept(second));
  const std::uint64_t epoch = at.broker().epoch();
  at.options().witness.boot = at.broker().boot();
  at.restart();
  EXPECT_EQ(at.broker().epoch(), epoch) << "an honest start after it";
  EXPECT_EQ(said(at.step(), "restored:"), 0U);
  EXPECT_TRUE(kept(first)) << "durable";
}

TEST_F(Restored, IsKnownByTheAuditLogThatIsFurtherOn) {
  at.options().witness.archived = at.broker().audit_seq();
  at.store.put_back(*copy_);
  at.restart();
  EXPECT_NE(at.broker().epoch(), epoch_before);
  at.step();
  std::uint64_t newest = 0;
  for (const auto& [key, value] : at.rows(Table::kAudit))
    if (as_text(value).find("restored") != std::string_view::npos) newest = Decoder(key).u64();
  EXPECT_GT(newest, at.options().witness.archived) << "no number twice";
}

TEST_F(Restored, AnHonestStoreIsNotTakenForOne) {
  at.options().witness = {at.broker().boot(), at.broker().audit_seq(), at.broker().audit_seq()};
  at.restart();
  EXPECT_EQ(at.broker().epoch(), epoch_before);
  EXPECT_FALSE(at.broker().restored());
}

TEST_F(Restored, WithoutAnythingBesideItItsNeighboursTellIt) {
  put_back(0);
  EXPECT_EQ(at.broker().epoch(), epoch_before);
  at.step({LinkUp{kCounty, ChannelClass::kVpn}});
  Hello hello = at.hello_from(kCounty);
  hello.boot = 9;
  hello.instance = 90;
  hello.behind = true;
  hello.known_boot = 8;
  hello.known_instance = 4711;
  hello.known_sealed = std::uint64_t{1} << 62;
  const Effects effects = at.feed(kCounty, hello);
  EXPECT_NE(at.broker().epoch(), epoch_before);
  EXPECT_EQ(at.broker().boot(), 9U);
  EXPECT_TRUE(kept(first));
  const auto greetings = frames_to<Hello>(effects, kCounty);
  ASSERT_FALSE(greetings.empty());
  EXPECT_EQ(greetings.back().boot, 9U);
  EXPECT_EQ(greetings.back().store_epoch, at.broker().epoch());
  EXPECT_EQ(recalls_in(effects, kCounty, RecordType::kEpoch).at(0).boot, 9U);
  EXPECT_EQ(recalls_in(effects, kCounty, RecordType::kRecall).at(0).inquiries.size(), 2U);
  Lease lease;
  EXPECT_GT(at.step({lease}).replies.at(0).first, std::uint64_t{1} << 62);
  // Another one knows a later start still: counted on, the epoch stays.
  const std::uint64_t epoch = at.broker().epoch();
  hello.known_boot = 20;
  at.feed(kCounty, hello);
  EXPECT_EQ(at.broker().boot(), 21U);
  EXPECT_EQ(at.broker().epoch(), epoch);
  hello.known_boot = std::uint64_t{1} << 60;
  at.feed(kCounty, hello);
  EXPECT_EQ(at.broker().boot(), 21U) << "nobody starts so often";
}

TEST_F(Restored, LetsNobodyActOnWhatItKeepsBack) {
  put_back(2);
  at.step();
  for (const Effects& effects :
       {at.step({Settle{1, key_of(first), {}}}), at.step({Collect{1, key_of(first)}})}) {
    ASSERT_FALSE(effects.replies.at(0).result);
    EXPECT_THAT(effects.replies[0].result.error().text, HasSubstr("reconciling"));
  }
  EXPECT_FALSE(at.inbox().at(0).settled);
}

TEST_F(Restored, SettlesWhatWasSettledAndHandsOutTheRest) {
  put_back(2);
  at.step();
  const Effects asked = at.connect(kCounty);
  EXPECT_TRUE(asked.delivered.empty());
  const auto recalls = recalls_in(asked, kCounty, RecordType::kRecall);
  ASSERT_EQ(recalls.size(), 1U);
  EXPECT_EQ(recalls[0].target, kPrison);
  ASSERT_EQ(recalls[0].inquiries.size(), 2U);
  const Effects effects = origin_says(
      {receipt(first, ReceiptType::kProcessed), receipt(second, ReceiptType::kCollected)});
  ASSERT_EQ(effects.delivered.size(), 1U);
  EXPECT_EQ(effects.delivered[0].key, key_of(second));
  EXPECT_EQ(at.state(key_of(first))->place, Place::kSettled);
  EXPECT_TRUE(at.state(key_of(second))->collected) << "remembered by its origin";
  EXPECT_FALSE(kept(first) || kept(second));
  EXPECT_TRUE(at.step({Settle{1, key_of(second), {}}}).replies.at(0).result);
}

TEST_F(Restored, TakesNoWordOfOthersOrAboutOtherContents) {
  put_back(2);
  at.step();
  at.connect(kCounty);
  EXPECT_TRUE(
      origin_says({receipt(first, ReceiptType::kProcessed)}, kSecondTownship).delivered.empty());
  Receipt other = receipt(first, ReceiptType::kProcessed);
  other.leaf[0] ^= 1U;
  origin_says({other});
  EXPECT_EQ(at.state(key_of(first))->place, Place::kInbox);
  EXPECT_TRUE(kept(first));
}

TEST_F(Restored, WaitsForSilentOriginsNoLongerThanItsPatience) {
  put_back(2);
  at.step();
  at.ack_records(kCounty, at.connect(kCounty));
  const Duration patience = at.broker().options().recall_patience;
  at.advance(Duration{patience.ms / 4});
  const Effects again = at.step();
  EXPECT_EQ(recalls_in(again, kCounty, RecordType::kRecall).size(), 1U) << "asked again";
  at.ack_records(kCounty, again);
  at.advance(patience);
  EXPECT_EQ(at.step().delivered.size(), 2U);
  EXPECT_TRUE(at.rows(Table::kRecalls).empty());
  at.advance(patience);
  EXPECT_TRUE(recalls_in(at.step(), kCounty, RecordType::kRecall).empty());
}

TEST_F(Restored, WaitsAsLongAsNobodyIsThereToAsk) {
  put_back(2);
  at.step();
  at.advance(days(3));
  EXPECT_TRUE(at.step().delivered.empty());
  EXPECT_EQ(at.step({HandOut{5}}).replies.at(0).first, 2U) << "unless an operator says so";
  EXPECT_FALSE(kept(first));
}

TEST_F(Restored, AsksOfMailFromBeforeThatArrivesAnewAndNotOfNewMail) {
  const Envelope old = prison.write(kTownship, Kind::kAdHocReport, kNow);
  put_back(2);
  at.step();
  at.connect(kCounty);
  Effects effects = at.give_effects(kCounty, {old});
  EXPECT_TRUE(effects.delivered.empty());
  EXPECT_TRUE(kept(old));
  ASSERT_EQ(recalls_in(effects, kCounty, RecordType::kRecall).size(), 1U);
  effects = origin_says({receipt(old, ReceiptType::kDelivered)});
  EXPECT_EQ(effects.delivered.size(), 1U);
  at.advance(minutes(20));
  const Envelope fresh = prison.write(kTownship, Kind::kAdHocReport, at.now.wall);
  EXPECT_EQ(at.give_effects(kCounty, {fresh}).delivered.size(), 1U);
}

TEST_F(Restored, CountsReceiptsForWhatItDoesNotKnow) {
  put_back(2);
  at.step();
  at.connect(kCounty);
  Record record;
  record.type = RecordType::kReceipts;
  record.target = kTownship;
  record.created = kNow;
  for (std::uint8_t n = 1; n <= 3; ++n)
    record.receipts.push_back({envelope_id(n), {}, ReceiptType::kDelivered, kNow});
  const SignedRecord signed_record = crypto::sign_record(record, office_keys(kPrison));
  EXPECT_EQ(said(at.feed(kCounty, Records{++number_, {signed_record}}), "restored: receipts"), 1U);
  EXPECT_EQ(said(at.feed(kCounty, Records{++number_, {signed_record}}), "restored: receipts"), 0U);
  EXPECT_EQ(at.broker().restored()->unknown_own, 3U);
  at.options().witness.boot = at.broker().boot();
  at.restart();
  EXPECT_EQ(at.broker().restored()->unknown_own, 3U);
}

// The other side: an origin tells what it is certain of.
struct AskedOrigin : testing::Test {
  OneBroker at{kPrison, kNow};
  Writer writer{kPrison};
  PreparedOrder order = writer.order(kTownship, Kind::kAdHocReport, kNow);
  EnvelopeId id = order.main.header.id;
  Hash leaf = order.main.leaf;
  std::uint64_t number_ = 0;

  void SetUp() override {
    SubmitItem item;
    item.row = 1;
    item.order = std::move(order);
    Submit submit;
    submit.items.push_back(std::move(item));
    at.connect(kBureau);
    at.step({std::move(submit)});
  }
  Effects told(RecordType type, std::vector<Receipt> receipts, OfficeId issuer = kTownship) {
    Record record;
    record.type = type;
    record.target = kPrison;
    record.subject = Kind::kAdHocReport;
    record.created = kNow;
    if (type == RecordType::kReceipts)
      record.receipts = std::move(receipts);
    else
      record.inquiries = {{id, leaf}, {envelope_id(77), leaf}};
    return at.feed(kBureau, Records{++number_, {crypto::sign_record(record, office_keys(issuer))}});
  }
  std::vector<Receipt> answer(OfficeId issuer = kTownship) {
    std::vector<Receipt> out;
    for (const Record& record :
         recalls_in(told(RecordType::kRecall, {}, issuer), kBureau, RecordType::kRecallAnswer)) {
      EXPECT_EQ(record.target, issuer);
      out.insert(out.end(), record.receipts.begin(), record.receipts.end());
    }
    return out;
  }
};

TEST_F(AskedOrigin, TellsWhatItWasToldLast) {
  told(RecordType::kReceipts, {{id, leaf, ReceiptType::kCollected, kNow}});
  const auto said_now = answer();
  ASSERT_EQ(said_now.size(), 1U) << "and nothing of what it never wrote";
  EXPECT_EQ(said_now[0].id, id);
  EXPECT_EQ(said_now[0].type, ReceiptType::kCollected);
  EXPECT_TRUE(answer(kSecondTownship).empty()) << "to its destination alone";
}

TEST_F(AskedOrigin, IsSilentWhileTheAnswerMayBeOnItsWay) {
  told(RecordType::kReceipts, {{id, leaf, ReceiptType::kProcessed, kNow}});
  EXPECT_TRUE(answer().empty());
  Writer township(kTownship);
  Header header = township.header(kPrison, Kind::kCheckResult, kNow);
  header.in_reply_to = id;
  at.give(kBureau, {township.seal(header)});
  const auto said_now = answer();
  ASSERT_EQ(said_now.size(), 1U);
  EXPECT_EQ(said_now[0].type, ReceiptType::kProcessed);
}

}  // namespace
}  // namespace xianjie::tests
