// What is asked of disks and ferries outside a turn. Pure and read-only. The way in:
// check_consignment, then every frame by check_consigned_frame, and only when all of them are good
// LinkUp, the frames as FrameArrived, LinkDown and Imported, over the channel of the manifest.
// Read next: schemas/consignment.h, consign.cc.
#pragma once

#include "broker/broker.h"
#include "schemas/consignment.h"

namespace xianjie::broker {

// Whether this office may take it by its manifest: addressed here, from a neighbour, signed with a
// key that counted then, and not expired. kRefused, with the rule as token.
Result<> check_consignment(const SignedConsignment& signed_one, const Consignment& manifest,
                           const DirectorySnapshot& snapshot, OfficeId self, const Now& now,
                           Duration skew);

// The frame of its file `index`, in order: a hello of the sender's, then what it says.
Result<CheckedFrame> check_consigned_frame(ByteView bytes, std::size_t index,
                                           const Consignment& manifest,
                                           const DirectorySnapshot& snapshot,
                                           StatementCache& cache);

// Whether anything is ready that may go by this channel and that no wire which is up takes.
Result<bool> waits_for_consignment(ReadTxn& txn, const Broker& broker, OfficeId neighbour,
                                   ChannelClass channel, const Now& now);

}  // namespace xianjie::broker
