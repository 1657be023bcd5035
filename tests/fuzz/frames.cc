// Link frames: the codec, then what a daemon does with every frame before its turn.
#include <tuple>

#include "broker/prepare.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/nation_fixture.h"

namespace {

using namespace xianjie;

const broker::DirectorySnapshot& home() {
  static const tests::Nation nation;
  return *nation.snapshot();
}

// Field by field for the frames that have more than one.
bool same_frame(const Frame& a, const Frame& b) {
  if (a.index() != b.index()) return false;
  if (const auto* one = std::get_if<Hello>(&a)) {
    const auto fields = [](const Hello& h) {
      return std::tuple(h.version_min, h.version_max, h.office, h.directory_version, h.route_digest,
                        h.store_epoch, h.known_epoch, h.channel_class, h.credit_bytes,
                        h.reply_wanted);
    };
    return fields(*one) == fields(std::get<Hello>(b));
  }
  if (const auto* one = std::get_if<Ack>(&a)) {
    const auto fields = [](const Ack& k) {
      return std::tuple(k.number, k.sender_epoch, k.key, k.time, k.channel_class, k.outcomes,
                        k.signature, k.retry_after_ms);
    };
    return fields(*one) == fields(std::get<Ack>(b));
  }
  if (const auto* one = std::get_if<EnvelopeBatch>(&a)) {
    const auto& other = std::get<EnvelopeBatch>(b);
    return one->number == other.number && one->settled_below == other.settled_below &&
           one->envelopes == other.envelopes;
  }
  if (const auto* one = std::get_if<Records>(&a))
    return one->number == std::get<Records>(b).number &&
           one->records == std::get<Records>(b).records;
  if (const auto* one = std::get_if<Chunk>(&a)) {
    const auto& other = std::get<Chunk>(b);
    return one->id == other.id && one->index == other.index && one->bytes == other.bytes;
  }
  return true;
}

void same_verdicts(const broker::CheckedBatch& first, const broker::CheckedBatch& second) {
  XJ_CHECK(first.envelopes.size() == second.envelopes.size());
  for (std::size_t k = 0; k < first.envelopes.size(); ++k) {
    const broker::CheckedEnvelope& one = first.envelopes[k];
    XJ_CHECK(one.leaf == second.envelopes[k].leaf);
    XJ_CHECK(one.fault.has_value() == second.envelopes[k].fault.has_value());
    if (one.fault) {
      XJ_CHECK(!one.fault->text.empty());
      continue;
    }
    const auto header = decode_header(one.envelope.header);
    XJ_CHECK(header && *header == one.header);
    XJ_CHECK(home().directory.contains(one.header.origin));
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto frame = fuzz::round_trip(input, decode_frame, same_frame);
  broker::StatementCache cache;
  const auto checked = broker::check_frame(input, home(), cache);
  XJ_CHECK(checked.has_value() == frame.has_value());
  if (!checked) return 0;
  XJ_CHECK(!frame_name(*frame).empty());
  const auto repeated = broker::check_frame(input, home(), cache);  // out of the cache
  XJ_CHECK(repeated && repeated->index() == checked->index());
  if (const auto* batch = std::get_if<broker::CheckedBatch>(&*checked))
    same_verdicts(*batch, std::get<broker::CheckedBatch>(*repeated));
  if (const auto* records = std::get_if<broker::CheckedRecords>(&*checked))
    XJ_CHECK(records->records.size() + records->refused ==
             std::get<Records>(*frame).records.size());
  return 0;
}
