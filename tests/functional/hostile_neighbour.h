// A neighbour that knows the county's protocol and keeps to none of it: a bare CURVE socket with
// whatever key the test gives it, sending whatever bytes.
#pragma once

#include <gtest/gtest.h>

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
  HostileNeighbour(OfficeId self, const std::string& endpoint) : HostileNeighbour(self, office_keys(self), endpoint) {}
  HostileNeighbour(OfficeId self, const crypto::OfficeKeys& keys, const std::string& endpoint)
      : self_(self),
        context_(must(adapters::ZmqContext::make())),
        dealer_(must(adapters::ZmqSocket::make(context_, adapters::ZmqSocket::Type::kDealer))) {
    adapters::LinkIdentity identity;
    identity.public_key = keys.link_public();
    std::ranges::copy(keys.link_secret(), identity.secret.span().begin());
    adapters::LinkTimings timings;
    EXPECT_TRUE(adapters::guard_link_socket(dealer_, timings, "", ""));
    EXPECT_TRUE(adapters::guard_dialling_socket(dealer_, identity, office_keys(kCounty).link_public()));
    EXPECT_TRUE(dealer_.connect(endpoint));
  }

  // False where no connection takes it.
  bool try_send(const std::vector<Bytes>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (dealer_.send(parts[i], i + 1 < parts.size()) != adapters::ZmqSocket::Sent::kYes) return false;
    return true;
  }
  void send_bytes(const Bytes& bytes) {
    EXPECT_TRUE(eventually([&] { return try_send({bytes}); }));
  }
  void send(const Frame& frame) { send_bytes(encode(frame)); }

  // The next frame of this kind that fits; all others are dropped. Fails the test where none comes.
  template <class T, class Fits>
  T next(const Fits& fits) {
    T found{};
    EXPECT_TRUE(eventually([&] {
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
    }));
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
  void greet() {
    send(hello());
    county_ = next<Hello>([](const Hello& back) { return !back.reply_wanted; });
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

}  // namespace xianjie::tests
