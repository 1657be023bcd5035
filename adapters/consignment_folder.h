// Consignments on a disk: one folder each, several on one disk, each for one office.
//
// Writing: every frame durable and read again from the disk, the manifest last; a folder with
// frames and without a manifest is half-written and is nobody's. Reading: nothing of a consignment
// is given out before all of it has been read and compared with its manifest; the error names the
// file at fault. What a manifest promises is checked against the directory elsewhere
// (crypto/statement.h signs and verifies it). Disks may be hostile: links, pipes and names of their
// own are refused, not followed.
#pragma once

#include <filesystem>
#include <vector>

#include "crypto/keys.h"
#include "schemas/consignment.h"
#include "schemas/result.h"

namespace xianjie::adapters {

struct FoundConsignment {
  std::filesystem::path folder;
  SignedConsignment signed_one;
  Consignment manifest;
};

// Where it takes its name: at once, so that an interrupted one shows, or when it is whole, for a
// folder that somebody else watches (a ferry's).
enum class Placing : std::uint8_t { kAtOnce, kWhenWhole };

// Fills the manifest's files and signs it. The folder's path; kRefused where it is there already.
Result<std::filesystem::path> write_consignment(const std::filesystem::path& disk,
                                                Consignment manifest,
                                                const std::vector<Bytes>& frames,
                                                const crypto::OfficeKeys& keys,
                                                Placing placing = Placing::kAtOnce);
// What an interrupted kWhenWhole has left.
Result<void> remove_unfinished(const std::filesystem::path& disk);

// Every folder of the disk, in the order of names: a consignment, or why it is none. Hidden folders
// and those with neither manifest nor frames are somebody else's.
struct DiskEntry {
  std::filesystem::path folder;
  Result<FoundConsignment> found;
};
Result<std::vector<DiskEntry>> list_consignments(const std::filesystem::path& disk);

// kCorrupt, naming the file: missing or not in the manifest.
Result<void> check_names(const FoundConsignment& consignment);
// check_names, then reads every file and compares it.
Result<void> check_files(const FoundConsignment& consignment);
// One frame, compared with the manifest.
Result<Bytes> read_frame(const FoundConsignment& consignment, std::size_t index);

}  // namespace xianjie::adapters
