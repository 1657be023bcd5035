// A copy of a store whose daemon may be at work: one consistent state, without free pages. It is
// written by LMDB's own compacting copy, which reads in a snapshot: while that lives, pages that
// the daemon frees are not used again, so the store's file fills up by what is written meanwhile.
// Read next: lmdb_check.h, which proves the copy good.
#pragma once

#include <filesystem>

#include "schemas/result.h"

namespace xianjie::adapters {

// `to`: a folder that is not there yet; made 0700, afterwards a store that LmdbStore opens, durable
// on the disk. `from` must not be open in this process. kNotFound: no store there; kRefused:
// another format; kCorrupt: it cannot be read as a whole; kFull: no room for the copy; kIo.
Result<> copy_store(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace xianjie::adapters
