// Honest in-memory fake of broker::Archive: same chain as adapters/archive_files.h, same refusals.
// What append() returned for survives every crash of the process, as the port promises.
#pragma once

#include <utility>

#include "broker/archive.h"
#include "crypto/hash.h"

namespace xianjie::tests {

class MemoryArchive final : public broker::Archive {
 public:
  Result<void> append(const std::vector<broker::ArchiveRecord>& records) override {
    const bool failing = std::exchange(fail_next_, false);
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (failing && i >= kept_of_failing_) break;
      XJ_TRY_VOID(append_one(records[i]));
    }
    if (failing) return fail(ErrorCode::kIo, "archive: the disk failed");
    return {};
  }
  [[nodiscard]] std::uint64_t last_number() const override { return records_.size(); }
  [[nodiscard]] Hash head() const override { return head_; }
  Result<void> scan(std::uint64_t from,
                    const std::function<bool(const broker::ArchiveRecord&)>& visit) override {
    for (std::size_t i = from == 0 ? 0 : from - 1; i < records_.size(); ++i)
      if (!visit(records_[i])) break;
    return {};
  }

  // The next append() returns kIo after its first `kept` records became durable.
  void fail_next_append(std::size_t kept) {
    fail_next_ = true;
    kept_of_failing_ = kept;
  }
  void lose_disk() { *this = MemoryArchive(); }

 private:
  Result<void> append_one(const broker::ArchiveRecord& record) {
    if (record.number == 0 || record.number > records_.size() + 1)
      return refused("archive: record " + std::to_string(record.number) + " after " +
                     std::to_string(records_.size()) + " leaves a gap");
    if (record.number <= records_.size()) {
      if (records_[record.number - 1].bytes == record.bytes) return {};
      return corrupt("archive: record " + std::to_string(record.number) +
                     " is already there with other bytes");
    }
    head_ = broker::chain_hash(head_, record.number, crypto::hash(record.bytes));
    records_.push_back({record.number, record.bytes, head_});
    return {};
  }

  std::vector<broker::ArchiveRecord> records_;
  Hash head_{};
  bool fail_next_ = false;
  std::size_t kept_of_failing_ = 0;
};

}  // namespace xianjie::tests
