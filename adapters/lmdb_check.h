// Integrity check of a closed store, before it is opened. LMDB has no checksum of its own and dies
// with SIGBUS on a truncated file, so the walk runs in a forked child: whatever kills it, the
// caller lives and says what to do. Nothing is ever changed or deleted.
// The child reads every page of every table, checks the order of keys, each row's checksum and the
// accounting of pages, and writes every row over itself without committing.
// Read next: lmdb_store.h.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/result.h"

namespace xianjie::adapters {

struct CorruptRow {
  std::string table;
  Bytes key;
};

struct StoreCheck {
  std::uint64_t rows = 0;
  std::uint64_t corrupt_count = 0;
  std::vector<CorruptRow> corrupt;  // the first kCorruptRowsListed of them
};
inline constexpr std::size_t kCorruptRowsListed = 1000;

inline constexpr const char* kFormatFile = "store.format";
inline constexpr std::string_view kStoreFormat = "xianjie-store 3\n";  // its content

// Whether a store was initialised there. kRefused: of another format; kCorrupt: its data are gone.
Result<bool> read_store_format(const std::filesystem::path& directory);

// The store's structure is sound; single rows may still be corrupt, they are listed and do not keep
// the store from opening. kCorrupt: damaged as a whole, must not be opened. kIo: could not be
// checked. Call it while nobody has the store open; forks, so best before threads are started.
Result<StoreCheck> check_store(const std::filesystem::path& directory);

}  // namespace xianjie::adapters
