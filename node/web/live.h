// Live pages: one thread asks the daemon for what any page looks at, each call once for all of its
// viewers, and wakes them when an answer has changed. Nobody looks: nothing is asked.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "node/web/api_pool.h"
#include "schemas/time.h"

namespace xianjie::node {

inline constexpr std::size_t kViewersMax = 48, kCallsPerViewerMax = 8;

// A command with its options, as a page names it: "queue.list" or "due?overdue=1".
struct LiveCall {
  std::string name;  // as it was asked for; answers carry it
  ApiRequest request;
  Duration every{};
  bool counted = false;  // first what is known, at once, then what is so
};

class Live {
 public:
  explicit Live(ApiPool& api);
  ~Live();

  // One viewer for as long as it exists.
  class View {
   public:
    ~View();
    View(const View&) = delete;
    View& operator=(const View&) = delete;
    // Server-sent events of what has changed since the last call; empty after `wait` without any.
    std::string next(Duration wait);

   private:
    friend class Live;
    View(Live& live, std::vector<LiveCall> calls);
    Live& live_;
    std::vector<std::string> names_;
    std::map<std::string, std::uint64_t> seen_;
  };
  // None where kViewersMax look already.
  std::shared_ptr<View> view(std::vector<LiveCall> calls);
  void end();  // every viewer wakes and goes
  [[nodiscard]] bool ended();

 private:
  struct Entry {
    ApiRequest request;
    Duration every{};
    bool counted = false;
    Instant due;
    std::size_t viewers = 0;
    std::string data;           // of the event
    std::uint64_t version = 0;  // 0: nothing yet
  };
  void ask();
  static std::string event_of(const std::string& name, const Result<ApiReply>& reply);

  ApiPool& api_;
  std::mutex mutex_;
  std::condition_variable changed_, wanted_;
  std::map<std::string, Entry> entries_;
  std::size_t viewers_ = 0;
  std::uint64_t version_ = 0;
  bool ends_ = false;
  std::thread asker_;
};

}  // namespace xianjie::node
