#include "crypto/statement.h"

#include <algorithm>
#include <set>

#include "crypto/hash.h"

namespace xianjie::crypto {
namespace {

constexpr std::string_view kAckDomain = "XJ1/ack";
constexpr std::string_view kRecordDomain = "XJ1/record";
constexpr std::string_view kConsignmentDomain = "XJ1/consignment";
constexpr std::string_view kDirectoryDomain = "XJ1/directory";

Bytes ack_message(const Ack& ack, OfficeId from, OfficeId to, std::span<const Hash> leaves) {
  Bytes outcomes;
  outcomes.reserve(ack.outcomes.size());
  for (const AckOutcome outcome : ack.outcomes)
    outcomes.push_back(static_cast<std::uint8_t>(outcome));
  Hasher of_leaves;
  for (const Hash& leaf : leaves) of_leaves.add(leaf);
  return Encoder()
      .u64(from.value())
      .u64(to.value())
      .u32(ack.key.number)
      .u64(ack.sender_epoch)
      .u64(ack.number)
      .i64(ack.time.ms)
      .u8(static_cast<std::uint8_t>(ack.channel_class))
      .raw(hash(outcomes))
      .raw(of_leaves.finish())
      .bytes();
}

}  // namespace

void sign_ack(Ack& ack, OfficeId from, std::span<const Hash> leaves, const OfficeKeys& keys) {
  XJ_CHECK(leaves.size() == ack.outcomes.size());
  ack.key = keys.id();
  ack.signature = keys.sign(kAckDomain, ack_message(ack, from, keys.office(), leaves));
}

bool verify_ack(const Ack& ack, OfficeId from, OfficeId to, std::span<const Hash> leaves,
                const PublicKey& key) {
  return leaves.size() == ack.outcomes.size() &&
         verify(key, kAckDomain, ack_message(ack, from, to, leaves), ack.signature);
}

SignedRecord sign_record(const Record& record, const OfficeKeys& keys) {
  Record issued = record;
  issued.issuer = keys.office();
  issued.key = keys.id();
  SignedRecord out;
  out.body = encode_record_body(issued);
  out.signature = keys.sign(kRecordDomain, out.body);
  return out;
}

bool verify_record(const SignedRecord& record, const PublicKey& key) {
  return verify(key, kRecordDomain, record.body, record.signature);
}

SignedConsignment sign_consignment(const Consignment& consignment, const OfficeKeys& keys) {
  Consignment sent = consignment;
  sent.from = keys.office();
  sent.key = keys.id();
  SignedConsignment out;
  out.body = encode_consignment_body(sent);
  out.signature = keys.sign(kConsignmentDomain, out.body);
  return out;
}

bool verify_consignment(const SignedConsignment& consignment, const PublicKey& key) {
  return verify(key, kConsignmentDomain, consignment.body, consignment.signature);
}

DirectorySignature sign_directory(ByteView body, const SigningPair& holder) {
  return {holder.public_key, holder.sign(kDirectoryDomain, hash(body))};
}

Result<void> verify_directory(const SignedDirectory& directory, std::span<const PublicKey> holders,
                              std::size_t threshold) {
  if (threshold == 0) return refused("directory: no signatures asked for; configure a threshold");
  const Hash digest = hash(directory.body);
  std::set<PublicKey> signers;
  for (const DirectorySignature& one : directory.signatures) {
    if (std::ranges::find(holders, one.key) == holders.end() || signers.contains(one.key)) continue;
    if (verify(one.key, kDirectoryDomain, digest, one.signature)) signers.insert(one.key);
  }
  if (signers.size() >= threshold) return {};
  return corrupt("directory: signed by " + std::to_string(signers.size()) + " of its holders, " +
                 std::to_string(threshold) + " needed");
}

}  // namespace xianjie::crypto
