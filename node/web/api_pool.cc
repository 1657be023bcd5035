#include "node/web/api_pool.h"

namespace xianjie::node {
namespace {

constexpr std::size_t kIdleMax = 4;

}  // namespace

Result<ApiReply> ApiPool::call(ApiRequest request, Duration silence_max) {
  std::unique_ptr<adapters::ApiClient> client;
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      client = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!client) {
    auto connected = adapters::ApiClient::connect(socket_);
    // It is being started again: a page that asks once more will see it.
    if (!connected) return fail(ErrorCode::kRetry, std::move(connected).error().text);
    client = std::move(*connected);
  }
  request.id = 1;
  auto called = client->call(request, {}, silence_max);
  // Browsers need not know where its socket stands.
  if (!called) return fail(called.error().code, "the daemon of this office does not answer");
  ApiReply reply = std::move(*called);
  {
    const std::scoped_lock lock(mutex_);
    if (idle_.size() < kIdleMax) idle_.push_back(std::move(client));
  }
  if (!reply.ok) return fail(reply.code, std::move(reply.text));
  return reply;
}

}  // namespace xianjie::node
