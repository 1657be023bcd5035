// Port: append-only, hash-chained records for the audit log and settled receipts, so that the store
// stays bounded. Appending is durable when it returns; each record's hash covers the one before it.
// Numbers rise by one without gaps; appending a number already there with the same bytes is a
// repeat and does nothing, so that a crash between append and trim is harmless.
// Implementations: adapters/archive_files.h, tests/support/memory_archive.h.
#pragma once

#include <functional>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::broker {

struct ArchiveRecord {
  std::uint64_t number = 0;  // from 1
  Bytes bytes;
};

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
