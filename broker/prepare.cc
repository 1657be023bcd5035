#include "broker/prepare.h"

#include <algorithm>
#include <utility>

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/statement.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::broker {

std::shared_ptr<const DirectorySnapshot> DirectorySnapshot::make(routing::Directory directory) {
  crypto::Hasher hasher;
  directory.write_digest_input([&](ByteView piece) { hasher.add(piece); });
  Encoder trust;
  trust.u64(directory.header().version);
  for (const DenialBody& denial : directory.denials())
    trust.u64(denial.office.value()).u32(denial.key.number).i64(denial.since.ms);
  const Hash trust_digest = crypto::hash(trust.bytes());
  return std::make_shared<const DirectorySnapshot>(
      DirectorySnapshot{std::move(directory), hasher.finish(), trust_digest});
}

StatementCache::Verdict StatementCache::look_up(const Bytes& exact, const Hash& trust,
                                                const BatchStatement& statement) {
  bool good = false;
  for (const Generation* generation : {&young_, &old_}) {
    const auto root = generation->roots.find({statement.origin, statement.key, statement.number});
    if (root != generation->roots.end() && root->second != statement.root)
      return Verdict::kOtherRoot;
    const auto found = generation->good.find(exact);
    good = good || (found != generation->good.end() && found->second == trust);
  }
  return good ? Verdict::kGood : Verdict::kUnknown;
}

void StatementCache::remember(const Bytes& exact, const Hash& trust,
                              const BatchStatement& statement) {
  if (young_.good.size() >= kGenerationMax) old_ = std::exchange(young_, {});
  young_.good[exact] = trust;
  young_.roots[{statement.origin, statement.key, statement.number}] = statement.root;
}

namespace {

// The origin's key counted when the batch was signed.
Result<OfficeKeySet> origin_key(const BatchStatement& statement,
                                const DirectorySnapshot& snapshot) {
  const auto key = snapshot.directory.key(statement.origin, statement.key);
  if (!key)
    return refused(std::string(kUnknownKey) + ": no key " + std::to_string(statement.key.number) +
                   " of " + to_text(statement.origin) + " in the directory");
  if (key->revoked && !key->revoked_at.is_set())
    return refused("revoked_key: of " + to_text(statement.origin));
  if (statement.time < key->valid_from - kClockSkew ||
      (key->valid_until.is_set() && statement.time > key->valid_until + kClockSkew))
    return refused("key_not_valid: of " + to_text(statement.origin) + " at the signing time");
  return *key;
}

Result<> check_statement(const BatchProof& proof, const DirectorySnapshot& snapshot,
                         StatementCache& cache, bool& other_root) {
  Bytes exact = proof.statement.signed_bytes();
  exact.insert(exact.end(), proof.signature.begin(), proof.signature.end());
  const auto verdict = cache.look_up(exact, snapshot.trust_digest, proof.statement);
  if (verdict == StatementCache::Verdict::kGood) return {};
  XJ_TRY(const OfficeKeySet key, origin_key(proof.statement, snapshot));
  if (!crypto::verify_statement(proof.statement, proof.signature, key.signing))
    return refused("bad_signature: the batch is not signed by " + to_text(proof.statement.origin));
  if (verdict == StatementCache::Verdict::kOtherRoot) {
    other_root = true;
    return refused("two_roots: batch " + std::to_string(proof.statement.number) + " of " +
                   to_text(proof.statement.origin) + " was signed twice with different contents");
  }
  cache.remember(exact, snapshot.trust_digest, proof.statement);
  return {};
}

// In one piece or in chunks, of no more than the kind may carry.
Result<> check_size(const Header& header, const Envelope& envelope) {
  const std::size_t payload_max = routing::kind_row(header.kind).payload_max;
  const std::size_t in_chunks = header.sealed_bytes;
  constexpr std::size_t kSealing = kLargeSealedBytesMax - kLargePayloadBytesMax;
  if (envelope.sealed.size() > kPayloadBytesMax + 2 * kPadStepBytes ||
      (in_chunks != 0 && (payload_max <= kPayloadBytesMax || in_chunks > payload_max + kSealing)))
    return refused("too_large: the payload is over the limit");
  if (in_chunks != 0 && envelope.sealed.size() != chunk_count(header.sealed_bytes) * sizeof(Hash))
    return corrupt("chunks: not as many as the header says");
  return {};
}

// By its own office with a key that counts, or by a custodian that had it before the revocation.
bool is_vouched(const CheckedEnvelope& checked, WallTime signed_at,
                const DirectorySnapshot& snapshot) {
  const auto bytes = decode_signed_record(checked.envelope.voucher);
  const auto record = bytes ? decode_record_body(bytes->body) : corrupt("");
  if (!record || record->type != RecordType::kVoucher ||
      record->vouched.front() !=
          ManifestEntry{checked.header.origin, checked.header.id, checked.leaf})
    return false;
  const bool own = record->issuer == checked.header.origin;
  if (!own && (record->taken >= *checked.revoked || signed_at >= *checked.revoked)) return false;
  const auto key = snapshot.directory.key(record->issuer, record->key);
  return key && !key->revoked && crypto::verify_record(*bytes, key->signing);
}

// The header is read already.
Result<> check_into(CheckedEnvelope& out, const DirectorySnapshot& snapshot,
                    StatementCache& cache) {
  XJ_TRY(const Slots slots, decode_slots(out.envelope.slots));
  XJ_TRY(const BatchProof proof, decode_proof(out.envelope.proof));
  out.sealed_as = proof.statement.number;
  if (slots.wraps.size() != out.header.readers.size())
    return corrupt("slots: not one for each reader");
  XJ_TRY_VOID(check_size(out.header, out.envelope));
  if (out.header.klass != routing::kind_row(out.header.kind).klass)
    return refused("wrong_class: not the class of its kind");
  XJ_TRY_VOID(crypto::verify_path(out.header, proof, out.leaf));
  XJ_TRY_VOID(check_statement(proof, snapshot, cache, out.other_root));
  out.revoked = snapshot.directory.revocation(proof.statement.origin, proof.statement.key);
  out.vouched = out.revoked && is_vouched(out, proof.statement.time, snapshot);
  if (!out.vouched) out.envelope.voucher.clear();
  return {};
}

}  // namespace

CheckedEnvelope check_envelope(Envelope envelope, const DirectorySnapshot& snapshot,
                               StatementCache& cache) {
  CheckedEnvelope out;
  out.envelope = std::move(envelope);
  auto header = decode_header(out.envelope.header);
  out.leaf = crypto::leaf_of(out.envelope, header ? header->sealed_bytes : 0);
  if (!header) {
    out.fault = std::move(header).error();
    return out;
  }
  out.header = std::move(*header);
  if (auto checked = check_into(out, snapshot, cache); !checked)
    out.fault = std::move(checked).error();
  return out;
}

namespace {

CheckedRecords check_records(Records records, const DirectorySnapshot& snapshot) {
  CheckedRecords out;
  out.number = records.number;
  for (SignedRecord& bytes : records.records) {
    const auto record = decode_record_body(bytes.body);
    const auto key = record ? snapshot.directory.key(record->issuer, record->key) : std::nullopt;
    if (key && !key->revoked && bytes.hops < kHopsMax && crypto::verify_record(bytes, key->signing))
      out.records.push_back({std::move(bytes), *record});
    else
      ++out.refused;
    out.unknown_key = out.unknown_key || (record && !key);
  }
  return out;
}

}  // namespace

Result<CheckedFrame> check_frame(ByteView bytes, const DirectorySnapshot& snapshot,
                                 StatementCache& cache) {
  XJ_TRY(Frame frame, decode_frame(bytes));
  if (auto* batch = std::get_if<EnvelopeBatch>(&frame)) {
    CheckedBatch out{batch->number, batch->settled_below, {}};
    out.envelopes.reserve(batch->envelopes.size());
    for (Envelope& envelope : batch->envelopes)
      out.envelopes.push_back(check_envelope(std::move(envelope), snapshot, cache));
    return out;
  }
  if (auto* records = std::get_if<Records>(&frame))
    return check_records(std::move(*records), snapshot);
  if (auto* chunk = std::get_if<Chunk>(&frame)) {
    const Hash leaf = crypto::chunk_leaf(chunk->bytes);
    return CheckedChunk{std::move(*chunk), leaf};
  }
  return std::visit(
      [](auto&& body) -> Result<CheckedFrame> {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_constructible_v<CheckedFrame, Body> &&
                      !std::is_same_v<Body, EnvelopeBatch> && !std::is_same_v<Body, Records> &&
                      !std::is_same_v<Body, Chunk>)
          return CheckedFrame(std::forward<decltype(body)>(body));
        else
          return corrupt("frame: unexpected body");
      },
      std::move(frame));
}

namespace {

struct Plan {
  crypto::Draft draft;
  OfficeId next;
  WallTime gate, first_resend;
  std::size_t order = 0;
  bool is_copy = false;
  bool keep = false;
};

EnvelopeId fresh_id(WallTime now, crypto::Random& random) {
  std::array<std::uint8_t, 10> tail{};
  random.fill(tail);
  return EnvelopeId::make(now, tail);
}

std::vector<OfficeId> readers_of(const Order& order, const std::vector<OfficeId>& path,
                                 bool is_copy) {
  std::vector<OfficeId> readers;
  if (routing::kind_row(order.kind).readers == routing::ReaderRule::kPath && !is_copy)
    readers = path;
  else
    readers = {path.front(), path.back()};
  if (routing::kind_row(order.kind).readers == routing::ReaderRule::kDestinationAndCounty) {
    const OfficeId before = path[path.size() - 2];
    if (before.type() == OfficeType::kCounty && before != path.front())
      readers.insert(readers.begin() + 1, before);
  }
  for (const OfficeId reader : order.further_readers)
    if (std::find(readers.begin(), readers.end(), reader) == readers.end())
      readers.push_back(reader);
  return readers;
}

Result<Plan> plan(const Order& order, OfficeId destination, const SealContext& context,
                  WallTime now, bool is_copy) {
  const OfficeId self = context.keys.office();
  const routing::KindRow& kind = routing::kind_row(order.kind);
  // Who has what an ended office had; answers to what it asked itself still go to it.
  if (!order.in_reply_to.is_set()) destination = context.snapshot.directory.successor(destination);
  if (context.snapshot.directory.has_ended(self) && !order.in_reply_to.is_set() &&
      !order.continues.is_set())
    return refused("ended: " + to_text(self) + " has ended; " +
                   to_text(context.snapshot.directory.successor(self)) + " has what it had");
  if (!order.further_readers.empty() && !context.snapshot.directory.header().rehearsal)
    return refused("readers: further readers are for rehearsals only");
  if (destination == self) return refused("here: the destination is this office itself");
  if (!order.continues.is_set() && !routing::may_send(order.kind, self.type()))
    return refused("sender: " + std::string(to_word(order.kind)) + " is sent by " +
                   routing::senders_text(order.kind) + ", not by " + to_text(self));
  XJ_TRY(const auto path, routing::path(context.snapshot.directory, self, destination));
  Plan out;
  out.is_copy = is_copy;
  out.next = path[1];
  Header& header = out.draft.header;
  header.id = fresh_id(now, context.random);
  header.origin = self;
  header.origin_key = context.keys.id();
  header.destination = destination;
  header.kind = order.kind;
  header.klass = kind.klass;
  header.lane = kind.lane;
  header.period = order.period;
  header.created = now;
  header.due = order.due;
  header.not_before = order.not_before;
  header.in_reply_to = order.in_reply_to;
  if (!is_copy) header.continues = order.continues;
  if (!is_copy) header.replaces = order.replaces;
  header.directory_version = context.snapshot.directory.header().version;
  const auto own_gate = routing::gate(order.kind, order.period, self, context.calendar);
  header.refers_to = order.refers_to;
  header.not_after =
      order.not_after.is_set()
          ? order.not_after
          : routing::not_after(order.kind, std::max(now, order.not_before), own_gate, order.due);
  if (header.not_after <= std::max(now, order.not_before))
    return refused("due: it would be over before it could leave");
  for (const OfficeId reader : readers_of(order, path, is_copy)) {
    const auto key = context.snapshot.directory.newest_key(reader, now);
    if (!key) return refused("no_key: " + to_text(reader) + " has no valid key in the directory");
    header.readers.push_back({reader, key->id});
    out.draft.reader_keys.push_back(key->sealing);
  }
  if (header.readers.size() > kReadersMax)
    return refused("readers: more than the limit on this path");
  if (own_gate && *own_gate > now) out.gate = *own_gate;
  out.keep = order.keep;
  WallTime last = std::max(now, order.not_before);
  for (const OfficeId custodian : path)
    if (const auto gate = routing::gate(order.kind, order.period, custodian, context.calendar))
      last = std::max(last, *gate);
  out.first_resend = last + days(1);
  out.draft.payload = order.payload;
  return out;
}

Outgoing outgoing(const Plan& plan, Envelope envelope) {
  Outgoing out;
  const auto header = decode_header(envelope.header);
  XJ_CHECK(header.has_value());
  out.leaf = crypto::leaf_of(envelope, header->sealed_bytes);
  out.header = *header;
  out.envelope = std::move(envelope);
  out.next = plan.next;
  out.gate = plan.gate;
  out.first_resend = plan.first_resend;
  out.keep = plan.keep;
  return out;
}

}  // namespace

std::vector<Result<PreparedOrder>> prepare_orders(std::span<const Order> orders,
                                                  const SealContext& context,
                                                  std::uint64_t batch_number, WallTime now) {
  std::vector<Result<PreparedOrder>> out(orders.size(), PreparedOrder{});
  std::vector<Plan> plans;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    const std::size_t payload_max = routing::kind_row(orders[i].kind).payload_max;
    if (orders[i].payload.size() > payload_max) {
      out[i] = refused("too_large: the payload is over " + std::to_string(payload_max) + " bytes");
      continue;
    }
    auto main = plan(orders[i], orders[i].destination, context, now, false);
    if (!main) {
      out[i] = std::unexpected(std::move(main).error());
      continue;
    }
    main->order = i;
    const EnvelopeId id = main->draft.header.id;
    plans.push_back(std::move(*main));
    if (!orders[i].police_copy_code || !routing::kind_row(orders[i].kind).police_copy) continue;
    const OfficeId police =
        routing::population_police_for(context.snapshot.directory, *orders[i].police_copy_code);
    if (!police.is_set()) continue;
    auto copy = plan(orders[i], police, context, now, true);
    if (!copy) continue;
    copy->order = i;
    copy->draft.header.copy_of = id;
    plans.push_back(std::move(*copy));
  }
  if (plans.empty()) return out;
  std::vector<crypto::Draft> drafts;
  drafts.reserve(plans.size());
  for (Plan& each : plans) drafts.push_back(std::move(each.draft));
  auto sealed =
      crypto::seal_batch(std::move(drafts), context.keys, batch_number, now, context.random);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    auto& result = out[plans[i].order];
    if (!sealed)
      result = std::unexpected(sealed.error());
    else if (plans[i].is_copy)
      result->copy = outgoing(plans[i], std::move((*sealed)[i]));
    else
      result->main = outgoing(plans[i], std::move((*sealed)[i]));
  }
  return out;
}

}  // namespace xianjie::broker
