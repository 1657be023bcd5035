#include "node/web/http_reply.h"

#include <zlib.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "node/web/http_answer.h"

namespace xianjie::node {

using httplib::Response;
using nlohmann::json;

namespace {

constexpr std::size_t kPackedMin = 4096;
constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, with gzip's own head

// Empty where zlib has no memory.
std::string gzip(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return {};
  Bytes in = to_bytes(as_bytes(text));  // zlib only promises not to write there
  Bytes packed(deflateBound(&stream, static_cast<uLong>(in.size())));
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  const int ended = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return ended == Z_STREAM_END ? std::string(as_text(packed)) : std::string();
}

}  // namespace

void answer(Response& to, const json& value, int status) {
  to.status = status;
  to.set_content(value.dump(-1, ' ', false, json::error_handler_t::replace), kJsonType);
}
void answer_fault(Response& to, const Error& error) {
  const HttpFault fault = http_fault(error);
  answer(to, fault.body, fault.status);
}
void answer(Response& to, const Result<json>& result) {
  if (result)
    answer(to, *result);
  else
    answer_fault(to, result.error());
}

void pack(const httplib::Request& from, Response& to) {
  if (to.body.empty()) return;
  const std::string type = to.get_header_value("Content-Type");
  const bool is_text = type.starts_with("text/") || type == kJsonType;
  std::string body = std::exchange(to.body, {});
  if (is_text && !to.has_header("Content-Encoding") && body.size() >= kPackedMin &&
      from.get_header_value("Accept-Encoding").find("gzip") != std::string::npos) {
    if (std::string packed = gzip(body); !packed.empty()) {
      body = std::move(packed);
      to.set_header("Content-Encoding", "gzip");
    }
  }
  to.headers.erase("Content-Type");
  const auto kept = std::make_shared<const std::string>(std::move(body));
  to.set_content_provider(kept->size(), type,
                          [kept](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                            return sink.write(kept->data() + offset, length);
                          });
}

// As a download of this name, .csv or .xlsx.
void send_file(Response& to, const Bytes& bytes, const std::string& name) {
  to.set_header("Content-Disposition", "attachment; filename=\"" + name + "\"");
  to.set_content(std::string(as_text(bytes)),
                 name.ends_with(".csv")
                     ? "text/csv; charset=utf-8"
                     : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
}

}  // namespace xianjie::node
