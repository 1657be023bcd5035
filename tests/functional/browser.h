// What a browser does with an office's dashboard, without the browser: HTTP, a cookie, a token.
#pragma once

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <string>

namespace xianjie::tests {

class Browser {
 public:
  explicit Browser(int port) : http_("127.0.0.1", port) { http_.set_read_timeout(30); }

  struct Got {
    int status = 0;
    std::string body, type;
    httplib::Headers headers;
    [[nodiscard]] nlohmann::json json() const {
      return nlohmann::json::parse(body, nullptr, false);
    }
  };
  Got get(const std::string& path, const httplib::Headers& more = {}) {
    httplib::Headers all = headers();
    all.insert(more.begin(), more.end());
    return got(http_.Get(path, all));
  }
  Got post(const std::string& path, const nlohmann::json& body) {
    return got(http_.Post(path, headers(), body.dump(), "application/json"));
  }
  // The session of whoever signs in is kept.
  Got sign_in(const std::string& account, const std::string& password,
              const std::string& code = "") {
    const Got answer =
        post("/api/sign-in", {{"account", account}, {"password", password}, {"code", code}});
    const auto cookie = answer.headers.find("Set-Cookie");
    if (answer.status == 200 && cookie != answer.headers.end()) {
      cookie_ = cookie->second.substr(0, cookie->second.find(';'));
      token_ = answer.json().value("token", "");
    }
    return answer;
  }
  // The first events of a live page, until `enough` says so.
  std::string live(const std::string& path, const std::function<bool(const std::string&)>& enough) {
    std::string events;
    http_.Get(path, headers(), [&](const char* data, std::size_t size) {
      events.append(data, size);
      return !enough(events);
    });
    return events;
  }
  void forget_token() { token_.clear(); }

 private:
  [[nodiscard]] httplib::Headers headers() const {
    httplib::Headers out;
    if (!cookie_.empty()) out.emplace("Cookie", cookie_);
    if (!token_.empty()) out.emplace("X-Xianjie-Token", token_);
    return out;
  }
  static Got got(const httplib::Result& result) {
    if (!result) return {};
    return {result->status, result->body, result->get_header_value("Content-Type"),
            result->headers};
  }

  httplib::Client http_;
  std::string cookie_, token_;
};

}  // namespace xianjie::tests
