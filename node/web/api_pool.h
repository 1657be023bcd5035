// Clients of the daemon's local API for many threads: each call has one for itself while it lasts.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/api_socket.h"

namespace xianjie::node {

class ApiPool {
 public:
  explicit ApiPool(std::string socket) : socket_(std::move(socket)) {}
  // The final reply; a refusal of the daemon is an error here. kRetry where it says nothing for
  // `silence_max`: a long act tells its progress more often.
  Result<ApiReply> call(ApiRequest request, Duration silence_max = minutes(2));

 private:
  std::string socket_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<adapters::ApiClient>> idle_;
};

}  // namespace xianjie::node
