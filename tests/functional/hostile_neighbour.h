// A neighbour that knows the county's protocol and keeps to none of it: a bare CURVE socket with
// whatever key the test gives it, sending whatever bytes.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "adapters/zmq_guard.h"
#include "adapters/zmq_socket.h"
#include "tests/support/one_broker.h"
#include "tests/support/process.h"

namespace xianjie::tests {

template <class T>
T must(Result<T> result) {
  XJ_CHECK(result.has_value());
  return std::move(*result);
}

class HostileNeighbour {
 public:
  // The office's real link key, unless another one's is given.
  HostileNeighbour(OfficeId self, const std::string& endpoint)
      : HostileNeighbour(self, office_keys(self), endpoint) {}
  HostileNeighbour(OfficeId self, const crypto::OfficeKeys& keys, const std::string& endpoint)
      : self_(self),
        context_(must(adapters::ZmqContext::make())),
        dealer_(must(adapters::ZmqSocket::make(context_, adapters::ZmqSocket::Type::kDealer))) {
    adapters::LinkIdentity identity;
    identity.public_key = keys.link_public();
    std::ranges::copy(keys.link_secret(), identity.secret.span().begin());
    adapters::LinkTimings timings;
    EXPECT_TRUE(adapters::guard_link_socket(dealer_, timings, "", ""));
    EXPECT_TRUE(
        adapters::guard_dialling_socket(dealer_, identity, office_keys(kCounty).link_public()));
    EXPECT_TRUE(dealer_.connect(endpoint));
  }

  // False where no connection takes it.
  bool try_send(const std::vector<Bytes>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (dealer_.send(parts[i], i + 1 < parts.size()) != adapters::ZmqSocket::Sent::kYes)
        return false;
    return true;
  }
  void send_bytes(const Bytes& bytes) {
    EXPECT_TRUE(eventually([&] { return try_send({bytes}); }));
  }
  void send(const Frame& frame) { send_bytes(encode(frame)); }

  // The next frame of this kind that fits; all others are dropped. Fails the test where none comes.
  template <class T, class Fits>
  T next(const Fits& fits) {
    const auto found = wait_for<T>(fits, 60);
    EXPECT_TRUE(found) << "no such frame came";
    return found.value_or(T{});
  }
  // Empty where none comes within so many seconds.
  template <class T, class Fits>
  std::optional<T> wait_for(const Fits& fits, int seconds_max) {
    std::optional<T> found;
    eventually(
        [&] {
          while (const auto part = dealer_.receive()) {
            const auto frame = decode_frame(part->data);
            if (!frame) {
              ADD_FAILURE() << "the county sent bytes that are no frame";
              continue;
            }
            if (const auto* pong = std::get_if<Pong>(&*frame)) pongs.push_back(pong->nonce);
            if (const auto* body = std::get_if<T>(&*frame); body != nullptr && fits(*body)) {
              found = *body;
              return true;
            }
          }
          return false;
        },
        seconds_max);
    return found;
  }

  [[nodiscard]] Hello hello() const {
    Hello hello;
    hello.office = self_;
    hello.directory_version = 1;
    hello.store_epoch = epoch_of(self_);
    hello.channel_class = ChannelClass::kVpn;
    hello.credit_bytes = kLinkCreditBytes;
    return hello;
  }
  // Said again, as offices do: a hello into a connection that is just ending is lost.
  void greet() {
    std::optional<Hello> back;
    for (int tries = 0; tries < 12 && !back; ++tries) {
      send(hello());
      back = wait_for<Hello>([](const Hello& answer) { return !answer.reply_wanted; }, 5);
    }
    EXPECT_TRUE(back) << "no hello came back";
    county_ = back.value_or(Hello{});
  }
  // That everything sent before has gone through a turn.
  void settle() {
    send(Ping{++nonce_});
    next<Pong>([&](const Pong& pong) { return pong.nonce == nonce_; });
  }
  Ack give(const std::vector<Envelope>& envelopes) { return give(++number_, envelopes); }
  Ack give(std::uint64_t number, const std::vector<Envelope>& envelopes) {
    send(EnvelopeBatch{number, 0, envelopes});
    return next<Ack>([&](const Ack& ack) { return ack.number == number; });
  }
  // False where no acknowledgement comes because the county is gone.
  bool try_give(const std::vector<Envelope>& envelopes, const std::function<bool()>& gone) {
    const std::uint64_t number = ++number_;
    send(EnvelopeBatch{number, 0, envelopes});
    bool taken = false;
    EXPECT_TRUE(eventually([&] {
      for (auto part = dealer_.receive(); part && !taken; part = dealer_.receive()) {
        const auto frame = decode_frame(part->data);
        const auto* ack = frame ? std::get_if<Ack>(&*frame) : nullptr;
        taken = ack != nullptr && ack->number == number;
      }
      return taken || gone();
    }));
    return taken;
  }
  void skip_numbers(std::uint64_t count) { number_ += count; }
  [[nodiscard]] std::uint64_t last_number() const { return number_; }
  [[nodiscard]] const Hello& county() const { return county_; }

  std::vector<std::uint64_t> pongs;  // nonces, as they came

 private:
  OfficeId self_;
  adapters::ZmqContext context_;
  adapters::ZmqSocket dealer_;
  Hello county_;
  std::uint64_t number_ = 0, nonce_ = 1000;
};

// A connection that speaks no ZMTP, or stops in the middle of it. Open until the test ends.
class RawConnection {
 public:
  RawConnection(const std::string& endpoint, std::string_view bytes)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  ~RawConnection() { ::close(fd_); }

 private:
  int fd_;
};

inline std::string zmtp_greeting(std::string_view mechanism) {
  std::string out = std::string("\xff\0\0\0\0\0\0\0\1\x7f\3\0", 12) + std::string(mechanism);
  out.resize(64);
  return out;
}

}  // namespace xianjie::tests
