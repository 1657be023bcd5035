#include "adapters/zap.h"

#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <thread>
#include <vector>

namespace xianjie::adapters {
namespace {

// Version, request id, domain, address, identity, mechanism, key.
constexpr std::size_t kRequestParts = 7;

struct Verdict {
  const char* status = "300";
  const char* text = "unknown key";
  std::string user_id;
};

}  // namespace

std::optional<OfficeId> ZapTable::office_of(std::string_view user_id) const {
  const std::optional<Bytes> raw = from_hex(user_id);
  PublicKey key{};
  if (!raw || raw->size() != key.size()) return std::nullopt;
  std::copy(raw->begin(), raw->end(), key.begin());
  const auto found = known.find(key);
  if (found == known.end() || revoked.contains(key)) return std::nullopt;
  return found->second;
}

struct ZapHandler::Impl {
  Impl(ZmqSocket reply, int stop, std::shared_ptr<const ZapTable> first, LinkNotes& log)
      : socket(std::move(reply)), stop_fd(stop), table(std::move(first)), notes(log) {}
  ~Impl() {
    const std::uint64_t one = 1;
    if (::write(stop_fd, &one, sizeof one) == sizeof one && thread.joinable()) thread.join();
    ::close(stop_fd);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void run() {
    std::array<zmq_pollitem_t, 2> items{{{socket.handle(), 0, ZMQ_POLLIN, 0},
                                         {nullptr, stop_fd, ZMQ_POLLIN, 0}}};
    while (true) {
      if (zmq_poll(items.data(), 2, -1) < 0 && zmq_errno() != EINTR) return;
      if ((items[1].revents & ZMQ_POLLIN) != 0) return;
      answer_all();
    }
  }

  void answer_all() {
    while (std::optional<ZmqPart> part = socket.receive()) {
      std::vector<Bytes> parts;
      bool more = part->more;
      parts.push_back(std::move(part->data));
      while (more && parts.size() < kRequestParts) {
        part = socket.receive();
        if (!part) break;
        more = part->more;
        parts.push_back(std::move(part->data));
      }
      if (more) socket.drop_rest();
      const Verdict verdict = judge(parts);
      const ByteView request_id = parts.size() > 1 ? ByteView(parts[1]) : ByteView{};
      socket.send(as_bytes("1.0"), true);
      socket.send(request_id, true);
      socket.send(as_bytes(verdict.status), true);
      socket.send(as_bytes(verdict.text), true);
      socket.send(as_bytes(verdict.user_id), true);
      socket.send({}, false);
    }
  }

  Verdict judge(const std::vector<Bytes>& parts) {
    PublicKey key{};
    if (parts.size() != kRequestParts || as_text(parts[0]) != "1.0" ||
        as_text(parts[2]) != kZapDomain || as_text(parts[5]) != "CURVE" ||
        parts[6].size() != key.size()) {
      notes.add("zap_malformed", "");
      return {};
    }
    std::copy(parts[6].begin(), parts[6].end(), key.begin());
    const std::string_view address = as_text(parts[3]);
    const std::shared_ptr<const ZapTable> now = current();
    if (now->revoked.contains(key)) {
      notes.add("zap_revoked_key", address);
      return {"400", "revoked key", ""};
    }
    if (!now->known.contains(key)) {
      notes.add("zap_unknown_key", address);
      return {};
    }
    return {"200", "", to_hex(key)};
  }

  std::shared_ptr<const ZapTable> current() const {
    const std::lock_guard lock(mutex);
    return table;
  }

  ZmqSocket socket;  // used by the thread alone once it runs
  int stop_fd;
  mutable std::mutex mutex;
  std::shared_ptr<const ZapTable> table;
  LinkNotes& notes;
  std::thread thread;
};

ZapHandler::ZapHandler(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZapHandler::~ZapHandler() = default;

Result<std::unique_ptr<ZapHandler>> ZapHandler::start(const ZmqContext& context,
                                                      std::shared_ptr<const ZapTable> table,
                                                      LinkNotes& notes) {
  XJ_TRY(ZmqSocket socket, ZmqSocket::make(context, ZmqSocket::Type::kRep));
  XJ_TRY_VOID(socket.bind("inproc://zeromq.zap.01"));
  const int stop = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stop < 0) return fail(ErrorCode::kIo, "no event descriptor for the ZAP thread");
  auto impl = std::make_unique<Impl>(std::move(socket), stop, std::move(table), notes);
  impl->thread = std::thread([raw = impl.get()] { raw->run(); });
  return std::unique_ptr<ZapHandler>(new ZapHandler(std::move(impl)));
}

void ZapHandler::swap(std::shared_ptr<const ZapTable> table) {
  const std::lock_guard lock(impl_->mutex);
  impl_->table = std::move(table);
}

std::shared_ptr<const ZapTable> ZapHandler::table() const { return impl_->current(); }

}  // namespace xianjie::adapters
