// A notices file from its bytes to checked rows: encoding, CSV or JSON lines, columns, cells, and
// the rehearsal's way of dividing it among the reporting offices.
#include "adapters/csv.h"
#include "node/office/notice_file.h"
#include "node/office/notice_rows.h"
#include "node/office/notice_split.h"
#include "routing/codes.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/node/notice_fixture.h"

namespace {

using namespace xianjie;

// Each row of the file stands in one place, once.
class Rows {
 public:
  explicit Rows(std::size_t count) : seen_(count, false) {}
  void add(std::size_t row) {
    XJ_CHECK(row >= 1 && row <= seen_.size() && !seen_[row - 1]);
    seen_[row - 1] = true;
    ++added_;
  }
  void finish() const { XJ_CHECK(added_ == seen_.size()); }

 private:
  std::vector<bool> seen_;
  std::size_t added_ = 0;
};

bool is_whole_file(const std::vector<node::NoticeRefusal>& refusals) {
  return refusals.size() == 1 && refusals.front().row == 0;
}

void check_refusal(const node::NoticeRefusal& refusal) {
  XJ_CHECK(!refusal.field.empty());
  const std::size_t colon = refusal.reason.find(": ");
  XJ_CHECK(colon != std::string::npos && colon > 0 && colon + 2 < refusal.reason.size());
}

void check_all(const std::vector<node::RawRow>& raw) {
  const node::NoticeBatch batch = node::check_notices(node::test_context(), raw);
  for (const node::NoticeRefusal& refusal : batch.refusals) check_refusal(refusal);
  if (is_whole_file(batch.refusals)) return;
  Rows rows(batch.rows_read);
  for (const node::NoticeRefusal& refusal : batch.refusals) rows.add(refusal.row);
  for (const node::NoticeRow& row : batch.rows) {
    rows.add(row.row);
    fuzz::note_accepted();
    const auto code = routing::find_code(row.resolution.code);
    XJ_CHECK(code && code->status == routing::CodeStatus::kCurrent);
    const auto payload = decode_payload(encode(Payload{row.payload}));
    XJ_CHECK(payload && *payload == Payload{row.payload});  // the township can read it
  }
  rows.finish();
}

void split_all(const std::vector<node::RawRow>& raw) {
  const node::NoticeSplit split = node::split_notices(raw, node::find_test_office);
  for (const node::NoticeRefusal& refusal : split.refusals) check_refusal(refusal);
  if (is_whole_file(split.refusals)) return;
  Rows rows(split.rows_read);
  for (const node::NoticeRefusal& refusal : split.refusals) rows.add(refusal.row);
  for (const node::NoticePart& part : split.parts) {
    for (const std::size_t row : part.rows) rows.add(row);
    auto part_rows = node::read_notice_bytes(as_bytes(part.csv));
    XJ_CHECK(part_rows.has_value());
    const auto file = node::read_notice_file(std::move(*part_rows));
    XJ_CHECK(file && file->rows.size() == part.rows.size());  // else a refusal names another row
    for (const node::RawRow& row : file->rows) XJ_CHECK(!file->columns.shape_fault(row));
  }
  rows.finish();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto raw = node::read_notice_bytes({data, size});
  if (!raw) {
    check_refusal(raw.error());
    return 0;
  }
  check_all(*raw);
  split_all(*raw);
  return 0;
}
