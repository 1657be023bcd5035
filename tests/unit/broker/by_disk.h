// A township and its county with disks between them: each a real broker, the test the courier.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/one_broker.h"

namespace xianjie::tests {

inline constexpr ChannelClass kDisk = ChannelClass::kMedia;

class ByDisk : public testing::Test {
 protected:
  // A consignment, written or not, as the office gives it.
  static broker::Consigned give(OneBroker& office, OfficeId to, bool answers_only = false,
                                bool written = true) {
    broker::Export event;
    event.token = 5;
    event.neighbour = to;
    event.expires = office.now.wall + days(14);
    event.answers_only = answers_only;
    const auto effects = office.step({event});
    const broker::Reply& reply = effects.replies.at(0);
    if (!reply.result) return {};
    office.step({broker::Exported{to, reply.consigned.number, written}});
    return reply.consigned;
  }
  // What the other office's import does with the frames; all its effects.
  static broker::Effects take(OneBroker& office, OfficeId from, const broker::Consigned& disk) {
    broker::Effects all;
    const auto note = [&](broker::Effects effects) {
      for (auto& delivered : effects.delivered) all.delivered.push_back(delivered);
      for (auto& alarm : effects.alarms) all.alarms.push_back(std::move(alarm));
      for (auto& send : effects.sends) all.sends.push_back(std::move(send));
      all.receipts += effects.receipts;
    };
    note(office.step({broker::LinkUp{from, kDisk, kDisk}}));
    for (const Bytes& frame : disk.frames) {
      auto decoded = decode_frame(frame);
      XJ_CHECK(decoded.has_value());
      note(office.feed_over(from, kDisk, *decoded));
    }
    note(office.step({broker::LinkDown{from, kDisk}}));
    return all;
  }
  broker::EnvelopeKey submit(OneBroker& office, OfficeId to, Kind kind) {
    broker::SubmitItem item;
    item.row = ++row_;
    item.order = writer_.order(to, kind, office.now.wall);
    const broker::EnvelopeKey key{office.self(), item.order.main.header.id};
    std::vector<broker::Event> events;
    events.emplace_back(broker::Submit{7, Hash{9}, {std::move(item)}});
    office.step(std::move(events));
    return key;
  }
  static std::optional<broker::ConsignmentRow> row_of(OneBroker& office, OfficeId to,
                                                      std::uint64_t number) {
    for (const auto& [key, value] : office.rows(broker::Table::kConsignments))
      if (key == broker::consignment_key(to, number)) return *broker::decode_consignment_row(value);
    return std::nullopt;
  }

  Writer writer_{kTownship};
  OneBroker township{kTownship, kNow};
  OneBroker county{kCounty, kNow};
  std::uint32_t row_ = 0;
};

}  // namespace xianjie::tests
