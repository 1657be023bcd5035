// Where the kinds table meets the channels (DESIGN section 6): what a link may carry is asked
// before it leaves (sending.cc, records.cc) and again when it has come (custody.cc, records.cc), so
// that an office that lies about its channel is found out at the other end. A channel that the
// directory does not even promise is said at acceptance.
#include "broker/broker.h"
#include "routing/channels.h"
#include "routing/kinds.h"

namespace xianjie::broker {

// Why no channel that the directory gives this office and `next`, nor a disk, could carry the kind;
// "" where one could, or where the directory names no channels.
std::string Broker::never_allowed(Kind kind, OfficeId next) {
  const auto best = best_classes_.find(next);
  std::optional<ChannelClass> klass;
  if (best != best_classes_.end())
    klass = best->second;
  else
    klass = best_classes_[next] = routing::best_class_between(snapshot_->directory, self(), next);
  const auto allowed = [&](ChannelClass channel) {
    return routing::channel_allowed(kind, channel, self().type(), next.type());
  };
  if (!klass || allowed(*klass) || allowed(ChannelClass::kMedia) || allowed(ChannelClass::kFerry))
    return "";
  return "channel: " + std::string(to_word(kind)) + " may use " + routing::channels_text(kind) +
         ", the directory has only " + std::string(to_word(*klass)) + " to " + to_text(next);
}

// Somebody lies about a channel, or sends what it may not: no retry helps, a person must look.
void Broker::alarm_refused_channel(Turn& turn, LinkId over, std::string_view what) {
  std::string text = "channel_refused: " + to_text(over.neighbour) + " sent over " +
                     std::string(to_word(link_of(over).channel_class)) + " what may not use it: ";
  text += what;
  audit(turn, "channel_refused", text);
  turn.effects.alarms.push_back(std::move(text));
}

}  // namespace xianjie::broker
