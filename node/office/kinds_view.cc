#include "node/office/kinds_view.h"

#include <nlohmann/json.hpp>

namespace xianjie::node {

using nlohmann::json;

json kind_view(const routing::KindRow& row) {
  json channels = json::array();
  for (const Word& word : words_of(ChannelClass{}))
    if ((row.channels >> word.number & 1) != 0) channels.push_back(word.word);
  json senders = json::array();
  for (const OfficeTypeRow& type : office_types())
    if (routing::may_send(row.kind, type.type)) senders.push_back(type.word);
  constexpr std::int64_t kDayMs = days(1).ms;
  constexpr std::string_view kSchedules[] = {"at_once", "monthly_gates", "half_year_and_annual",
                                             "nightly", "with_subject"};
  constexpr std::string_view kReaders[] = {"path", "destination", "destination_and_county",
                                           "plain_to_neighbours"};
  return {{"kind", to_word(row.kind)},
          {"name_zh", to_zh(row.kind)},
          {"class", to_word(row.klass)},
          {"class_zh", to_zh(row.klass)},
          {"schedule", kSchedules[static_cast<std::size_t>(row.schedule)]},
          {"lane", to_word(row.lane)},
          {"readers", kReaders[static_cast<std::size_t>(row.readers)]},
          {"channels", channels},
          {"media_to_county", row.media_to_county},
          {"lifetime_days",
           row.lifetime == Duration{} ? json(nullptr) : json(row.lifetime.ms / kDayMs)},
          {"police_copy", row.police_copy},
          {"path_copies", row.path_copies},
          {"senders", senders},
          {"answer_kind",
           row.answer_kind == Kind::kNone ? json(nullptr) : json(to_word(row.answer_kind))},
          {"answer_working_days", row.answer_days},
          {"collect_working_days", row.collect_days},
          {"answer", row.answer}};
}

}  // namespace xianjie::node
