#include "node/cli/bench.h"

#include <algorithm>
#include <iomanip>

#include "adapters/clock.h"
#include "node/rehearsal/fleet.h"

namespace xianjie::node::cli {
namespace {

using namespace rehearsal;

constexpr std::string_view kOrigin = "prison:610000-01";
constexpr std::string_view kDestination = "prison-bureau:610000";
// Readers that only stand in the directory: the slots are sealed for them all the same.
constexpr std::string_view kFurtherReaders[] = {"prefecture:610800", "county:610802",
                                                "township:610802001"};
constexpr Duration kPoll = milliseconds(5);
constexpr Duration kPatience = minutes(10);

struct HopBench {
  std::uint64_t count = 100'000;
  std::uint64_t bytes = 1024;
};

OfficeRecord office(std::string_view id, std::string_view parent) {
  OfficeRecord record;
  record.id = *OfficeId::parse(id);
  record.name = id;
  if (!parent.empty()) record.parent = *OfficeId::parse(parent);
  return record;
}

std::vector<OfficeRecord> two_offices_and_their_readers() {
  return {office("ministry:000000", ""),
          office("province:610000", "ministry:000000"),
          office(kDestination, "province:610000"),
          office(kOrigin, kDestination),
          office(kFurtherReaders[0], "province:610000"),
          office(kFurtherReaders[1], kFurtherReaders[0]),
          office(kFurtherReaders[2], kFurtherReaders[1])};
}

// What `count` envelopes waiting for their receipts need of a store whose origin quota is a part of
// it.
std::uint64_t store_bytes_for(const HopBench& bench) {
  const std::uint64_t envelope = bench.bytes + 2048;
  return (256ULL << 20) + bench.count * envelope * 8;
}

Result<json> run_hop(const HopBench& bench) {
  const std::uint64_t store_bytes = store_bytes_for(bench);
  XJ_TRY(auto folder, WorkFolder::make(std::nullopt, bench.count * (bench.bytes + 2048) * 4));
  SetupOptions options;
  const WallTime now = adapters::real_wall_time();
  options.time = {now, now, 1.0, {}};
  options.store_bytes = store_bytes;
  XJ_TRY(auto setup, set_up_nation(two_offices_and_their_readers(), options, folder));
  const OfficeId origin = *OfficeId::parse(kOrigin);
  const OfficeId destination = *OfficeId::parse(kDestination);
  std::erase_if(setup.sites, [&](const OfficeSite& site) {
    return site.id != origin && site.id != destination;
  });
  StopSignals signals;
  XJ_TRY(const auto program, daemon_program());
  Fleet fleet(program, setup.sites, signals, [](const std::string&) {});
  XJ_TRY_VOID(fleet.start());
  while (true) {  // the link is up and both have greeted
    XJ_TRY(const json links, fleet.call(origin, "links"));
    if (std::any_of(links["links"].begin(), links["links"].end(),
                    [](const json& link) { return link["state"] == "idle"; }))
      break;
    XJ_TRY_VOID(fleet.rest(kPoll));
  }
  std::string readers;
  for (const std::string_view reader : kFurtherReaders)
    readers += (readers.empty() ? "" : ",") + std::string(reader);
  const adapters::SystemClock clock(true);
  const Instant begun = clock.now().instant;
  XJ_TRY(const json submitted, fleet.call(origin, "bench.submit",
                                          {{"destination", std::string(kDestination)},
                                           {"kind", "ad_hoc_report"},
                                           {"count", std::to_string(bench.count)},
                                           {"bytes", std::to_string(bench.bytes)},
                                           {"readers", readers}}));
  const Instant accepted = clock.now().instant;
  if (submitted["accepted"] != bench.count)
    return refused("bench: only " + submitted["accepted"].dump() + " of " +
                   std::to_string(bench.count) +
                   " were accepted: " + submitted["reason"].get<std::string>());
  while (true) {
    XJ_TRY(const json status, fleet.call(origin, "status"));
    if (status["counters"].value("receipts", std::uint64_t{0}) >= bench.count) break;
    if (clock.now().instant - begun > kPatience)
      return fail(ErrorCode::kIo, "bench: the receipts did not come within ten minutes");
    XJ_TRY_VOID(fleet.rest(kPoll));
  }
  const double seconds = static_cast<double>((clock.now().instant - begun).ms) / 1000;
  fleet.stop();
  return json{{"envelopes_per_s", static_cast<double>(bench.count) / std::max(seconds, 0.001)},
              {"count", bench.count},
              {"bytes", bench.bytes},
              {"readers", 5},
              {"seconds", seconds},
              {"accepted_after_s", static_cast<double>((accepted - begun).ms) / 1000}};
}

void print_hop(std::ostream& out, const json& value) {
  out << std::fixed << std::setprecision(0) << value["envelopes_per_s"].get<double>()
      << " envelopes/s over one hop: " << value["count"] << " envelopes of " << value["bytes"]
      << " bytes for 5 readers, handed in, sealed, signed, sent, stored on both sides and "
         "receipted in "
      << std::setprecision(2) << value["seconds"].get<double>() << " s (accepted after "
      << value["accepted_after_s"].get<double>() << " s)\n";
}

struct Fill {
  std::vector<std::string> destinations, kinds;
  std::uint64_t count = 1000;
  std::uint64_t bytes = 64;
};

// As evenly as it goes: each destination gets its share of each kind.
Result<json> fill(const Context& context, const Fill& asked) {
  const std::uint64_t parts = asked.destinations.size() * asked.kinds.size();
  std::uint64_t part = 0, accepted = 0, refused = 0;
  std::string reason;
  for (const std::string& destination : asked.destinations)
    for (const std::string& kind : asked.kinds) {
      const std::uint64_t share =
          asked.count * (part + 1) / parts - asked.count * part / parts;
      ++part;
      if (share == 0) continue;
      XJ_TRY(const json answer, context.call("bench.submit",
                                             {{"destination", destination},
                                              {"kind", kind},
                                              {"count", std::to_string(share)},
                                              {"bytes", std::to_string(asked.bytes)}}));
      accepted += answer["accepted"].get<std::uint64_t>();
      refused += answer["refused"].get<std::uint64_t>();
      if (answer["refused"] != 0) reason = answer["reason"];
    }
  return json{{"accepted", accepted}, {"refused", refused}, {"reason", reason}};
}

void print_fill(std::ostream& out, const json& value) {
  out << value["accepted"] << " envelopes handed in";
  if (value["refused"] != 0)
    out << ", " << value["refused"] << " refused: " << value["reason"].get<std::string>();
  out << "\n";
}

}  // namespace

void add_bench_commands(CLI::App& app, Context& context) {
  CLI::App* bench = app.add_subcommand("bench", "how fast this machine carries envelopes");
  bench->require_subcommand(1);
  CLI::App* hop = bench->add_subcommand(
      "hop",
      "two daemons on loopback, everything as shipped: from the hand-in to the last receipt");
  auto asked = std::make_shared<HopBench>();
  hop->add_option("--count", asked->count, "envelopes (default 100000)")
      ->check(CLI::Range(1, 10'000'000));
  hop->add_option("--bytes", asked->bytes, "bytes of payload each (default 1024)")
      ->check(CLI::Range(std::size_t{1}, kPayloadBytesMax));
  hop->callback([asked, &context] {
    const auto result = run_hop(*asked);
    if (result)
      context.print(*result, print_hop);
    else
      context.fail(result.error());
  });

  CLI::App* filled = bench->add_subcommand(
      "fill", "hands made-up envelopes in at this office; only in a directory marked rehearsal");
  auto load = std::make_shared<Fill>();
  filled->add_option("--to", load->destinations, "destinations, with commas between")
      ->required()
      ->delimiter(',')
      ->check(office_argument());
  filled->add_option("--kinds", load->kinds, "kinds, with commas between")
      ->required()
      ->delimiter(',');
  filled->add_option("--count", load->count, "envelopes in all (default 1000)")
      ->check(CLI::Range(1, 10'000'000));
  filled->add_option("--bytes", load->bytes, "bytes of payload each (default 64)")
      ->check(CLI::Range(std::size_t{1}, kPayloadBytesMax));
  filled->callback([load, &context] {
    const auto result = fill(context, *load);
    if (result)
      context.print(*result, print_fill);
    else
      context.fail(result.error());
  });
}

}  // namespace xianjie::node::cli
