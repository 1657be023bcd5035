// Every limit of the bus, once (DESIGN section 11). Units stand in the names or in the types.
#pragma once

#include <cstddef>
#include <cstdint>

#include "schemas/time.h"

namespace xianjie {
inline namespace schemas {

inline constexpr std::size_t kPayloadBytesMax = 256 * 1024;
inline constexpr std::size_t kLargePayloadBytesMax = 16 * 1024 * 1024;  // kinds that may (kinds.h)
inline constexpr std::size_t kChunkBytes = 64 * 1024;  // of a large payload, before sealing
inline constexpr std::size_t kPadStepBytes = 256;
inline constexpr std::size_t kReadersMax = 16;
inline constexpr std::uint8_t kHopsMax = 16;
inline constexpr std::size_t kBatchEnvelopesMax = 1024;
inline constexpr std::size_t kBatchBytesMax = 1024 * 1024;
inline constexpr std::size_t kFrameBytesMax = kBatchBytesMax + 8 * 1024;
inline constexpr std::size_t kTurnEventsMax = 1024;
inline constexpr std::size_t kTurnEnvelopesMax = 4096;
inline constexpr std::size_t kTurnBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kLinkCreditBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kDaemonCreditBytes = 64 * 1024 * 1024;
inline constexpr int kPoisonAfter = 5;
inline constexpr Duration kClockSkew = minutes(10);
inline constexpr std::size_t kSubmissionRowsMax = 100'000;
inline constexpr std::uint64_t kStoreBytesDefault = 4ULL << 30;
inline constexpr std::uint64_t kStoreBytesRehearsal = 64ULL << 20;
inline constexpr std::size_t kEnvelopeRowBytesMax = 2014;  // above, LMDB spends overflow pages
inline constexpr Duration kRetryMax = minutes(15);
inline constexpr Duration kRetryMaxRehearsal = seconds(1);
inline constexpr std::uint8_t kProtocolVersion = 1;
inline constexpr std::size_t kRecordEntriesMax = 1024;  // receipts or inquiries a record
inline constexpr std::size_t kRecordsFrameMax = 256;    // signed records in one frame
// Bounds of encoded parts, checked before their structure is.
inline constexpr std::size_t kHeaderBytesMax = 2048;
inline constexpr std::size_t kSlotsBytesMax = 2048;
inline constexpr std::size_t kProofBytesMax = 2048;
inline constexpr std::size_t kVoucherBytesMax = 512;  // an encoded record of custody of one
inline constexpr std::size_t kProofPathMax = 10;      // levels above 1,024 leaves
inline constexpr std::size_t kSealTagBytes = 16;
inline constexpr std::size_t kSealedBytesMax = kPayloadBytesMax + kPadStepBytes + kSealTagBytes;
inline constexpr std::size_t kSealedChunkBytesMax = kChunkBytes + kSealTagBytes;
inline constexpr std::size_t kChunksMax = kLargePayloadBytesMax / kChunkBytes + 1;  // with padding
inline constexpr std::size_t kLargeSealedBytesMax =
    kLargePayloadBytesMax + kPadStepBytes + kChunksMax * kSealTagBytes;
inline constexpr std::size_t kEnvelopeFramingBytes = 64;   // what a frame adds to an envelope
inline constexpr std::size_t kRecordBytesMax = 96 * 1024;  // one signed record
inline constexpr std::size_t kStepsMax = 32;               // of one notice's history
inline constexpr std::size_t kTextBytesMax = 64 * 1024;    // one text field of a payload
inline constexpr std::size_t kAttachmentsMax = 32;         // of one notice
inline constexpr std::size_t kAttachmentBytesMax = kLargePayloadBytesMax - 1024;  // of one file
inline constexpr std::size_t kFormCellsMax = 20'000;  // of one filled-in form
inline constexpr std::size_t kApiBytesMax = 128 * 1024 * 1024;
inline constexpr std::size_t kDirectoryBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kOfficesMax = 100'000;
inline constexpr std::size_t kDirectorySignaturesMax = 64;
inline constexpr std::size_t kDirectoryPartBytes = 256 * 1024;  // of a bundle, in one frame
inline constexpr std::uint32_t kFlatBufferDepthMax = 16;
inline constexpr std::uint32_t kFlatBufferTablesMax = 4096;

}  // namespace schemas
}  // namespace xianjie
