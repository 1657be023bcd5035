// The dashboard's HTTP server (README.md beside this file lists its routes). A process of its own,
// `xianjied --web`, which the daemon starts: whoever breaks it holds no keys, and the bus goes on.
// Whatever it knows of the bus it asks of the daemon's local API.
#pragma once

#include <memory>

#include "node/daemon/config.h"
#include "schemas/result.h"

namespace xianjie::node {

class WebServer {
 public:
  // Binds; the errors say which address, file or account stands in the way.
  static Result<std::unique_ptr<WebServer>> open(const Config& config);
  ~WebServer();  // open requests end first

  [[nodiscard]] int port() const;
  // Serves until stop_fd is readable.
  Result<> run(int stop_fd);

 private:
  struct Impl;
  explicit WebServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// xianjied --web: that, with port() in a file beside the accounts. The exit status.
int serve_web(const Config& config, int stop_fd);

}  // namespace xianjie::node
