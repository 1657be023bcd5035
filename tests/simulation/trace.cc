#include "tests/simulation/trace.h"

#include <ostream>

#include "schemas/link.h"
#include "schemas/record.h"

namespace xianjie::simulation {
namespace {

void print(std::ostream& out, const EnvelopeBatch& batch) {
  for (const Envelope& envelope : batch.envelopes)
    if (const auto header = decode_header(envelope.header)) out << ' ' << to_text(header->id);
}

void print(std::ostream& out, const Ack& ack) {
  for (const AckOutcome outcome : ack.outcomes) out << ' ' << static_cast<int>(outcome);
}

void print(std::ostream& out, const Records& records) {
  for (const SignedRecord& each : records.records) {
    const auto record = decode_record_body(each.body);
    if (!record) continue;
    out << " [" << static_cast<int>(record->type) << ' ' << to_text(record->issuer) << " to "
        << to_text(record->target);
    for (const Receipt& receipt : record->receipts)
      out << ' ' << to_text(receipt.id) << '=' << static_cast<int>(receipt.type);
    for (const InquiryEntry& inquiry : record->inquiries) out << ' ' << to_text(inquiry.id) << '?';
    out << ']';
  }
}

template <typename Body>
void print(std::ostream&, const Body&) {}

}  // namespace

void print_turn(std::ostream& out, WallTime moment, OfficeId office,
                const Result<broker::Effects>& effects) {
  out << to_text(moment) << ' ' << to_text(office);
  if (!effects) {
    out << " failed: " << effects.error().text << '\n';
    return;
  }
  for (const broker::Send& send : effects->sends) {
    const auto frame = decode_frame(send.frame);
    out << ' ' << (frame ? frame_name(*frame) : "?") << "→" << to_text(send.neighbour);
    if (frame) std::visit([&](const auto& body) { print(out, body); }, *frame);
  }
  for (const broker::Delivered& item : effects->delivered)
    out << " delivered " << to_text(item.key.id);
  for (const std::string& alarm : effects->alarms) out << " [" << alarm << ']';
  out << '\n';
}

}  // namespace xianjie::simulation
