// Valid examples of what travels, with made-up values: a starting point that a test changes.
#pragma once

#include "schemas/directory.h"
#include "schemas/envelope.h"
#include "schemas/link.h"
#include "schemas/payload.h"
#include "schemas/record.h"

namespace xianjie::tests {

inline OfficeId office(std::string_view text) {
  const auto id = OfficeId::parse(text);
  XJ_CHECK(id.has_value());
  return *id;
}

inline WallTime wall(std::string_view text) {
  const auto time = parse_wall_time(text);
  XJ_CHECK(time.has_value());
  return *time;
}

inline EnvelopeId envelope_id(std::uint8_t n) {
  const std::array<std::uint8_t, 10> random{n, 1, 2, 3, 4, 5, 6, 7, 8, n};
  return EnvelopeId::make(wall("2026-12-08T10:00:00+08:00"), random);
}

// A pre-release notice from a prison to a township, readable along its path: five readers.
inline Header sample_header() {
  Header header;
  header.id = envelope_id(7);
  header.origin = office("prison:610000-03");
  header.origin_key = {2};
  header.destination = office("township:610802001");
  header.readers = {{header.origin, {2}},
                    {office("province:610000"), {1}},
                    {office("prefecture:610800"), {1}},
                    {office("county:610802"), {4}},
                    {header.destination, {1}}};
  header.kind = Kind::kPreReleaseNotice;
  header.klass = Class::kPersonal;
  header.lane = Lane::kNormal;
  header.period = {202612};
  header.created = wall("2026-12-08T10:00:00+08:00");
  header.not_before = wall("2026-12-10T09:00:00+08:00");
  header.not_after = wall("2027-02-08T09:00:00+08:00");
  header.due = wall("2026-12-31T18:00:00+08:00");
  header.directory_version = 12;
  header.commitment.fill(0x5a);
  return header;
}

inline NoticePayload sample_notice() {
  NoticePayload notice;
  notice.name = "张试验";
  notice.sex = Sex::kMale;
  notice.id_number = "610802180501010011";
  notice.birth_date = "1805-01-01";
  notice.registration_code = "610802001";
  notice.registration_address = "陕西省榆林市榆阳区试验路1号";
  notice.release_date = "2027-01-15";
  notice.release_type = "刑满释放";
  notice.focus = true;
  notice.resolved_code = 610802001;
  notice.confidence = Confidence::kExact;
  return notice;
}

inline Record sample_receipts(std::size_t count = 3) {
  Record record;
  record.type = RecordType::kReceipts;
  record.issuer = office("township:610802001");
  record.key = {1};
  record.target = office("prison:610000-03");
  record.created = wall("2026-12-14T09:00:01+08:00");
  for (std::size_t k = 0; k < count; ++k) {
    Receipt receipt{
        envelope_id(static_cast<std::uint8_t>(k)), {}, ReceiptType::kDelivered, record.created};
    receipt.leaf.fill(static_cast<std::uint8_t>(k + 1));
    record.receipts.push_back(receipt);
  }
  return record;
}

inline SignedRecord sample_signed_record() {
  SignedRecord record;
  record.body = encode_record_body(sample_receipts());
  record.signature.fill(0x11);
  record.hops = 2;
  return record;
}

inline Envelope sample_envelope(std::uint8_t fill = 1, std::size_t sealed_bytes = 1296) {
  Slots slots;
  slots.ephemeral.fill(fill);
  slots.wraps.resize(5);
  BatchProof proof;
  proof.statement = {office("prison:610000-03"), {2}, 77, 5, wall("2026-12-08T10:00:02+08:00"), {}};
  proof.index = 4;
  proof.path.resize(1);
  return {encode(sample_header()), encode(slots), Bytes(sealed_bytes, fill), encode(proof), 1};
}

// One of every frame.
inline std::vector<Frame> sample_frames() {
  Hello hello;
  hello.office = office("county:610802");
  hello.directory_version = 12;
  hello.route_digest.fill(3);
  hello.store_epoch = 0x0102030405060708;
  hello.boot = 7;
  hello.instance = 0x1112131415161718;
  hello.last_batch = 900;
  hello.known_boot = 3;
  hello.known_instance = 5;
  hello.known_batch = 41;
  hello.known_sealed = 42;
  hello.behind = true;
  hello.channel_class = ChannelClass::kVpn;
  hello.credit_bytes = kLinkCreditBytes;
  Ack ack;
  ack.number = 9;
  ack.sender_epoch = 5;
  ack.key = {1};
  ack.time = wall("2026-12-12T09:00:00+08:00");
  ack.channel_class = ChannelClass::kDedicated;
  ack.outcomes = {AckOutcome::kTaken, AckOutcome::kConflict, AckOutcome::kDeferred};
  ack.signature.fill(8);
  ack.retry_after_ms = 1500;
  return {hello,
          EnvelopeBatch{9, 4, {sample_envelope(1), sample_envelope(2)}},
          ack,
          Records{3, {sample_signed_record(), sample_signed_record()}},
          RecordsAck{3},
          Credit{kLinkCreditBytes},
          Refusal{9, "custody_room", 30'000},
          Ping{42, wall("2026-12-12T09:00:00+08:00")},
          Pong{42, wall("2026-12-12T09:00:00+08:00"), wall("2026-12-12T09:00:01+08:00"), true},
          ChunksWanted{office("prison:610000-03"), envelope_id(9), 16, 16},
          Chunk{office("prison:610000-03"), envelope_id(9), 31, Bytes(300, 5)},
          DirectoryNews{2, 12, Hash{1}, Hash{2}, Bytes(200, 4)},
          DirectoryWanted{1, Hash{3}, Hash{}, 65536},
          DirectoryPart{Hash{7}, 70'000, 65'536, Bytes(100, 6)}};
}

inline OfficeKeySet sample_key_set(std::uint32_t number) {
  OfficeKeySet set;
  set.id = {number};
  set.signing.fill(static_cast<std::uint8_t>(number));
  set.sealing.fill(static_cast<std::uint8_t>(number + 1));
  set.link.fill(static_cast<std::uint8_t>(number + 2));
  set.valid_from = wall("2026-01-01T00:00:00+08:00");
  return set;
}

inline DirectoryContents sample_directory() {
  DirectoryContents contents;
  contents.header = {12,
                     true,
                     wall("2026-11-01T00:00:00+08:00"),
                     wall("2027-11-01T00:00:00+08:00"),
                     {*Date::make(2027, 1, 1), *Date::make(2026, 12, 31)}};
  OfficeRecord ministry{office("ministry:000000"), "司法部", {}, {}, {0}, {sample_key_set(1)}, {}};
  ministry.channels = {
      {ChannelClass::kVpn, "tcp://127.0.0.1:7901", {"127.0.0.0/8", "::1/128"}, "lo"}};
  OfficeRecord province{office("province:610000"),
                        "陕西省司法厅",
                        ministry.id,
                        {},
                        {610000, 619000},
                        {sample_key_set(1), sample_key_set(3)},
                        {}};
  province.channels = {{ChannelClass::kDedicated, "", {"10.0.0.0/8"}, "wg0"}};
  province.keys.front().revoked = true;
  province.keys.front().valid_until = wall("2026-06-01T00:00:00+08:00");
  OfficeRecord prison{office("prison:610000-03"), "试验监狱", province.id, {ministry.id}, {},
                      {sample_key_set(2)},        {}};
  contents.offices = {prison, province, ministry};  // encode sorts
  return contents;
}

}  // namespace xianjie::tests
