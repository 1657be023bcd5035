#include "tests/support/one_broker.h"

#include <stdexcept>

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "crypto/statement.h"
#include "routing/kinds.h"
#include "routing/route.h"

namespace xianjie::tests {

using namespace broker;

const Nation& nation() {
  static const Nation kept;
  return kept;
}

Writer::Writer(OfficeId origin, Snapshot snapshot, std::uint64_t seed)
    : origin_(origin), snapshot_(std::move(snapshot)), random_(seed * 1'000'003 + origin.value()) {}

Header Writer::header(OfficeId destination, Kind kind, WallTime created, Period period) {
  const routing::KindRow& row = routing::kind_row(kind);
  Header header;
  std::array<std::uint8_t, 10> tail{};
  random_.fill(tail);
  header.id = EnvelopeId::make(created, tail);
  header.origin = origin_;
  header.origin_key = {1};
  header.destination = destination;
  header.kind = kind;
  header.klass = row.klass;
  header.lane = row.lane;
  header.period = period;
  header.created = created;
  header.not_after = created + (row.lifetime == Duration{} ? days(30) : row.lifetime);
  header.directory_version = snapshot_->directory.header().version;
  auto path = routing::path(snapshot_->directory, origin_, destination);
  XJ_CHECK(path.has_value());
  std::vector<OfficeId> readers{path->front(), path->back()};
  if (row.readers == routing::ReaderRule::kPath) readers = *path;
  for (const OfficeId reader : readers) header.readers.push_back({reader, {1}});
  return header;
}

std::vector<Envelope> Writer::seal_all(const std::vector<Header>& headers,
                                       std::string_view payload) {
  std::vector<crypto::Draft> drafts;
  for (const Header& header : headers) {
    crypto::Draft draft{header, to_bytes(as_bytes(payload)), {}};
    for (const Reader& reader : header.readers)
      draft.reader_keys.push_back(office_keys(reader.office, reader.key).sealing_public());
    drafts.push_back(std::move(draft));
  }
  auto sealed =
      crypto::seal_batch(std::move(drafts), office_keys(origin_, headers.front().origin_key),
                         ++batch_, headers.front().created, random_);
  XJ_CHECK(sealed.has_value());
  return std::move(*sealed);
}

Envelope Writer::seal(const Header& header, std::string_view payload) {
  return seal_all({header}, payload).front();
}

Envelope Writer::write(OfficeId destination, Kind kind, WallTime created, Period period) {
  return seal(header(destination, kind, created, period));
}

PreparedOrder Writer::order(OfficeId destination, Kind kind, WallTime at, Period period,
                            std::optional<std::uint32_t> police_copy_code, WallTime due) {
  Order order;
  order.kind = kind;
  order.destination = destination;
  order.period = period;
  order.payload = to_bytes(as_bytes("made-up"));
  order.police_copy_code = police_copy_code;
  order.due = due;
  if (!due.is_set() && routing::kind_row(kind).lifetime == Duration{}) order.due = at + days(30);
  if (!routing::may_send(kind, origin_.type())) order.continues = envelope_id(250);
  return prepare(order, at);
}

PreparedOrder Writer::prepare(const Order& order, WallTime at) {
  const routing::CalendarOptions calendar;
  const SealContext context{*snapshot_, office_keys(origin_), calendar, random_};
  auto prepared = prepare_orders(std::span(&order, 1), context, ++batch_, at);
  XJ_CHECK(prepared.front().has_value());
  return std::move(*prepared.front());
}

Header header_of(const Envelope& envelope) {
  auto header = decode_header(envelope.header);
  XJ_CHECK(header.has_value());
  return *header;
}

EnvelopeKey key_of(const Envelope& envelope) {
  const Header header = header_of(envelope);
  return {header.origin, header.id};
}

std::uint64_t epoch_of(OfficeId office) {
  return office.value() ^ 0x5eed;
}

OneBroker::OneBroker(OfficeId self, WallTime start, BrokerOptions options, const Nation& home)
    : now{{1'000'000}, start, true}, self_(self), snapshot_(home.snapshot()), options_(options) {
  if (options_.fresh_epoch == 0) options_.fresh_epoch = epoch_of(self);
  open({});
}

void OneBroker::open(const std::vector<DamagedRow>& damaged) {
  auto opened = Broker::open(store, ring_ ? *ring_ : crypto::KeyRing(office_keys(self_)), snapshot_,
                             options_, damaged);
  XJ_CHECK(opened.has_value());
  broker_ = std::move(*opened);
}

void OneBroker::restart(const std::vector<DamagedRow>& damaged) {
  broker_.reset();
  if (options_.instance != 0) ++options_.instance;
  store.crash();
  open(damaged);
}

void OneBroker::use_keys(const std::vector<std::uint32_t>& numbers) {
  ring_ = office_ring(self_, numbers);
  restart();
}

void OneBroker::set_directory(Snapshot snapshot) {
  snapshot_ = std::move(snapshot);
  broker_->set_directory(snapshot_);
}

Result<Effects> OneBroker::try_step(std::vector<Event> events) {
  return broker_->step(events, now);
}

Effects OneBroker::step(std::vector<Event> events) {
  auto effects = try_step(std::move(events));
  if (!effects) throw std::runtime_error("step: " + effects.error().text);
  return std::move(*effects);
}

Hello OneBroker::hello_from(OfficeId neighbour, ChannelClass channel) const {
  Hello hello;
  hello.office = neighbour;
  hello.directory_version = snapshot_->directory.header().version;
  hello.route_digest = snapshot_->route_digest;
  hello.store_epoch = epoch_of(neighbour);
  hello.known_epoch = broker_->epoch();
  hello.channel_class = channel;
  hello.credit_bytes = kLinkCreditBytes;
  hello.reply_wanted = false;
  return hello;
}

Effects OneBroker::connect_over(OfficeId neighbour, ChannelClass channel, ChannelClass worth) {
  step({LinkUp{neighbour, worth, channel}});
  const Event hello = arrival(neighbour, hello_from(neighbour, worth), channel);
  const Event time = arrival(neighbour, Pong{0, now.wall, now.wall, true}, channel);
  return step({hello, time});
}

Event OneBroker::arrival(OfficeId neighbour, const Frame& frame, ChannelClass channel) {
  auto checked = check_frame(encode(frame), *snapshot_, cache_);
  if (!checked) throw std::runtime_error("check_frame: " + checked.error().text);
  return FrameArrived{neighbour, std::move(*checked), channel};
}

EnvelopeBatch OneBroker::batch(OfficeId neighbour, std::vector<Envelope> envelopes) {
  EnvelopeBatch out;
  out.number = ++numbers_[neighbour];
  out.envelopes = std::move(envelopes);
  return out;
}

Effects OneBroker::give_effects(OfficeId neighbour, std::vector<Envelope> envelopes) {
  return feed(neighbour, batch(neighbour, std::move(envelopes)));
}

Ack OneBroker::give(OfficeId neighbour, std::vector<Envelope> envelopes) {
  const auto acks = frames_to<Ack>(give_effects(neighbour, std::move(envelopes)), neighbour);
  if (acks.size() != 1) throw std::runtime_error("give: no single acknowledgement");
  return acks.front();
}

void OneBroker::ack_records(OfficeId neighbour, const Effects& effects) {
  for (const Records& frame : frames_to<Records>(effects, neighbour))
    feed(neighbour, RecordsAck{frame.number});
}

Ack OneBroker::ack(OfficeId neighbour, const EnvelopeBatch& batch,
                   std::vector<AckOutcome> outcomes) const {
  Ack ack;
  ack.number = batch.number;
  ack.sender_epoch = broker_->epoch();
  ack.time = now.wall;
  ack.channel_class = ChannelClass::kVpn;
  ack.outcomes = std::move(outcomes);
  std::vector<Hash> leaves;
  for (const Envelope& envelope : batch.envelopes) leaves.push_back(crypto::leaf_of(envelope));
  crypto::sign_ack(ack, self_, leaves, office_keys(neighbour));
  return ack;
}

std::optional<Bytes> OneBroker::get(Table table, ByteView key) {
  const auto txn = store.read();
  if (!txn) return std::nullopt;
  const auto value = (*txn)->get(table, key);
  if (!value || !*value) return std::nullopt;
  return to_bytes(**value);
}

namespace {

template <class Row>
std::optional<Row> decoded(const std::optional<Bytes>& value, Result<Row> (*decode)(ByteView)) {
  if (!value) return std::nullopt;
  auto row = decode(*value);
  XJ_CHECK(row.has_value());
  return std::move(*row);
}

}  // namespace

std::optional<StateRow> OneBroker::state(const EnvelopeKey& key) {
  return decoded(get(Table::kSeen, seen_key(key)), decode_state_row);
}
std::optional<HeldRow> OneBroker::held(const EnvelopeKey& key) {
  return decoded(get(Table::kHeld, seen_key(key)), decode_held_row);
}
std::optional<LedgerRow> OneBroker::ledger(const EnvelopeId& id) {
  return decoded(get(Table::kLedger, ledger_key(id)), decode_ledger_row);
}
std::optional<Envelope> OneBroker::kept(const EnvelopeKey& key) {
  const auto row = get(Table::kEnvelopes, seen_key(key));
  const auto proof = get(Table::kProofs, seen_key(key));
  if (!row || !proof) return std::nullopt;
  auto envelope = decode_envelope_row(*row, *proof);
  XJ_CHECK(envelope.has_value());
  return std::move(*envelope);
}

std::vector<std::pair<Bytes, Bytes>> OneBroker::rows(Table table) {
  std::vector<std::pair<Bytes, Bytes>> out;
  const auto txn = store.read();
  if (!txn) return out;
  const auto done = (*txn)->scan(table, {}, {}, [&](const Row& row) {
    out.emplace_back(to_bytes(row.key), to_bytes(row.value));
    return true;
  });
  XJ_CHECK(done.has_value());
  return out;
}

std::vector<InboxRow> OneBroker::inbox() {
  std::vector<InboxRow> out;
  for (const auto& [key, value] : rows(Table::kInbox)) out.push_back(*decode_inbox_row(value));
  return out;
}

std::string OneBroker::audit_text() {
  std::string out;
  for (const auto& [key, value] : rows(Table::kAudit)) out += as_text(value);
  return out;
}

std::vector<Record> records_to(const Effects& effects, OfficeId neighbour) {
  std::vector<Record> out;
  for (const Records& frame : frames_to<Records>(effects, neighbour))
    for (const SignedRecord& bytes : frame.records) {
      auto record = decode_record_body(bytes.body);
      XJ_CHECK(record.has_value());
      out.push_back(std::move(*record));
    }
  return out;
}

std::vector<Receipt> receipts_to(const Effects& effects, OfficeId neighbour) {
  std::vector<Receipt> out;
  for (const Record& record : records_to(effects, neighbour))
    out.insert(out.end(), record.receipts.begin(), record.receipts.end());
  return out;
}

Frame receipt_frame(OfficeId issuer, OfficeId target, const Receipt& receipt) {
  Record record;
  record.type = RecordType::kReceipts;
  record.target = target;
  record.created = receipt.time;
  record.receipts = {receipt};
  return Records{1, {crypto::sign_record(record, office_keys(issuer))}};
}

std::vector<Envelope> envelopes_to(const Effects& effects, OfficeId neighbour) {
  std::vector<Envelope> out;
  for (EnvelopeBatch& batch : frames_to<EnvelopeBatch>(effects, neighbour))
    for (Envelope& envelope : batch.envelopes) out.push_back(std::move(envelope));
  return out;
}

}  // namespace xianjie::tests
