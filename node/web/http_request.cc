#include "node/web/http_request.h"

#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace xianjie::node {

using httplib::Request;
using nlohmann::json;

// The value of one cookie.
std::string cookie_of(const Request& request, const std::string& name) {
  std::string_view rest;
  const std::string header = request.get_header_value("Cookie");
  rest = header;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    std::string_view one = rest.substr(0, end);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return std::string(one.substr(name.size() + 1));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return "";
}

Result<json> body_of(const Request& request, std::size_t size_max) {
  if (request.body.size() > size_max) return refused("misuse: body: too long");
  json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) return refused("misuse: body: a JSON object is expected");
  return body;
}

Result<Bytes> from_base64(const std::string& text) {
  Bytes out(text.size() / 4 * 3);
  const int size = EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0 || text.size() % 4 != 0) return refused("misuse: body_base64: not readable");
  const auto padding = static_cast<std::size_t>(std::ranges::count(text, '='));
  out.resize(static_cast<std::size_t>(size) - std::min(padding, std::size_t{2}));
  return out;
}

std::map<std::string, std::string> options_of(const Request& request) {
  return {request.params.begin(), request.params.end()};
}

// What stands behind "account=" in a line, up to the next space.
std::string value_of(const std::string& line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size();
  return line.substr(begin, line.find(' ', begin) - begin);
}

bool same(std::string_view a, std::string_view b) {  // in constant time
  if (a.size() != b.size()) return false;
  unsigned differ = 0;
  for (std::size_t i = 0; i < a.size(); ++i) differ |= static_cast<unsigned>(a[i] ^ b[i]);
  return differ == 0;
}

}  // namespace xianjie::node
