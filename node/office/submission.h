// One handed-in file on its way into the queue: rows checked, resolved, made into orders a slice at
// a time, and the answers put together for the person who handed it in. Pure; the caller seals each
// slice (broker/prepare.h) and runs the turn. Idempotent by submission id: handing the same file in
// again gives every row its first answer.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "broker/event.h"
#include "crypto/keys.h"
#include "node/office/notice_rows.h"
#include "routing/directory.h"

namespace xianjie::node {

struct SubmissionRequest {
  Kind kind = Kind::kNone;
  Period period;           // not set: the one that a hand-in at `now` belongs to
  std::string submission;  // the caller's id; "": derived from kind, period and bytes
  ByteView file;
};

class Submission {
 public:
  // kRefused where the kind is not handed in this way or its period is over.
  static Result<Submission> begin(const SubmissionRequest& request, const crypto::OfficeKeys& keys,
                                  const routing::Directory& directory, WallTime now);
  // Decoded rows, header first; a refusal of the whole file (row 0) finishes the submission.
  void set_rows(std::vector<RawRow> rows);
  void refuse_whole(NoticeRefusal refusal);

  struct Slice {
    std::vector<broker::Order> orders;
    std::vector<broker::SubmitItem> items;  // one an order, the sealed part still empty
  };
  // The next rows, at most `rows_max`; empty once done.
  Slice next_slice(const routing::Directory& directory, std::size_t rows_max);
  [[nodiscard]] bool done() const { return at_ >= file_rows(); }
  // The answers to a slice; items whose order could not be sealed are given with that error.
  void note(const broker::SubmitAnswer& answer);

  [[nodiscard]] const Hash& id() const { return id_; }
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] Period period() const { return period_; }
  [[nodiscard]] std::size_t file_rows() const { return file_ ? file_->rows.size() : 0; }
  [[nodiscard]] std::size_t rows_done() const { return at_; }
  [[nodiscard]] nlohmann::json answer() const;

 private:
  struct Accepted {
    EnvelopeId id;
    bool repeated = false;
  };
  struct Meta {
    OfficeId destination;
    std::uint32_t code = 0;
    Confidence confidence = Confidence::kAmbiguous;
    bool assigned = false;
  };
  Submission() = default;
  void warn_of_next_period(std::size_t row, const NoticePayload& payload,
                           std::vector<NoticeWarning>& warnings) const;

  Hash id_{};
  std::string name_;  // as told to the caller
  Kind kind_ = Kind::kNone;
  Period period_;
  bool joins_next_ = false;  // handed in after the end of the 10th
  OfficeId office_;
  Date today_;
  const crypto::OfficeKeys* keys_ = nullptr;
  std::optional<NoticeFile> file_;
  std::size_t at_ = 0;
  std::vector<NoticeRefusal> refused_;
  std::vector<NoticeWarning> warnings_;
  std::map<std::size_t, Meta> metas_;
  std::map<std::size_t, Accepted> accepted_;
};

}  // namespace xianjie::node
