#include "node/office/duplicates.h"

namespace xianjie::node {

Result<Duplicates> possible_duplicates(broker::ReadTxn& txn) {
  struct Appearance {
    broker::EnvelopeKey key;
    OfficeId first;
  };
  std::map<std::pair<Period, Hash>, std::vector<Appearance>> persons;
  XJ_TRY_VOID(txn.scan(broker::Table::kInbox, {}, {}, [&](const broker::Row& row) {
    const auto inbox = broker::decode_inbox_row(row.value);
    if (inbox && !inbox->copy && inbox->person != Hash{})
      persons[{inbox->period, inbox->person}].push_back({inbox->key, inbox->first});
    return true;
  }));
  Duplicates out;
  for (const auto& [person, appearances] : persons)
    for (const Appearance& one : appearances)
      for (const Appearance& other : appearances)
        if (one.first != other.first) out[one.key].push_back(other.key.id);
  return out;
}

}  // namespace xianjie::node
