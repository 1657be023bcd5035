#include "tests/model/pool.h"

#include "crypto/seal.h"

namespace xianjie::tests {
namespace {

constexpr int kRounds = 12;

// One office writes every fate an envelope may have at the office under test.
class Source {
 public:
  Source(OfficeId origin, std::vector<broker::CheckedEnvelope>& out) : writer_(origin), out_(out) {}

  void add(Header header) { drafts_.push_back(std::move(header)); }
  Header make(OfficeId destination, Kind kind, WallTime created = kModelStart) {
    const bool gated = kind == Kind::kPreReleaseNotice;
    return writer_.header(destination, kind, created, gated ? Period{202612} : Period{});
  }
  // Sealed as one batch, so that its statement is verified once.
  void seal() {
    for (Envelope& envelope : writer_.seal_all(drafts_)) put(std::move(envelope));
    drafts_.clear();
  }
  void put(Envelope envelope) {
    out_.push_back(broker::check_envelope(std::move(envelope), *nation().snapshot(), cache_));
  }
  Writer& writer() { return writer_; }

 private:
  Writer writer_;
  std::vector<Header> drafts_;
  std::vector<broker::CheckedEnvelope>& out_;
  broker::StatementCache cache_;
};

void fill(OfficeId origin, const std::vector<OfficeId>& destinations,
          std::vector<broker::CheckedEnvelope>& out) {
  Source source(origin, out);
  for (int round = 0; round < kRounds; ++round)
    for (const OfficeId destination : destinations)
      for (const Kind kind : {Kind::kAdHocReport, Kind::kPreReleaseNotice, Kind::kExchangeTest,
                              Kind::kStatisticalReport, Kind::kCheckResult})
        source.add(source.make(destination, kind));
  Header copy = source.make(destinations.front(), Kind::kAdHocReport);
  copy.copy_of = envelope_id(1);
  source.add(copy);
  Header late = source.make(destinations.front(), Kind::kAdHocReport);
  late.not_before = kModelStart + days(3);
  source.add(late);
  Header dying = source.make(destinations.front(), Kind::kAdHocReport);
  dying.not_after = kModelStart + hours(6);
  source.add(dying);
  Header no_reader = source.make(destinations.front(), Kind::kAdHocReport);
  no_reader.readers = {no_reader.readers.front(), no_reader.readers.back()};
  source.add(no_reader);
  source.seal();

  const Header twice = source.make(destinations.front(), Kind::kAdHocReport);
  for (const std::string_view payload : {"one", "two"})
    source.put(source.writer().seal(twice, payload));
  for (const std::uint8_t hops : {std::uint8_t{kHopsMax - 1}, kHopsMax}) {
    Envelope worn = source.writer().write(destinations.front(), Kind::kExchangeTest, kModelStart);
    worn.hops = hops;
    source.put(std::move(worn));
  }
  Envelope forged = source.writer().write(destinations.front(), Kind::kAdHocReport, kModelStart);
  forged.sealed[5] ^= 1U;
  source.put(std::move(forged));
}

Pool make_pool() {
  Pool out;
  fill(kPrison, {kTownship, kUnderTest, kOtherTownship}, out.letters);
  fill(kTownship, {kPrison, kUnderTest}, out.letters);
  fill(kOtherTownship, {kTownship, kPrison}, out.letters);
  Source own(kUnderTest, out.letters);
  own.add(own.make(kTownship, Kind::kExchangeTest));
  own.seal();
  Writer writer(kUnderTest);
  for (int i = 0; i < 24; ++i) {
    const OfficeId to = i % 3 == 0 ? kPrison : i % 3 == 1 ? kTownship : kOtherTownship;
    const Kind kind = i % 4 == 0 ? Kind::kPreReleaseNotice : Kind::kAdHocReport;
    const bool gated = kind == Kind::kPreReleaseNotice;
    out.orders.push_back(writer.order(to, kind, kModelStart, gated ? Period{202612} : Period{}));
  }
  return out;
}

}  // namespace

const Pool& pool() {
  static const Pool made = make_pool();
  return made;
}

}  // namespace xianjie::tests
