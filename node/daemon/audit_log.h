// The audit log as looks read it: what the store still has, and the lines of a record.
#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/store.h"
#include "schemas/bytes.h"

namespace xianjie::node {

// The audit rows that the store still has, by number. Take it before ArchiveFiles::view(): what is
// archived in between stands in both, and never in neither.
inline Result<std::vector<std::pair<std::uint64_t, Bytes>>> not_archived(broker::ReadTxn& txn) {
  std::vector<std::pair<std::uint64_t, Bytes>> out;
  XJ_TRY_VOID(txn.scan(broker::Table::kAudit, {}, {}, [&](const broker::Row& row) {
    out.emplace_back(Decoder(row.key).u64(), to_bytes(row.value));
    return true;
  }));
  txn.rest();
  return out;
}

// Records that hold evidence, not lines, begin with these (broker/kept.h).
inline bool holds_lines(ByteView record) {
  return !record.empty() && record[0] != 'R' && record[0] != 'E' && record[0] != 'B';
}

// Of a record that holds lines, each without its end.
template <class Visit>
void for_each_line(ByteView record, const Visit& visit) {
  for (std::string_view text = as_text(record); !text.empty();) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace xianjie::node
