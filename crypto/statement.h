// Signed statements that are not envelopes: custody acknowledgements, records, directories.
#pragma once

#include "crypto/keys.h"
#include "schemas/consignment.h"
#include "schemas/directory.h"
#include "schemas/link.h"
#include "schemas/record.h"

namespace xianjie::crypto {

// Fills key and signature. `from` handed the batch over, keys.office() took it.
void sign_ack(Ack& ack, OfficeId from, std::span<const Hash> leaves, const OfficeKeys& keys);
bool verify_ack(const Ack& ack, OfficeId from, OfficeId to, std::span<const Hash> leaves,
                const PublicKey& key);

// Sets issuer and key itself.
SignedRecord sign_record(const Record& record, const OfficeKeys& keys);
bool verify_record(const SignedRecord& record, const PublicKey& key);

// Sets sender and key itself.
SignedConsignment sign_consignment(const Consignment& consignment, const OfficeKeys& keys);
bool verify_consignment(const SignedConsignment& consignment, const PublicKey& key);

DirectorySignature sign_directory(ByteView body, const SigningPair& holder);
// At least `threshold` distinct keys of `holders` signed the body.
Result<void> verify_directory(const SignedDirectory& directory, std::span<const PublicKey> holders,
                              std::size_t threshold);

}  // namespace xianjie::crypto
