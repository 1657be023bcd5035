// The manifest of a consignment (介质批次): what one office gives to one neighbour on a disk or
// through a ferry's folder. Its files hold ordinary link frames (link.h), one a file, called
// consignment_file_name(0), (1) …; a file that is not in the manifest does not belong to it. The
// manifest is signed by the sender's office key over "XJ1/consignment" ‖ body. Format:
// fbs/consignment.fbs. Read next: adapters/consignment_folder.h.
#pragma once

#include <string>
#include <vector>

#include "schemas/bytes.h"
#include "schemas/ids.h"
#include "schemas/result.h"
#include "schemas/time.h"
#include "schemas/vocabulary.h"

namespace xianjie {
inline namespace schemas {

inline constexpr std::size_t kConsignmentFilesMax = 4096;
inline constexpr std::size_t kConsignmentTextMax = 128;  // bytes of seal number and courier, each
inline constexpr std::size_t kManifestBytesMax = 256 * 1024;
inline constexpr std::size_t kConsignmentBytesMax = 64 * 1024 * 1024;  // its files together

struct ConsignmentFile {
  std::uint64_t size = 0;  // 1 to kFrameBytesMax
  Hash hash{};
  friend bool operator==(const ConsignmentFile&, const ConsignmentFile&) = default;
};

struct Consignment {
  OfficeId from;
  KeyId key;
  OfficeId to;
  std::uint64_t store_epoch = 0;  // of the sender; with the number it names the consignment
  std::uint64_t number = 0;
  ChannelClass channel = ChannelClass::kMedia;  // media or ferry
  WallTime created, expires;                    // overdue, and no longer taken, after `expires`
  std::string seal, courier;                    // UTF-8; "" where there is none, as with a ferry
  std::vector<ConsignmentFile> files;
  friend bool operator==(const Consignment&, const Consignment&) = default;
};

struct SignedConsignment {
  Bytes body;
  Signature signature{};
};

Bytes encode_consignment_body(const Consignment& consignment);
Result<Consignment> decode_consignment_body(ByteView body);
Bytes encode(const SignedConsignment& consignment);
Result<SignedConsignment> decode_signed_consignment(ByteView bytes);

// Its folder on the disk: "county-610802-000017-3f2a9c01", number and epoch.
std::string consignment_name(const Consignment& consignment);
std::string consignment_file_name(std::size_t index);  // "000001.frame" for the first
inline constexpr const char* kManifestName = "manifest.xjc";

}  // namespace schemas
}  // namespace xianjie
