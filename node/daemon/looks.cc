#include "node/daemon/looks.h"

#include <sys/resource.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "adapters/zmq_socket.h"
#include "node/daemon/guarded.h"

namespace xianjie::node {
namespace {

using broker::Row;
using broker::Table;

constexpr std::size_t kThreads = 2;  // a short look does not wait for a long one
constexpr int kNicer = 5;
constexpr Duration kLookPatience = minutes(2);  // of whoever asks (node/web/api_pool.h)
constexpr Duration kSnapshotAgeMax = milliseconds(50);
constexpr std::size_t kRowsBetweenLooksAtTheClock = 64;

class RenewedRead final : public broker::ReadTxn {
 public:
  RenewedRead(broker::Store& store, const std::atomic<bool>& ends) : store_(store), ends_(ends) {}
  Result<std::optional<ByteView>> get(Table table, ByteView key) override {
    XJ_TRY_VOID(begin());
    return txn_->get(table, key);
  }
  Result<std::uint64_t> count(Table table) override {
    XJ_TRY_VOID(begin());
    return txn_->count(table);
  }
  // A scan within a scan stays in its snapshot: the outer one's row lives there.
  Result<void> scan(Table table, ByteView from, ByteView prefix,
                    const broker::Visit& visit) override {
    if (scanning_ && txn_) return txn_->scan(table, from, prefix, visit);
    scanning_ = true;
    const auto scanned = scan_renewed(table, from, prefix, visit);
    scanning_ = false;
    return scanned;
  }
  void rest() override {
    if (!scanning_) txn_.reset();
  }

 private:
  Result<void> begin() {
    if (txn_) return {};
    XJ_TRY(txn_, store_.read());
    begun_ = adapters::steady_now();
    return {};
  }
  [[nodiscard]] bool is_old() const { return adapters::steady_now() - begun_ > kSnapshotAgeMax; }
  Result<void> scan_renewed(Table table, ByteView from, ByteView prefix,
                            const broker::Visit& visit) {
    Bytes next = to_bytes(from);
    for (bool cut = true; cut;) {
      if (ends_) return fail(ErrorCode::kRetry, "this office's daemon ends");
      if (txn_ && is_old()) txn_.reset();
      XJ_TRY_VOID(begin());
      cut = false;
      std::size_t rows = 0;
      XJ_TRY_VOID(txn_->scan(table, next, prefix, [&](const Row& row) {
        if (++rows % kRowsBetweenLooksAtTheClock == 0 && is_old()) {
          next = to_bytes(row.key);
          cut = true;
          return false;
        }
        return visit(row);
      }));
    }
    return {};
  }

  broker::Store& store_;
  const std::atomic<bool>& ends_;
  std::unique_ptr<broker::ReadTxn> txn_;
  Instant begun_;
  bool scanning_ = false;
};

Result<std::string> text_of(const Looks::Draw& draw, broker::Store& store,
                            const std::atomic<bool>& ends) {
  return guarded<std::string>([&]() -> Result<std::string> {
    const auto drawn = [&] {
      RenewedRead txn(store, ends);
      return draw(txn);
    }();
    if (!drawn) return std::unexpected(drawn.error());
    return drawn->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  });
}

}  // namespace

Result<std::unique_ptr<Looks>> Looks::start(broker::Store& store) {
  XJ_TRY(auto drawn, adapters::WakeEvent::make());
  return std::unique_ptr<Looks>(new Looks(store, std::move(drawn)));
}

Looks::Looks(broker::Store& store, adapters::WakeEvent drawn)
    : store_(store), drawn_event_(std::move(drawn)) {
  for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { work(); });
}

Looks::~Looks() {
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  wanted_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Looks::ask(Draw draw, Then then, bool first) {
  std::unique_lock lock(mutex_);
  if (waiting_.size() >= kWaitingMax && !first) {
    lock.unlock();
    return then(fail(ErrorCode::kRetry, "too many look at this office at once: try again"));
  }
  Look look{std::move(draw), std::move(then), adapters::steady_now()};
  if (first)
    waiting_.push_front(std::move(look));
  else
    waiting_.push_back(std::move(look));
  lock.unlock();
  wanted_.notify_one();
}

void Looks::serve() {
  std::deque<Look> drawn;
  {
    const std::scoped_lock lock(mutex_);
    drawn_event_.clear();
    drawn.swap(drawn_);
  }
  for (Look& look : drawn)
    (void)guarded<void>([&]() -> Result<> {
      look.then(std::move(look.text));
      return {};
    });
}

void Looks::add_poll_items(std::vector<adapters::PollItem>& items) const {
  items.push_back({nullptr, drawn_event_.fd()});
}

void Looks::work() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNicer);
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
    if (ends_) return;
    Look look = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    if (adapters::steady_now() - look.asked > kLookPatience)
      look.text = fail(ErrorCode::kRetry, "this office has too much to draw: try again");
    else
      look.text = text_of(look.draw, store_, ends_);
    lock.lock();
    drawn_.push_back(std::move(look));
    drawn_event_.notify();
  }
}

}  // namespace xianjie::node
