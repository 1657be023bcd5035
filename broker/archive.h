// Port: append-only, hash-chained records for the audit log and settled receipts, so that the store
// stays bounded. Appending is durable when it returns; each record's hash covers the one before it.
// Numbers rise by one without gaps; appending a number already there with the same bytes is a
// repeat and does nothing, so that a crash between append and trim is harmless.
// The first byte of a record tells what it is: README.md. Implementations:
// adapters/archive_files.h, tests/support/memory_archive.h.
#pragma once

#include <functional>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::broker {

struct ArchiveRecord {
  std::uint64_t number = 0;  // from 1
  Bytes bytes;
  Hash hash{};  // of the chain after it; filled by scan
};

// The chain's hash after a record: H(before ‖ number ‖ H(bytes)), from zeros before record 1. Over
// the hash of the bytes, so that a stretch of the chain can be shown without what it says.
Hash chain_hash(const Hash& before, std::uint64_t number, const Hash& of_bytes);

class Archive {
 public:
  virtual ~Archive() = default;
  virtual Result<void> append(const std::vector<ArchiveRecord>& records) = 0;
  [[nodiscard]] virtual std::uint64_t last_number() const = 0;  // 0: empty
  [[nodiscard]] virtual Hash head() const = 0;                  // of the chain
  virtual Result<void> scan(std::uint64_t from,
                            const std::function<bool(const ArchiveRecord&)>& visit) = 0;
};

}  // namespace xianjie::broker
