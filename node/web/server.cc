#include "node/web/server.h"

#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <thread>

#include "adapters/clock.h"
#include "adapters/files.h"
#include "adapters/system_random.h"
#include "adapters/zmq_socket.h"
#include "node/daemon/log.h"
#include "node/web/api_pool.h"
#include "node/web/assets.h"
#include "node/web/door.h"
#include "node/web/http_answer.h"
#include "node/web/http_reply.h"
#include "node/web/http_request.h"
#include "node/web/live.h"
#include "node/web/rights.h"
#include "node/web/table_file.h"
#include "node/web/template_file.h"
#include "node/web/watched.h"
#include "node/web/words.h"

namespace xianjie::node {
namespace {

using httplib::Request;
using httplib::Response;
using nlohmann::json;

constexpr std::size_t kThreads = kViewersMax + 16;  // a live page keeps one
constexpr Duration kHeartbeat = seconds(15);
constexpr Duration kLook = seconds(1);  // a page that has gone gives its place back within this
constexpr const char* kPing = "event: ping\ndata: {}\n\n";  // pages see no comments
constexpr std::size_t kCallBodyMax = 32 << 20;  // a file of 16 MiB in base64, and its options
// What the lines of accounts begin with (door.cc).
constexpr const char* kAccountWords =
    "sign_in sign_in_refused sign_out password_changed second_factor_on second_factor_off account";
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'";

// Where the port is told that was bound.
std::filesystem::path port_file(const Config& config) {
  std::filesystem::path file = config.web->accounts;
  return file += ".port";
}
int port_before(const Config& config) {
  const auto told = adapters::read_file(port_file(config), 16);
  int port = 0;
  if (told) {
    const std::string_view text = as_text(*told);
    std::from_chars(text.data(), text.data() + text.size(), port);
  }
  return port > 0 && port <= 65'535 ? port : 0;
}

}  // namespace

struct WebServer::Impl {
  explicit Impl(const Config& configured)
      : config(configured),
        api(configured.api.string()),
        live(api),
        cookie("xianjie_" + to_hex(Encoder().u64(configured.office.value()).bytes())) {}

  const Config& config;
  adapters::SystemRandom random;
  ApiPool api;
  std::unique_ptr<Door> door;
  Live live;
  const WallTime started = adapters::real_wall_time();
  const std::string cookie;  // ports share cookies, offices on one machine must not
  std::unique_ptr<httplib::Server> http;
  int port = 0;

  [[nodiscard]] bool encrypted() const { return !config.web->certificate.empty(); }

  void note(const std::string& line) {
    log(LogEvent::kAccount, line);
    // The daemon keeps it in the audit log; where it is away, the log above is what there is.
    (void)api.call({0, "audit.note", {{"text", line}}, {}});
  }

  // What tells attackers apart; behind loopback everybody has the same address.
  static std::string address_of(const Request& request) {
    const std::string& address = request.remote_addr;
    return address.starts_with("127.") || address == "::1" ? "" : address;
  }

  std::optional<Visitor> visitor(const Request& request, bool looks_on = false) {
    return door->visitor(cookie_of(request, cookie), looks_on);
  }

  // The account behind a request, and where it changes something, its token.
  Result<Visitor> need_visitor(const Request& request, bool looks_on = false) {
    auto found = visitor(request, looks_on);
    if (!found) return refused("sign_in: nobody is signed in, or it is long ago");
    if (request.method == "POST" &&
        !same(request.get_header_value("X-Xianjie-Token"), found->token))
      return refused("forbidden: the header X-Xianjie-Token does not hold this session's token");
    return std::move(*found);
  }

  Result<const Right*> need_right(const Visitor& who, const std::string& command) const {
    if (who.must_change)
      return refused("forbidden: choose a password of your own first (POST /api/password)");
    const Right* right = find_right(command);
    if (right == nullptr) return refused("misuse: there is no command " + command + " here");
    if (!right->roles.has(who.role))
      return refused("forbidden: a " + std::string(to_word(who.role)) + " may not " + command);
    return right;
  }

  json session_json(const std::optional<Visitor>& who) {
    const auto here = api.call({0, "status", {}, {}}, seconds(5));
    const json said = here ? json::parse(here->json, nullptr, false) : json::object();
    json out{{"signed_in", who.has_value()},
             {"office", to_text(config.office)},
             {"name", said.value("name", "")},
             {"rehearsal", config.rehearsal.has_value()}};
    if (!who) return out;
    out["account"] = who->account;
    out["person"] = who->person;
    out["role"] = to_word(who->role);
    out["token"] = who->token;
    out["must_change_password"] = who->must_change;
    out["second_factor"] = who->second_factor;
    out["may"] = json::array();
    for (const Right& right : rights())
      if (right.roles.has(who->role)) out["may"].push_back(right.command);
    for (const std::string& act : account_acts(who->role)) out["may"].push_back(act);
    return out;
  }

  void sign_in(const Request& request, Response& response) {
    const auto body = body_of(request);
    if (!body) return answer_fault(response, body.error());
    const auto session = door->sign_in(body->value("account", ""), body->value("password", ""),
                                       body->value("code", ""), address_of(request));
    if (!session) return answer_fault(response, session.error());
    response.set_header("Set-Cookie", cookie + "=" + *session +
                                          "; HttpOnly; SameSite=Strict; Path=/" +
                                          (encrypted() ? "; Secure" : ""));
    answer(response, session_json(door->visitor(*session)));
  }

  Result<json> post(const Request& request, const Visitor& who) {
    const std::string& path = request.path;
    if (path == "/api/sign-out") {
      door->sign_out(who);
      return json::object();
    }
    XJ_TRY(const json body, body_of(request));
    if (path == "/api/password") {
      XJ_TRY_VOID(door->change_password(who, body.value("old", ""), body.value("new", "")));
      return session_json(door->visitor(who.session));
    }
    if (who.must_change) return refused("forbidden: choose a password of your own first");
    if (path == "/api/second-factor") return door->second_factor(who, body, to_text(config.office));
    if (path == "/api/accounts") return door->change_account(who, body);
    return fail(ErrorCode::kNotFound, "there is nothing at " + path);
  }

  // One call of the local API, as the account may.
  Result<ApiReply> call(const Request& request, const Visitor& who, const std::string& command) {
    XJ_TRY(const Right* right, need_right(who, command));
    ApiRequest call{0, command, options_of(request), {}};
    if (right->acts != (request.method == "POST"))
      return refused("misuse: " + command + (right->acts ? " acts: POST" : " reads: GET"));
    if (right->acts) {
      if (request.get_header_value("Content-Type").starts_with(kJsonType) && call.options.empty()) {
        XJ_TRY(const json body, body_of(request, kCallBodyMax));
        const json options = body.value("options", json::object());
        for (const auto& [name, value] : options.items())
          if (value.is_string())
            call.options[name] = value.get<std::string>();
          else if (!value.is_null())
            call.options[name] = value.dump();
        XJ_TRY(call.body, body.contains("body_base64")
                              ? from_base64(body.value("body_base64", ""))
                              : Result<Bytes>(to_bytes(as_bytes(body.value("body", "")))));
      } else {
        call.body = to_bytes(as_bytes(request.body));
      }
    }
    // Whoever it is stands in the audit log, whatever the page says.
    call.options.erase("operator");
    call.options.erase("clerk");
    call.options["operator"] = who.account;
    if (command == "inbox.collect") call.options["clerk"] = who.account;
    std::erase_if(call.options, [](const auto& option) { return option.second.empty(); });
    return api.call(std::move(call));
  }

  void call_route(const Request& request, Response& response, const std::string& command) {
    const auto who = need_visitor(request);
    if (!who) return answer_fault(response, who.error());
    const auto reply = call(request, *who, command);
    if (!reply) return answer_fault(response, reply.error());
    const bool file = request.path.starts_with("/api/file/");
    if (!file) return response.set_content(reply->json.empty() ? "null" : reply->json, kJsonType);
    response.set_header("Content-Disposition", "attachment");
    response.set_content(std::string(as_text(reply->body)), "application/octet-stream");
  }

  void table_route(const Request& request, Response& response, std::string name) {
    const auto table = [&]() -> Result<> {
      XJ_TRY(const Visitor who, need_visitor(request));
      const std::size_t dot = name.rfind('.');
      const std::string ending = dot == std::string::npos ? "" : name.substr(dot + 1);
      if (ending != "csv" && ending != "xlsx") return refused("misuse: .csv or .xlsx");
      Request plain = request;
      plain.params.erase("list");
      plain.params.erase("columns");
      const std::string command = name.substr(0, dot);
      XJ_TRY(auto columns, parse_columns(request.get_param_value("columns")));
      XJ_TRY(const ApiReply reply, call(plain, who, command));
      XJ_TRY(const TableText text, table_of(json::parse(reply.json, nullptr, false),
                                            request.get_param_value("list"), std::move(columns)));
      Bytes bytes;
      if (ending == "csv") {
        bytes = to_csv(text);
      } else {
        XJ_TRY(bytes, to_xlsx(text, command));
      }
      send_file(response, bytes, name);
      return {};
    }();
    if (!table) answer_fault(response, table.error());
  }

  // KIND.xlsx or KIND.csv: a blank file to fill in.
  Result<> template_route(const Request& request, Response& response, const std::string& name) {
    XJ_TRY(const Visitor who, need_visitor(request));
    XJ_TRY_VOID(need_right(who, "submit"));
    const bool xlsx = name.ends_with(".xlsx");
    const auto kind = from_word<Kind>(name.substr(0, name.rfind('.')));
    if (!kind || (!xlsx && !name.ends_with(".csv")))
      return refused("misuse: KIND.xlsx or KIND.csv");
    const std::string subject = request.get_param_value("subject");
    XJ_TRY(const Bytes bytes, xlsx ? template_xlsx(*kind, subject) : template_csv(*kind, subject));
    send_file(response, bytes, name);
    return {};
  }

  Result<std::vector<LiveCall>> live_calls(const Request& request, const Visitor& who) const {
    std::vector<LiveCall> calls;
    const auto [first, last] = request.params.equal_range("call");
    for (auto at = first; at != last; ++at) {
      const std::string& name = at->second;
      const std::size_t mark = std::min(name.find('?'), name.size());
      XJ_TRY(const Right* right, need_right(who, name.substr(0, mark)));
      if (right->live == Duration{} || right->acts || right->personal)
        return refused("misuse: " + name.substr(0, mark) + " is not live");
      LiveCall call{name, {0, name.substr(0, mark), {}, {}}, right->live, right->counted};
      httplib::Params options;
      if (mark < name.size()) httplib::detail::parse_query_text(name.substr(mark + 1), options);
      call.request.options = {options.begin(), options.end()};
      calls.push_back(std::move(call));
    }
    if (calls.empty() || calls.size() > kCallsPerViewerMax)
      return refused("misuse: call: 1 to 8 of them");
    return calls;
  }

  void live_route(const Request& request, Response& response) {
    const auto who = need_visitor(request, true);
    if (!who) return answer_fault(response, who.error());
    auto calls = live_calls(request, *who);
    if (!calls) return answer_fault(response, calls.error());
    const auto view = live.view(std::move(*calls));
    if (!view)
      return answer_fault(response,
                          Error{ErrorCode::kRetry, "too many live pages are open: close some"});
    response.set_header("X-Accel-Buffering", "no");
    response.set_chunked_content_provider(
        "text/event-stream", [this, view, session = who->session, silent = Duration{}](
                                 std::size_t, httplib::DataSink& sink) mutable {
          const std::string events = view->next(kLook);
          if (live.ended() || !door->visitor(session, true)) {
            sink.done();
            return true;
          }
          silent = events.empty() ? silent + kLook : Duration{};
          if (events.empty() && silent < kHeartbeat) return sink.is_writable();
          silent = Duration{};
          const std::string text = events.empty() ? kPing : events;
          return sink.write(text.data(), text.size());
        });
  }

  void page(const Request& request, Response& response) {
    const Asset* asset = find_asset(request.path);
    if (asset == nullptr) asset = find_asset("/index.html");
    if (asset == nullptr) return answer_fault(response, Error{ErrorCode::kNotFound, "no pages"});
    response.set_header("ETag", std::string(asset->tag));
    response.set_header("Cache-Control", "no-cache");
    if (request.get_header_value("If-None-Match") == asset->tag) {
      response.status = 304;
      return;
    }
    response.set_header("Content-Encoding", "gzip");
    response.set_content(std::string(as_text(asset->gzip)), std::string(asset->type));
  }

  void watch_routes(const Request& request, Response& response) {
    if (request.path == "/metrics")
      return response.set_content(metrics_of(api, config.office, started),
                                  "text/plain; version=0.0.4; charset=utf-8");
    const Watched watched = request.path == "/ready" ? readiness_of(api) : health_of(api);
    response.status = watched.status;
    response.set_content(watched.text, "text/plain; charset=utf-8");
  }

  void get(const Request& request, Response& response) {
    const std::string& path = request.path;
    const auto after = [&](std::string_view prefix) { return path.substr(prefix.size()); };
    if (path == "/metrics" || path == "/health" || path == "/ready")
      return watch_routes(request, response);
    if (!path.starts_with("/api/")) return page(request, response);
    response.set_header("Cache-Control", "no-store");
    if (path == "/api/session") return answer(response, session_json(visitor(request)));
    if (path == "/api/words") return answer(response, words_view(config.office));
    if (path == "/api/live") return live_route(request, response);
    if (path.starts_with("/api/call/")) return call_route(request, response, after("/api/call/"));
    if (path.starts_with("/api/table/"))
      return table_route(request, response, after("/api/table/"));
    if (path.starts_with("/api/template/")) {
      const auto sent = template_route(request, response, after("/api/template/"));
      return sent ? void() : answer_fault(response, sent.error());
    }
    const auto who = need_visitor(request);
    if (!who) return answer_fault(response, who.error());
    if (path == "/api/accounts" && sees_accounts(who->role))
      return answer(response, door->accounts());
    if (path == "/api/accounts/log") return answer(response, account_log(request, *who));
    answer_fault(response, path == "/api/accounts"
                               ? Error{ErrorCode::kRefused, "forbidden: administrators only"}
                               : Error{ErrorCode::kNotFound, "there is nothing at " + path});
  }

  // Sign-ins and changes of accounts, as the audit log has them.
  Result<json> account_log(const Request& request, const Visitor& who) {
    if (std::ranges::count(account_acts(who.role), "accounts.log") == 0)
      return refused("forbidden: security administrators and auditors only");
    ApiRequest call{0, "audit.list", {{"event", "note"}, {"words", kAccountWords}}, {}};
    for (const char* const option : {"limit", "before"})
      if (request.has_param(option)) call.options[option] = request.get_param_value(option);
    XJ_TRY(const ApiReply reply, api.call(std::move(call)));
    const json said = json::parse(reply.json, nullptr, false);
    json entries = json::array();
    for (const json& record : said.at("records")) {
      const std::string detail = record.at("detail");
      entries.push_back({{"time", record.at("time")},
                         {"number", record.at("number")},
                         {"what", detail.substr(0, detail.find(' '))},
                         {"account", value_of(detail, "account=")},
                         {"from", value_of(detail, "from=")},
                         {"detail", detail}});
    }
    return json{{"entries", std::move(entries)}, {"more", said.at("more")}};
  }

  void post_any(const Request& request, Response& response) {
    const std::string& path = request.path;
    response.set_header("Cache-Control", "no-store");
    if (path == "/api/sign-in") return sign_in(request, response);
    if (path.starts_with("/api/call/"))
      return call_route(request, response, path.substr(std::string_view("/api/call/").size()));
    if (path.starts_with("/api/file/"))
      return call_route(request, response, path.substr(std::string_view("/api/file/").size()));
    const auto who = need_visitor(request);
    if (!who) return answer_fault(response, who.error());
    if (path == "/api/sheet") return sheet(request, response);
    answer(response, post(request, *who));
  }

  // What stands on a page, as a spreadsheet.
  static void sheet(const Request& request, Response& response) {
    const auto body = body_of(request, kCallBodyMax);
    const auto file = body ? sheet_of(*body) : std::unexpected(body.error());
    if (!file) return answer_fault(response, file.error());
    send_file(response, *file, "table.xlsx");
  }

  void set_up() {
    http->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    http->set_payload_max_length(kApiBytesMax);
    http->set_read_timeout(10);
    http->set_write_timeout(10);
    http->set_tcp_nodelay(true);
    httplib::Headers headers{{"Content-Security-Policy", kPolicy},
                             {"X-Content-Type-Options", "nosniff"},
                             {"X-Frame-Options", "DENY"},
                             {"Referrer-Policy", "no-referrer"},
                             {"Cross-Origin-Opener-Policy", "same-origin"}};
    if (encrypted()) headers.emplace("Strict-Transport-Security", "max-age=31536000");
    http->set_default_headers(std::move(headers));
    http->set_exception_handler([](const Request&, Response& response, std::exception_ptr) {
      answer_fault(response, Error{ErrorCode::kRefused, "misuse: a value has the wrong type"});
    });
    http->Get(".*", [this](const Request& request, Response& response) {
      get(request, response);
      pack(request, response);
    });
    http->Post(".*", [this](const Request& request, Response& response) {
      post_any(request, response);
      pack(request, response);
    });
  }
};

WebServer::WebServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebServer::~WebServer() = default;

int WebServer::port() const {
  return impl_->port;
}

Result<std::unique_ptr<WebServer>> WebServer::open(const Config& config) {
  XJ_CHECK(config.web.has_value());
  const WebConfig& web = *config.web;
  auto impl = std::make_unique<Impl>(config);
  Impl* self = impl.get();
  XJ_TRY(impl->door,
         Door::open(web.accounts, impl->random, {adapters::steady_now, adapters::real_wall_time},
                    [self](const std::string& line) { self->note(line); }));
  if (web.certificate.empty()) {
    impl->http = std::make_unique<httplib::Server>();
  } else {
    impl->http = std::make_unique<httplib::SSLServer>(web.certificate.c_str(), web.key.c_str());
    if (!impl->http->is_valid())
      return refused("web: certificate " + web.certificate.string() + " and key " +
                     web.key.string() + " cannot be read, or do not belong together");
  }
  impl->set_up();
  // Any free port is the same one after a death where it is still free: pages that are open come
  // back by themselves.
  const int wanted = web.port == 0 ? port_before(config) : web.port;
  if (wanted > 0 && impl->http->bind_to_port(web.address, wanted)) impl->port = wanted;
  if (impl->port == 0 && web.port == 0) impl->port = impl->http->bind_to_any_port(web.address);
  if (impl->port <= 0)
    return refused("web.listen: " + web.address + ":" + std::to_string(web.port) +
                   " cannot be bound: is another program there, or is it not this machine's?");
  return std::unique_ptr<WebServer>(new WebServer(std::move(impl)));
}

Result<> WebServer::run(int stop_fd) {
  XJ_TRY(const auto over, adapters::WakeEvent::make());
  std::array<pollfd, 2> ends{{{stop_fd, POLLIN, 0}, {over.fd(), POLLIN, 0}}};
  {
    std::jthread stopper([&] {
      while (::poll(ends.data(), ends.size(), -1) < 0 && errno == EINTR) {
      }
      impl_->live.end();
      impl_->http->stop();
    });
    impl_->http->listen_after_bind();
    over.notify();
  }
  if ((ends[0].revents & POLLIN) == 0) return fail(ErrorCode::kIo, "no more connections are taken");
  return {};
}

int serve_web(const Config& config, int stop_fd) {
  auto server = WebServer::open(config);
  if (!server) {
    log(LogEvent::kWebFailed, server.error().text);
    return 1;
  }
  const std::string port = std::to_string((*server)->port());
  const auto told = adapters::write_file_atomically(port_file(config), as_bytes(port + "\n"));
  if (!told) log(LogEvent::kWebPortNotTold, told.error().text);
  log(LogEvent::kWebListens, "listen=" + config.web->address + ":" + port);
  if (const auto ended = (*server)->run(stop_fd); !ended) {
    log(LogEvent::kWebFailed, ended.error().text);
    return 1;  // the daemon starts it again
  }
  return 0;
}

}  // namespace xianjie::node
