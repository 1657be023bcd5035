#include "schemas/api.h"

#include "api_generated.h"
#include "schemas/codec.h"
#include "schemas/text.h"

namespace xianjie {
inline namespace schemas {
namespace {

constexpr std::size_t kOptionsMax = 64;
constexpr std::size_t kOptionBytesMax = 64 * 1024;

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;
using flatbuffers::Verifier;

}  // namespace

Bytes encode(const ApiRequest& request) {
  FlatBufferBuilder builder(request.body.size() + 1024);
  std::vector<Offset<fbs::ApiOption>> options;
  for (const auto& [name, value] : request.options) {
    const auto key = builder.CreateString(name);
    options.push_back(fbs::CreateApiOption(builder, key, builder.CreateString(value)));
  }
  const auto command = builder.CreateString(request.command);
  const auto column = builder.CreateVector(options);
  const auto body = builder.CreateVector(request.body);
  builder.Finish(fbs::CreateApiRequest(builder, request.id, command, column, body), kRequestId);
  return take_bytes(builder);
}

Result<ApiRequest> decode_api_request(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from = verified_root<Verifier, fbs::ApiRequest>(aligned, kRequestId, kApiBytesMax);
  if (from == nullptr) return corrupt("request: broken structure");
  ApiRequest to;
  to.id = from->id();
  to.command = text_view(from->command());
  if (!is_token(to.command)) return corrupt("request: no command");
  if (length(from->options()) > kOptionsMax) return corrupt("request: too many options");
  for (std::uint32_t k = 0; k < length(from->options()); ++k) {
    const fbs::ApiOption* option = from->options()->Get(k);
    const std::string_view name = text_view(option->name());
    const std::string_view value = text_view(option->value());
    if (!is_token(name) || value.size() > kOptionBytesMax || !is_utf8(value))
      return corrupt("request: malformed option");
    if (!to.options.emplace(name, value).second) return corrupt("request: an option twice");
  }
  to.body = to_bytes(view(from->body()));
  return to;
}

Bytes encode(const ApiReply& reply) {
  FlatBufferBuilder builder(reply.body.size() + reply.json.size() + 1024);
  const auto text = builder.CreateString(reply.text);
  const auto json = builder.CreateString(reply.json);
  const auto body = builder.CreateVector(reply.body);
  builder.Finish(fbs::CreateApiReply(builder, reply.id, reply.final, reply.ok,
                                     static_cast<std::uint8_t>(reply.code), text, json, body),
                 kReplyId);
  return take_bytes(builder);
}

Result<ApiReply> decode_api_reply(ByteView bytes) {
  const AlignedView aligned(bytes);
  const auto* from = verified_root<Verifier, fbs::ApiReply>(aligned, kReplyId, kApiBytesMax);
  if (from == nullptr) return corrupt("reply: broken structure");
  const std::string_view text = text_view(from->text());
  const std::string_view json = text_view(from->json());
  if (from->code() > static_cast<std::uint8_t>(ErrorCode::kIo) || !is_utf8(text) || !is_utf8(json))
    return corrupt("reply: malformed");
  return ApiReply{.id = from->id(),
                  .final = from->final(),
                  .ok = from->ok(),
                  .code = static_cast<ErrorCode>(from->code()),
                  .text = std::string(text),
                  .json = std::string(json),
                  .body = to_bytes(view(from->body()))};
}

}  // namespace schemas
}  // namespace xianjie
