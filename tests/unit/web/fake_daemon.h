// A daemon's local API with the test in the place of the daemon: answers by command, and counts how
// often each was asked.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/api_socket.h"
#include "tests/support/temp_directory.h"

namespace xianjie::tests {

class FakeDaemon {
 public:
  FakeDaemon() {
    auto opened = adapters::ApiServer::open(path());
    XJ_CHECK(opened.has_value());
    server_ = std::move(*opened);
    thread_ = std::thread([this] { serve(); });
  }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;
  ~FakeDaemon() {
    stops_ = true;
    wake_.notify();
    thread_.join();
  }
  [[nodiscard]] std::string path() const { return (scratch_.path() / "api.sock").string(); }
  void answers(const std::string& command, const std::string& json) {
    const std::lock_guard lock(mutex_);
    ApiReply& reply = replies_[command];
    reply.ok = true;
    reply.json = json;
  }
  void refuses(const std::string& command, ErrorCode code, const std::string& text) {
    const std::lock_guard lock(mutex_);
    ApiReply& reply = replies_[command];
    reply.ok = false;
    reply.code = code;
    reply.text = text;
  }
  [[nodiscard]] int asked(const std::string& command) {
    const std::lock_guard lock(mutex_);
    return asked_[command];
  }

 private:
  void serve() {
    adapters::Poller poller;
    poller.add(*server_);
    poller.add_fd(wake_.fd());
    while (!stops_) {
      for (const adapters::ApiCall& call : server_->poll(16)) {
        const std::lock_guard lock(mutex_);
        ++asked_[call.request.command];
        ApiReply reply = replies_[call.request.command];
        reply.id = call.request.id;
        server_->reply(call.client, reply);
      }
      poller.wait(adapters::kNever);
    }
    server_.reset();
  }

  TempDirectory scratch_;
  adapters::WakeEvent wake_ = *adapters::WakeEvent::make();
  std::mutex mutex_;
  std::map<std::string, ApiReply> replies_;
  std::map<std::string, int> asked_;
  std::atomic<bool> stops_{false};
  std::unique_ptr<adapters::ApiServer> server_;
  std::thread thread_;
};

}  // namespace xianjie::tests
