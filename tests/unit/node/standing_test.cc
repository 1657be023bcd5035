// What an office counts, from rows as the broker writes them.
#include "node/office/standing.h"

#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {
namespace {

using namespace broker;
using node::Counts;
using enum StandingColumn;

// Rows put by hand into a store of their own.
struct StandingRows : testing::Test {
  MemoryStore store;
  std::uint8_t last = 0;

  void put(Table table, ByteView key, ByteView value) {
    auto txn = store.write();
    ASSERT_TRUE(txn);
    ASSERT_TRUE((*txn)->put(table, key, value));
    ASSERT_TRUE((*txn)->commit());
  }
  LedgerRow ledger(ReceiptType receipt, std::uint8_t outcome = 0) {
    LedgerRow row;
    row.kind = Kind::kPreReleaseNotice;
    row.period = kDecember;
    row.receipt = receipt;
    row.outcome = outcome;
    return row;
  }
  EnvelopeId add(const LedgerRow& row) {
    const EnvelopeId id = envelope_id(++last);
    put(Table::kLedger, ledger_key(id), encode(row));
    return id;
  }
  void seen(const EnvelopeKey& key, Place place, bool late = false,
            OfficeId destination = kTownship) {
    StateRow row;
    row.place = place;
    row.late = late;
    row.kind = Kind::kPreReleaseNotice;
    row.period = kDecember;
    row.destination = destination;
    put(Table::kSeen, seen_key(key), encode(row));
  }
  Counts counts(OfficeId self) {
    const auto txn = store.read();
    return *node::own_counts(**txn, {nation().snapshot()->directory, self, kNow, {}}, kDecember,
                             {});
  }
};

TEST_F(StandingRows, EachFirstEnvelopeStandsInOneColumnOfItsLedger) {
  LedgerRow copied = ledger(ReceiptType::kDelivered);
  copied.copy = envelope_id(99);
  add(copied);
  add(ledger(ReceiptType::kProcessed, 1));
  add(ledger(ReceiptType::kProcessed, 2));
  add(ledger(ReceiptType::kReturned));
  add(ledger(ReceiptType::kRejected));
  add(ledger(ReceiptType::kExpired));
  add(ledger(ReceiptType::kAccepted));
  seen({kPrison, add(ledger(ReceiptType::kAccepted))}, Place::kHeld);
  LedgerRow copy = ledger(ReceiptType::kAccepted);
  copy.copy_of = envelope_id(1);
  add(copy);
  LedgerRow further = ledger(ReceiptType::kProcessed, 1);
  further.continues = {kBureau, envelope_id(50)};
  add(further);
  EXPECT_EQ(counts(kPrison), (Counts{{kAccepted, 8},
                                     {kDelivered, 3},
                                     {kReturned, 1},
                                     {kHeld, 3},
                                     {kInTransit, 1},
                                     {kOwnArea, 1},
                                     {kUnlinked, 1},
                                     {kUnchecked, 1},
                                     {kNoCopy, 7},
                                     {kCopiesAccepted, 1},
                                     {kCopiesInTransit, 1},
                                     {kContinued, 1}}));
}

TEST_F(StandingRows, MailOfOthersAndTheInboxHaveColumnsOfTheirOwn) {
  seen({kPrison, envelope_id(1)}, Place::kAway, true);
  seen({kPrison, envelope_id(2)}, Place::kQueued);
  seen({kPrison, envelope_id(3)}, Place::kHeld);
  seen({kPrison, envelope_id(4)}, Place::kInbox, false, kCounty);
  put(Table::kInbox, seq_key(1),
      encode(
          InboxRow{{kPrison, envelope_id(4)}, false, false, Kind::kPreReleaseNotice, kDecember}));
  put(Table::kInbox, seq_key(2),
      encode(InboxRow{{kPrison, envelope_id(5)}, false, true, Kind::kPreReleaseNotice, kDecember}));
  put(Table::kInbox, seq_key(3),
      encode(InboxRow{{kPrison, envelope_id(1)}, true, false, Kind::kPreReleaseNotice, kDecember}));
  EXPECT_EQ(
      counts(kCounty),
      (Counts{
          {kReceived, 2}, {kOpen, 1}, {kPassedOn, 1}, {kWaiting, 1}, {kStopped, 1}, {kLate, 1}}));
}

TEST_F(StandingRows, AStandingSpeaksOfTheLastMonthsAndOfNoticesOnly) {
  add(ledger(ReceiptType::kAccepted));
  LedgerRow old = ledger(ReceiptType::kAccepted);
  old.period = {202606};
  add(old);
  old.period = {202607};
  add(old);
  LedgerRow result = ledger(ReceiptType::kAccepted);
  result.kind = Kind::kCheckResult;
  add(result);
  const auto txn = store.read();
  const auto rows = node::own_standing(**txn, {nation().snapshot()->directory, kPrison, kNow, {}});
  ASSERT_TRUE(rows);
  std::vector<std::uint32_t> periods;
  for (const StandingEntry& row : *rows) {
    if (row.column == kAccepted) periods.push_back(row.period.yyyymm);
    EXPECT_EQ(row.kind, Kind::kPreReleaseNotice);
  }
  EXPECT_EQ(periods, (std::vector<std::uint32_t>{202607, 202612}));
}

}  // namespace
}  // namespace xianjie::tests
