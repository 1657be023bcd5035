// Envelopes that a real neighbour signed and that no program of ours would write: times, ids,
// periods and destinations at the edges of what the formats allow. Whatever is decided about them,
// the county answers every question about itself afterwards, starts again, and goes on serving.
#include "tests/functional/hostile_neighbour.h"
#include "tests/functional/hostile_office.h"

namespace xianjie::tests {
namespace {

using testing::Each;

const WallTime kSignedNoon = wall("2026-12-09T12:00:00+08:00");

class HostileSigned : public testing::Test {
 protected:
  ~HostileSigned() override { county_.expect_nothing_personal(); }

  // An envelope for this destination with something changed in its header before it was signed.
  Header changed(OfficeId destination, Kind kind, const std::function<void(Header&)>& edit) {
    const Period period = kind == Kind::kPreReleaseNotice ? kDecember : Period{};
    Header header = prison_.header(destination, kind, kSignedNoon, period);
    edit(header);
    return header;
  }
  void expect_answers(const std::vector<Envelope>& about) {
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"status"},
                                               {"links"},
                                               {"inbox", "list", "--all", "--with-copies"},
                                               {"inbox", "export"},
                                               {"queue", "list"},
                                               {"month", "status"}}) {
      std::vector<std::string> asked = command;
      asked.insert(asked.end(), {"--config", county_.config().string()});
      EXPECT_EQ(cli(asked).status, 0) << command.front();
    }
    for (std::size_t i = 0; i < about.size(); i += 5) {
      const std::string id = to_text(header_of(about[i]).id), file = county_.config().string();
      for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
               {"trace", id, "--config", file}, {"inbox", "show", id, "--config", file}}) {
        const Ended ended = cli(command);
        EXPECT_TRUE(ended.status == 0 || ended.status == 1) << ended.status << ended.err;
      }
    }
  }

  HostileOffice county_;
  Writer prison_{kPrison, county_.nation().snapshot()};
};

TEST_F(HostileSigned, HeadersAtTheEdges) {
  std::vector<Envelope> sent;
  using Edit = std::function<void(Header&)>;
  const WallTime first{1}, last = wall("9999-12-31T23:59:59+08:00");
  const std::vector<Edit> edits{
      [](Header& h) { std::fill_n(h.id.bytes.begin(), 8, std::uint8_t{0xFF}); },
      [](Header& h) { std::fill_n(h.id.bytes.begin(), 8, std::uint8_t{0}); },
      [&](Header& h) { h.created = first, h.not_after = last; },
      [&](Header& h) { h.created = last - seconds(1), h.not_after = last; },
      [&](Header& h) { h.not_after = last; },
      [&](Header& h) { h.not_before = last; },
      [&](Header& h) { h.not_before = first; },
      [&](Header& h) { h.due = last; },
      [&](Header& h) { h.due = first; },
      [](Header& h) { h.period = Period{999'912}; },
      [](Header& h) { h.period = Period{190'001}; },
      [](Header& h) { h.period = Period{}; },
      [](Header& h) { h.destination = kSecondTownship; },
      [](Header& h) { h.destination = office("ministry:000000"); },
      [](Header& h) { h.destination = h.origin; },
      [](Header& h) { h.in_reply_to = h.copy_of = h.continues = h.replaces = h.id; },
      [](Header& h) { h.lane = Lane::kUrgent; },
      [](Header& h) { h.directory_version = ~0ULL; },
      [](Header& h) {
        h.readers = {{h.origin, {1}}};
      },
  };
  const auto now_and_again = [&](const auto& look) {
    DaemonProcess daemon = county_.start();
    ASSERT_TRUE(daemon.ready()) << county_.log_text();
    HostileNeighbour prison(kPrison, county_.endpoint()), township(kTownship, county_.endpoint());
    prison.greet();
    township.greet();
    look(prison);
    const Envelope good = prison_.write(kCounty, Kind::kAdHocReport, kSignedNoon);
    EXPECT_THAT(prison.give({good}).outcomes, Each(AckOutcome::kTaken));
    expect_answers(sent);
    EXPECT_EQ(daemon.stop(), 0) << county_.log_text();
  };
  now_and_again([&](HostileNeighbour& prison) {
    for (std::size_t i = 0; i < edits.size(); ++i)
      for (const OfficeId destination : {kCounty, kTownship})
        for (const Kind kind : {Kind::kAdHocReport, Kind::kPreReleaseNotice, Kind::kCheckResult}) {
          SCOPED_TRACE("edit " + std::to_string(i) + " " + std::string(to_word(kind)));
          const Header header = changed(destination, kind, edits[i]);
          if (!decode_header(encode(header))) continue;  // nobody's codec lets it through
          sent.push_back(prison_.seal(header, kHostileName));
          EXPECT_THAT(prison.give({sent.back()}).outcomes,
                      Each(testing::AnyOf(AckOutcome::kTaken, AckOutcome::kRefused)));
        }
    EXPECT_GT(sent.size(), 60U);
  });
  now_and_again([&](HostileNeighbour& prison) {
    prison.skip_numbers(sent.size() + 10);
    for (const Envelope& envelope : sent) prison.give({envelope});
  });
}

}  // namespace
}  // namespace xianjie::tests
