// The local API's two ends over ipc:// (DESIGN section 9): the daemon's server and the client that
// applications and the CLI use. Who may open the socket file may do everything: it has mode 0600
// from the moment it exists. One client may have several requests on the way; replies carry their
// ids. A message has at most kApiBytesMax.
// Read next: schemas/api.h (what is said).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/poller.h"
#include "adapters/zmq_monitor.h"
#include "adapters/zmq_socket.h"
#include "schemas/api.h"
#include "schemas/limits.h"

namespace xianjie::adapters {

inline constexpr std::size_t kApiPathMax = 107;  // bytes, what a Unix socket's address holds

struct ApiCall {
  Bytes client;  // opaque; for reply()
  ApiRequest request;
};

class ApiServer final : public Pollable {
 public:
  // Fails where another process answers on `path`, where something else than a socket stands there,
  // and where the path is too long. A socket file that nobody listens on is removed.
  static Result<std::unique_ptr<ApiServer>> open(const std::string& path);
  ~ApiServer() override;  // last replies get a second to leave; removes the socket file

  // Requests that have come in, at most `max`, and none more once their bodies reach kApiBytesMax;
  // never blocks. One that cannot be read is answered here.
  std::vector<ApiCall> poll(std::size_t max);
  // False: the client is gone, or reads nothing and has no room.
  bool reply(const Bytes& client, const ApiReply& reply);

  void add_poll_items(std::vector<PollItem>& items) const override;
  [[nodiscard]] Duration due_in() const override { return kNever; }

 private:
  ApiServer(std::string path, std::uint64_t inode, ZmqContext context, ZmqSocket router);
  std::string path_;
  std::uint64_t inode_ = 0;
  ZmqContext context_;
  ZmqSocket router_;  // dies before its context
};

class ApiClient {
 public:
  // kNotFound where no daemon listens on `path`.
  static Result<std::unique_ptr<ApiClient>> connect(const std::string& path);

  using Progress = std::function<void(const ApiReply&)>;
  // Sends the request and waits for its final reply, handing every other one to `progress`. Gives
  // up after `silence` without any reply (kNever: waits on), or when the daemon goes away: whether
  // the request was done is then unknown (kRetry). A reply with ok == false is a result, no error.
  Result<ApiReply> call(const ApiRequest& request, const Progress& progress, Duration silence);

 private:
  ApiClient(std::string path, ZmqContext context, ZmqSocket dealer, ZmqMonitor monitor);
  std::string path_;
  ZmqContext context_;
  ZmqSocket dealer_;
  ZmqMonitor monitor_;  // dies before the socket it watches
};

}  // namespace xianjie::adapters
