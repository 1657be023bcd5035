#include "adapters/zmq_dialler.h"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <utility>

namespace xianjie::adapters {
namespace {

using What = broker::Arrival::What;

constexpr std::size_t kDoublingsMax = 20;

std::string_view without_zone(std::string_view address) {
  return address.substr(0, address.find('%'));
}

}  // namespace

ZmqDialler::ZmqDialler(const ZmqContext& context, const LinkIdentity& identity,
                       const LinkTimings& timings, DialTarget target, LinkNotes& notes)
    : context_(&context),
      identity_(&identity),
      timings_(timings),
      target_(std::move(target)),
      notes_(&notes),
      jitter_(std::random_device{}()) {}

Result<ZmqDialler::Line> ZmqDialler::make_line() {
  const std::size_t turn = keys_tried_++ % target_.keys.size();
  const PublicKey& server_key = target_.keys[target_.keys.size() - 1 - turn];
  XJ_TRY(ZmqSocket dealer, ZmqSocket::make(*context_, ZmqSocket::Type::kDealer));
  XJ_TRY_VOID(guard_link_socket(dealer, timings_, target_.interface, target_.endpoint));
  const std::array options{
      ZmqOption{ZMQ_RECONNECT_IVL, -1, "RECONNECT_IVL"},
      ZmqOption{ZMQ_CONNECT_TIMEOUT, static_cast<int>(timings_.connect_timeout.ms),
                "CONNECT_TIMEOUT"},
  };
  XJ_TRY_VOID(dealer.set(options));
  XJ_TRY_VOID(guard_dialling_socket(dealer, *identity_, server_key));
  XJ_TRY(ZmqMonitor monitor, ZmqMonitor::watch(*context_, dealer));
  XJ_TRY_VOID(dealer.connect(target_.endpoint));
  return Line{std::move(dealer), std::move(monitor)};
}

void ZmqDialler::advance(Instant now, Arrivals& out) {
  if (line_ && !take_news(now, out)) hang_up(now, out);
  if (line_ && now - progress_at_ >= timings_.silence_max) {
    notes_->add("silent", to_text(target_.office));
    hang_up(now, out);
  }
  if (line_ || now < retry_at_) return;
  Result<Line> line = make_line();
  if (!line) {
    notes_->add("cannot_dial", to_text(target_.office));
    hang_up(now, out);
    return;
  }
  line_.emplace(std::move(*line));
  progress_at_ = now;
}

bool ZmqDialler::take_news(Instant now, Arrivals& out) {
  while (const auto report = line_->monitor.next()) {
    if (const auto word = audit_word(report->event); !word.empty())
      notes_->add(word, to_text(target_.office));
    switch (report->event) {
      case LinkEvent::kConnected:
        line_->fd = report->value;
        break;
      case LinkEvent::kHandshakeDone:
        came_up(now, out);
        if (!line_->up) return false;
        break;
      case LinkEvent::kHandshakeFailed:
      case LinkEvent::kProtocolFailed:
      case LinkEvent::kAuthFailed:
      case LinkEvent::kEnded:
        return false;
      default:
        break;
    }
  }
  return true;
}

void ZmqDialler::came_up(Instant now, Arrivals& out) {
  std::string address = peer_address_of(line_->fd);
  const Result<Proved> proved = target_.proof.prove(address);
  if (!proved) {
    notes_->add("peer_address", to_text(target_.office));
    return;
  }
  line_->up = true;
  line_->address = std::move(address);
  line_->channel_class = proved->klass;
  progress_at_ = now;
  out.push_back({target_.office, What::kUp, proved->klass, {}, proved->how});
}

void ZmqDialler::hang_up(Instant now, Arrivals& out) {
  if (line_ && line_->up) out.push_back({target_.office, What::kDown, {}, {}});
  line_.reset();
  const std::int64_t doubled = timings_.reconnect_min.ms << std::min(attempts_, kDoublingsMax);
  const std::int64_t longest = std::min(doubled, timings_.reconnect_max.ms);
  std::uniform_int_distribution<std::int64_t> delay(longest / 2, longest);
  retry_at_ = now + milliseconds(delay(jitter_));
  ++attempts_;
}

bool ZmqDialler::read_one(Instant now, Arrivals& out) {
  if (!line_) return false;
  std::optional<ZmqPart> part = line_->dealer.receive();
  if (!part) return false;
  if (part->more) {
    line_->dealer.drop_rest();
    notes_->add("several_parts", to_text(target_.office));
    return true;
  }
  if (part->data.empty() || part->data.size() > kFrameBytesMax) {
    notes_->add("frame_size", to_text(target_.office));
    return true;
  }
  // The handshake is reported before the first frame can be read, perhaps since the last look.
  if (!line_->up && !take_news(now, out)) {
    hang_up(now, out);
    return false;
  }
  if (!line_->up || without_zone(part->peer_address) != line_->address) {
    notes_->add("peer_address", to_text(target_.office));
    return true;
  }
  progress_at_ = now;
  attempts_ = keys_tried_ = 0;
  out.push_back({target_.office, What::kFrame, line_->channel_class, std::move(part->data)});
  return true;
}

bool ZmqDialler::send(ByteView frame) {
  return line_ && line_->up && line_->dealer.send(frame) == ZmqSocket::Sent::kYes;
}

Duration ZmqDialler::due_in(Instant now) const {
  const Instant due = line_ ? progress_at_ + timings_.silence_max : retry_at_;
  return std::max(due - now, Duration{0});
}

void ZmqDialler::add_poll_items(std::vector<PollItem>& items) const {
  if (!line_) return;
  items.push_back({line_->dealer.handle(), -1});
  items.push_back({line_->monitor.handle(), -1});
}

}  // namespace xianjie::adapters
