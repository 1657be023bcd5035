#include "node/rehearsal/fleet.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <utility>

#include "adapters/zmq_socket.h"

namespace xianjie::node::rehearsal {
namespace {

using adapters::steady_now;
using nlohmann::json;

constexpr Duration kReadyWithin = seconds(60);
constexpr Duration kStopWithin = seconds(15);
constexpr Duration kCommandWithin = seconds(20);
constexpr Duration kBackWithin = seconds(60);
constexpr Duration kShortLife = seconds(5);
constexpr int kShortLivesMax = 5;
constexpr std::size_t kLastLines = 3;
constexpr Duration kPause = milliseconds(20);

}  // namespace

Fleet::Fleet(std::filesystem::path program, const std::vector<OfficeSite>& sites,
             StopSignals& signals, Say say)
    : program_(std::move(program)), sites_(sites), signals_(signals), say_(std::move(say)) {
  for (const OfficeSite& site : sites_) members_[site.id].site = &site;
}

Fleet::~Fleet() {
  for (auto& [office, member] : members_) member.process.kill();
}

Result<> Fleet::rest(Duration duration) {
  if (signals_.wait(duration)) return refused("stopped on request");
  return {};
}

Result<> Fleet::launch(Member& member) {
  member.client.reset();
  XJ_TRY(auto process, DaemonProcess::start(program_, member.site->config, member.site->log));
  member.process = std::move(process);
  member.started = steady_now();
  ++member.lives;
  return {};
}

bool Fleet::answers(Member& member) {
  return call(member.site->id, "status").has_value();
}

Result<> Fleet::start() {
  for (auto& [office, member] : members_) XJ_TRY_VOID(launch(member));
  const Instant begun = steady_now();
  std::vector<Member*> missing;
  for (auto& [office, member] : members_) missing.push_back(&member);
  while (true) {
    XJ_TRY_VOID(tick());
    std::erase_if(missing, [this](Member* member) { return answers(*member); });
    if (missing.empty()) return {};
    if (steady_now() - begun > kReadyWithin)
      return fail(ErrorCode::kRetry,
                  std::to_string(missing.size()) + " of " + std::to_string(members_.size()) +
                      " daemons are not ready within " + std::to_string(kReadyWithin.ms / 1000) +
                      " s, first " + to_text(missing.front()->site->id) +
                      last_lines(*missing.front()));
    XJ_TRY_VOID(rest(kPause));
  }
}

void Fleet::plan_deaths(std::vector<Death> deaths) {
  deaths_ = std::move(deaths);
  std::ranges::stable_sort(deaths_, std::greater{}, &Death::due);
}

Result<> Fleet::deal_out_deaths() {
  while (!deaths_.empty() && deaths_.back().due <= steady_now()) {
    Member& member = members_.at(deaths_.back().office);
    deaths_.pop_back();
    member.process.kill();
    ++kills_;
    XJ_TRY_VOID(launch(member));
  }
  return {};
}

Result<> Fleet::tick() {
  XJ_TRY_VOID(deal_out_deaths());
  for (auto& [office, member] : members_) {
    const auto end = member.process.ended();
    if (!end) continue;
    ++accidents_;
    member.short_lives = steady_now() - member.started < kShortLife ? member.short_lives + 1 : 0;
    if (member.short_lives >= kShortLivesMax || *end == "exit status 127")
      return fail(ErrorCode::kIo, "the daemon of " + to_text(office) + " does not stay alive (" +
                                      *end + ")" + last_lines(member));
    say_("the daemon of " + to_text(office) + " ended by itself (" + *end +
         ") and is started again" + last_lines(member));
    XJ_TRY_VOID(launch(member));
  }
  return {};
}

void Fleet::stop() {
  for (auto& [office, member] : members_) {
    member.client.reset();
    member.process.ask_to_stop();
  }
  const Instant begun = steady_now();
  for (auto& [office, member] : members_) {
    while (member.process.running() && steady_now() - begun < kStopWithin)
      if (!member.process.ended() && signals_.wait(kPause)) break;
    member.process.kill();
  }
}

Result<json> Fleet::call(OfficeId office, const std::string& command,
                         const std::map<std::string, std::string>& options, Bytes body,
                         const adapters::ApiClient::Progress& progress) {
  Member& member = members_.at(office);
  if (!member.client) {
    XJ_TRY(member.client, adapters::ApiClient::connect(member.site->socket.string()));
  }
  // Held here meanwhile: `progress` may let the daemon die, and its client with it.
  auto client = std::exchange(member.client, nullptr);
  const std::uint64_t life = member.lives;
  ApiRequest request{++last_request_, command, options, std::move(body)};
  auto reply = client->call(request, progress, kCommandWithin);
  if (!reply) return std::unexpected(std::move(reply).error());
  if (life == member.lives) member.client = std::move(client);
  if (!reply->ok) return fail(reply->code, to_text(office) + ": " + reply->text);
  json value = json::parse(reply->json, nullptr, false);
  if (value.is_discarded())
    return corrupt(to_text(office) + ": answered " + command + " with no JSON");
  return value;
}

Result<json> Fleet::call_patiently(OfficeId office, const std::string& command,
                                   const std::map<std::string, std::string>& options,
                                   const Bytes& body) {
  const Instant begun = steady_now();
  while (true) {
    Result<> going;
    auto answer = call(office, command, options, body, [&](const ApiReply&) {
      if (going) going = tick();
    });
    if (answer) return answer;
    XJ_TRY_VOID(going);
    const ErrorCode code = answer.error().code;
    if (code != ErrorCode::kRetry && code != ErrorCode::kNotFound && code != ErrorCode::kIo)
      return answer;
    if (steady_now() - begun > kBackWithin)
      return fail(ErrorCode::kRetry, answer.error().text + last_lines(members_.at(office)));
    XJ_TRY_VOID(rest(kPause));
    XJ_TRY_VOID(tick());
  }
}

std::string Fleet::last_lines(const Member& member) const {
  std::ifstream in(member.site->log);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(std::move(line));
    if (lines.size() > kLastLines) lines.erase(lines.begin());
  }
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "; its log ends: " : " | ") + line;
  return out;
}

}  // namespace xianjie::node::rehearsal
