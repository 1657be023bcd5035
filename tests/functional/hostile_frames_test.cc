// A running county and what comes at its listener: bytes that are no protocol, strangers, and a
// neighbour with the right key that sends what no well-behaved one would. Each is refused and can
// be seen; nothing personal is written anywhere; and the county goes on serving.
#include "crypto/seal.h"
#include "tests/functional/hostile_neighbour.h"
#include "tests/functional/hostile_office.h"

namespace xianjie::tests {
namespace {

using nlohmann::json;
using testing::Each;
using testing::HasSubstr;

const WallTime kFramesNoon = wall("2026-12-09T12:00:00+08:00");
const std::string kPersonText = std::string(kHostileName) + kHostileNumber;

class HostileFrames : public testing::Test {
 protected:
  HostileFrames() { EXPECT_TRUE(daemon_.ready()) << county_.log_text(); }
  ~HostileFrames() override {
    EXPECT_EQ(daemon_.stop(), 0) << county_.log_text();
    county_.expect_nothing_personal();
  }

  [[nodiscard]] HostileNeighbour neighbour(OfficeId office) const {
    return {office, county_.endpoint()};
  }
  Envelope notice(OfficeId destination = kCounty) {
    return prison_.seal(prison_.header(destination, Kind::kAdHocReport, kFramesNoon), kPersonText);
  }
  int insertions(const EnvelopeId& id) {
    int count = 0;
    const json inbox = county_.items({"inbox", "list", "--all"});
    for (const json& one : inbox) count += one["id"] == to_text(id) ? 1 : 0;
    return count;
  }
  // The API answers and the neighbour's next good envelope arrives.
  void expect_served(HostileNeighbour& prison) {
    prison.greet();
    const Envelope good = notice();
    EXPECT_THAT(prison.give({good}).outcomes, testing::ElementsAre(AckOutcome::kTaken));
    EXPECT_EQ(insertions(header_of(good).id), 1);
  }

  HostileOffice county_;
  DaemonProcess daemon_ = county_.start();
  Writer prison_{kPrison, county_.nation().snapshot()};
};

TEST_F(HostileFrames, BytesThatAreNoProtocolAndHalfOpenConnections) {
  std::vector<std::unique_ptr<RawConnection>> open;
  for (const std::string& bytes :
       {std::string(), std::string("\xff\0\0", 3), zmtp_greeting("NULL"), zmtp_greeting("PLAIN"),
        zmtp_greeting("CURVE"), zmtp_greeting("CURVE") + "\4\5HELLO",
        zmtp_greeting("CURVE") + std::string(500, 'x'),
        "GET /" + kPersonText + " HTTP/1.1\r\nHost: county\r\n\r\n", std::string(100'000, '\0'),
        std::string(100'000, '\xff')})
    open.push_back(std::make_unique<RawConnection>(county_.endpoint(), bytes));
  for (int i = 0; i < 20; ++i) RawConnection(county_.endpoint(), "\xff");  // and gone again
  HostileNeighbour prison = neighbour(kPrison);
  expect_served(prison);
  EXPECT_TRUE(eventually([&] { return county_.counter("link_handshake_protocol") > 0; }));
  EXPECT_THAT(county_.log_text(), HasSubstr("handshake_protocol"));
}

TEST_F(HostileFrames, AStrangersKey) {
  SeededRandom random(1);
  const auto keys = crypto::OfficeKeys::generate(kPrison, {1}, random);
  HostileNeighbour stranger(kPrison, keys, county_.endpoint());
  EXPECT_TRUE(eventually([&] { return county_.counter("link_zap_unknown_key") > 0; }));
  EXPECT_FALSE(stranger.try_send({encode(Frame(stranger.hello()))}));
  EXPECT_THAT(county_.log_text(), HasSubstr("zap_unknown_key subject=127.0.0.1"));
  HostileNeighbour prison = neighbour(kPrison);
  expect_served(prison);
}

TEST_F(HostileFrames, FramesThatAreNone) {
  HostileNeighbour prison = neighbour(kPrison);
  prison.greet();
  prison.send_bytes({});
  prison.send_bytes(Bytes(kFrameBytesMax + 1, 7));
  EXPECT_TRUE(eventually([&] { return county_.counter("link_frame_size") == 2; }));
  EXPECT_TRUE(prison.try_send({encode(Frame(Ping{1})), encode(Frame(Ping{2}))}));
  EXPECT_TRUE(eventually([&] { return county_.counter("link_several_parts") == 1; }));

  const Bytes whole = encode(Frame(EnvelopeBatch{1, 0, {notice()}}));
  std::uint64_t sent = 0;
  const auto refused = [&](Bytes bytes) {
    prison.send_bytes(bytes);
    ++sent;
  };
  refused(to_bytes(as_bytes(kPersonText)));
  refused(Bytes(kFrameBytesMax, 0xFF));
  refused(Bytes(kFrameBytesMax, 0));
  for (std::size_t size = 1; size < whole.size(); size += 1 + size / 8)
    refused({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
  Bytes other_identifier = whole;
  other_identifier[4] ^= 1U;
  refused(other_identifier);
  prison.settle();
  EXPECT_EQ(county_.counter("frames_refused"), sent);
  EXPECT_THAT(county_.log_text(), HasSubstr("frame_refused neighbour=prison:610000-01"));
  expect_served(prison);

  prison.send_bytes(Bytes(8 * kFrameBytesMax, 7));  // the library ends the connection
  EXPECT_TRUE(eventually([&] {
    return county_.log_text().find("link_down neighbour=prison:610000-01") != std::string::npos;
  }));
  expect_served(prison);
}

TEST_F(HostileFrames, EnvelopesWithAnyBitChanged) {
  HostileNeighbour prison = neighbour(kPrison);
  prison.greet();
  const Envelope whole = notice();
  for (Bytes Envelope::*part : {&Envelope::header, &Envelope::slots, &Envelope::sealed}) {
    std::vector<Envelope> changed;
    for (std::size_t at = 0; at < (whole.*part).size(); ++at) {
      changed.push_back(whole);
      (changed.back().*part)[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
    }
    changed.push_back(whole);
    (changed.back().*part).pop_back();
    changed.push_back(whole);
    (changed.back().*part).clear();
    const Ack ack = prison.give(changed);
    EXPECT_EQ(ack.outcomes.size(), changed.size());
    EXPECT_THAT(ack.outcomes, Each(AckOutcome::kRefused));
    // And the same batch again, whose envelopes nobody could name.
    EXPECT_EQ(prison.give(prison.last_number(), changed).signature, ack.signature);
  }
  EXPECT_EQ(insertions(header_of(whole).id), 0);
  std::vector<Envelope>
      proofs;  // some bytes of a proof bind nothing: taken or refused, never twice
  for (std::size_t at = 0; at < whole.proof.size(); ++at) {
    proofs.push_back(whole);
    proofs.back().proof[at] ^= static_cast<std::uint8_t>(1U << (at % 8));
  }
  const Ack ack = prison.give(proofs);
  EXPECT_THAT(ack.outcomes,
              Each(testing::AnyOf(AckOutcome::kRefused, AckOutcome::kTaken, AckOutcome::kKnown)));
  EXPECT_GT(std::ranges::count(ack.outcomes, AckOutcome::kRefused), 100);
  EXPECT_TRUE(county_.audited("refused from=prison:610000-01"));
  EXPECT_TRUE(county_.audited("reason=bad_signature"));
  prison.give({whole});
  EXPECT_EQ(insertions(header_of(whole).id), 1);
  expect_served(prison);
}

TEST_F(HostileFrames, EnvelopesThatMustNotTravel) {
  HostileNeighbour prison = neighbour(kPrison);
  prison.greet();
  SeededRandom random(7);  // keys of somebody who says that he is the prison
  const auto keys = crypto::OfficeKeys::generate(kPrison, {1}, random);
  Header header = prison_.header(kCounty, Kind::kAdHocReport, kFramesNoon);
  const auto forged =
      must(crypto::seal_batch({{header,
                                to_bytes(as_bytes(kPersonText)),
                                {keys.sealing_public(), office_keys(kCounty).sealing_public()}}},
                              keys, 99, kFramesNoon, random));
  EXPECT_THAT(prison.give(forged).outcomes, Each(AckOutcome::kRefused));
  EXPECT_TRUE(county_.audited("reason=bad_signature"));

  Header old = prison_.header(kCounty, Kind::kAdHocReport, kFramesNoon - days(31));
  old.not_after = kFramesNoon - days(1);
  Envelope far = notice(), farthest = notice(kTownship);
  far.hops = kHopsMax + 1;
  farthest.hops = 255;
  Writer county(kCounty, county_.nation().snapshot());
  const Envelope good = notice();
  const Ack ack = prison.give({prison_.seal(old), far, farthest,
                               county.write(kPrison, Kind::kAdHocReport, kFramesNoon), good});
  EXPECT_THAT(ack.outcomes,
              testing::ElementsAre(AckOutcome::kRefused, AckOutcome::kRefused, AckOutcome::kRefused,
                                   AckOutcome::kRefused, AckOutcome::kTaken));
  for (const char* reason : {"reason=expired", "reason=hops", "reason=own"})
    EXPECT_TRUE(county_.audited(reason)) << reason;

  Writer clone(kPrison, county_.nation().snapshot(), 2);  // numbers its batches from 1 as well
  EXPECT_THAT(prison.give({clone.write(kCounty, Kind::kAdHocReport, kFramesNoon)}).outcomes,
              Each(AckOutcome::kRefused));
  EXPECT_TRUE(county_.audited("reason=two_roots"));
  EXPECT_THAT(county_.log_text(), HasSubstr("alarm two_roots"));
  expect_served(prison);
}

TEST_F(HostileFrames, TheSameAgainIsOneEntryAndOtherBytesAreAConflict) {
  HostileNeighbour prison = neighbour(kPrison);
  prison.greet();
  const Header header = prison_.header(kCounty, Kind::kAdHocReport, kFramesNoon);
  const Envelope first = prison_.seal(header, kPersonText);
  const Ack taken = prison.give({first});
  EXPECT_THAT(taken.outcomes, Each(AckOutcome::kTaken));
  EXPECT_EQ(prison.give(prison.last_number(), {first}).signature, taken.signature);
  EXPECT_THAT(prison.give({first, first}).outcomes, Each(AckOutcome::kKnown));
  EXPECT_EQ(insertions(header.id), 1);
  EXPECT_TRUE(county_.audited("repeat_batch from=prison:610000-01"));

  const std::uint64_t alarms = county_.counter("alarms");
  EXPECT_THAT(prison.give({prison_.seal(header, kPersonText + "!")}).outcomes,
              Each(AckOutcome::kConflict));
  EXPECT_EQ(county_.counter("alarms"), alarms + 1);
  EXPECT_THAT(county_.log_text(), HasSubstr("alarm conflict: "));
  EXPECT_EQ(insertions(header.id), 1);
  expect_served(prison);
}

TEST_F(HostileFrames, StatementsNobodyMade) {
  HostileNeighbour prison = neighbour(kPrison), township = neighbour(kTownship);
  prison.greet();
  township.greet();
  const Envelope passing = notice(kTownship);
  EXPECT_THAT(prison.give({passing}).outcomes, Each(AckOutcome::kTaken));
  const auto batch = township.next<EnvelopeBatch>([](const EnvelopeBatch&) { return true; });
  const auto outstanding = [&] {
    const json links = county_.ask({"links"});
    for (const json& link : links["links"])
      if (link["neighbour"] == to_text(kTownship)) return link["outstanding"].get<int>();
    return -1;
  };
  const auto ack = [&](std::uint64_t number, OfficeId signer) {
    Ack made;
    made.number = number;
    made.sender_epoch = township.county().store_epoch;
    made.time = kFramesNoon;
    made.channel_class = ChannelClass::kVpn;
    made.outcomes = {AckOutcome::kTaken};
    crypto::sign_ack(made, kCounty, std::vector{crypto::leaf_of(passing)}, office_keys(signer));
    return made;
  };
  township.send(ack(batch.number, kPrison));
  Ack wrong_length = ack(batch.number, kTownship);
  wrong_length.outcomes.push_back(AckOutcome::kTaken);
  township.send(wrong_length);
  prison.send(ack(batch.number, kTownship));  // another's
  township.send(ack(batch.number + 5000, kTownship));
  township.send(Refusal{batch.number + 5000, "no-such-batch", 1});
  township.send(RecordsAck{batch.number + 5000});
  prison.settle();
  township.settle();
  EXPECT_EQ(outstanding(), 1);
  EXPECT_TRUE(county_.audited("ack_refused neighbour=township:610802001 batch=" +
                              std::to_string(batch.number)));
  EXPECT_TRUE(county_.audited("ack_refused neighbour=township:610802001 batch=" +
                              std::to_string(batch.number + 5000)));

  Record record;
  record.type = RecordType::kEpoch;
  record.target = kTownship;
  record.created = kFramesNoon;
  record.epoch = 77;
  SignedRecord forged = crypto::sign_record(record, office_keys(kTownship));
  forged.signature[5] ^= 4U;
  prison.send(Records{9, {forged}});
  prison.next<RecordsAck>([](const RecordsAck& back) { return back.number == 9; });
  EXPECT_TRUE(county_.audited("records_refused neighbour=prison:610000-01 count=1"));

  township.send(ack(batch.number, kTownship));
  township.settle();
  EXPECT_EQ(outstanding(), 0);
  expect_served(prison);
}

TEST_F(HostileFrames, NothingCountsBeforeARightHello) {
  HostileNeighbour prison = neighbour(kPrison);
  const Envelope early = notice();
  prison.send(Ping{1});
  prison.send(EnvelopeBatch{1, 0, {early}});
  Hello wrong = prison.hello();
  wrong.office = kTownship;
  prison.send(wrong);
  Hello future = prison.hello();
  future.version_min = future.version_max = 200;
  prison.send(future);
  prison.send(Ping{2});
  EXPECT_TRUE(county_.audited("hello_refused neighbour=prison:610000-01"));
  const json links = county_.ask({"links"});
  for (const json& link : links["links"])
    EXPECT_EQ(link["state"], link["neighbour"] == to_text(kPrison) ? "greeting" : "down");
  EXPECT_EQ(insertions(header_of(early).id), 0);
  expect_served(prison);
  EXPECT_THAT(prison.pongs, testing::IsEmpty());
  EXPECT_EQ(insertions(header_of(early).id), 0);
}

}  // namespace
}  // namespace xianjie::tests
