// RAII over libzmq's C interface: a context, a socket, one received part with what the library
// knows about its sender. Nothing here blocks. A socket belongs to one thread; it may be handed
// over, never shared. libzmq's own header stays in the .cc files. Read next: zmq_guard.h.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "schemas/bytes.h"
#include "schemas/result.h"
#include "schemas/time.h"

namespace xianjie::adapters {

// Monotonic, for reconnects and silence.
Instant steady_now();

class ZmqContext {
 public:
  static Result<ZmqContext> make();
  ~ZmqContext();  // every socket of it must be closed before
  ZmqContext(ZmqContext&& other) noexcept;
  ZmqContext& operator=(ZmqContext&&) = delete;
  [[nodiscard]] void* handle() const { return handle_; }

 private:
  explicit ZmqContext(void* handle) : handle_(handle) {}
  void* handle_ = nullptr;
};

struct ZmqPart {
  Bytes data;
  bool more = false;          // further parts of the same message follow
  std::string user_id;        // what ZAP said of the sender's key; "" where there is no ZAP
  std::string peer_address;   // numeric, without port
  int fd = -1;                // the connection's descriptor, to match with monitor events
};

struct ZmqOption {
  int option = 0;  // a ZMQ_ constant of type int
  int value = 0;
  const char* name = "";
};

class ZmqSocket {
 public:
  enum class Type { kRouter, kDealer, kPair, kRep };
  // kFull: no room, or no connection; kGone: unknown routing id.
  enum class Sent { kYes, kFull, kGone };

  static Result<ZmqSocket> make(const ZmqContext& context, Type type);
  ~ZmqSocket();
  ZmqSocket(ZmqSocket&& other) noexcept;
  ZmqSocket& operator=(ZmqSocket&& other) noexcept;

  Result<void> set(std::span<const ZmqOption> options);
  Result<void> set(const ZmqOption& option) { return set({&option, 1}); }
  Result<void> set_bytes(int option, ByteView value, const char* name);
  Result<void> set_size(int option, std::int64_t value, const char* name);
  Result<void> bind(const std::string& endpoint);
  Result<void> connect(const std::string& endpoint);
  [[nodiscard]] std::string last_endpoint() const;

  Sent send(ByteView part, bool more = false);
  std::optional<ZmqPart> receive();
  // Takes the rest of a message whose last part said `more`; how many parts that were.
  std::size_t drop_rest();
  [[nodiscard]] void* handle() const { return handle_; }

 private:
  explicit ZmqSocket(void* handle) : handle_(handle) {}
  void close();
  void* handle_ = nullptr;
};

}  // namespace xianjie::adapters
