// One handed-in file on its way into the queue: rows checked, resolved, made into orders a slice at
// a time, and the answers put together for the person who handed it in. Pure; the caller seals each
// slice (broker/prepare.h) and runs the turn. Idempotent by submission id: handing the same file in
// again gives every row its first answer. Read next: notice_submission.cc, form_submission.cc.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "broker/event.h"
#include "crypto/key_ring.h"
#include "node/office/attachments.h"
#include "node/office/exchange_plan.h"
#include "node/office/notice_file.h"
#include "node/office/notice_rows.h"
#include "routing/calendar.h"
#include "routing/directory.h"

namespace xianjie::node {

struct SubmissionRequest {
  Kind kind = Kind::kNone;
  Period period;           // not set: the one that a hand-in at `now` belongs to
  std::string submission;  // the caller's id; "": derived from kind, period and bytes
  ByteView file;
  std::vector<Window> freezes{};  // of the exchange test: a township's own requests wait (flow D)
  std::vector<AnnouncedAttachment> attachments{};  // of persons in the file; notices only
};

// The directory's working days; lives as long as the directory.
routing::WorkingDays working_days(const routing::Directory& directory);

class Submission {
 public:
  struct Basis {
    Hash id{};
    std::string name;  // as told to the caller
    Kind kind = Kind::kNone;
    Period period;
    std::shared_ptr<const crypto::KeyRing> keys;
    WallTime now;
    std::vector<Window> freezes{};
    std::vector<AnnouncedAttachment> attachments{};
  };
  // kRefused where the kind is not handed in this way or here, or its period is over.
  static Result<std::unique_ptr<Submission>> begin(const SubmissionRequest& request,
                                                   const crypto::KeyRing& keys,
                                                   const routing::Directory& directory,
                                                   WallTime now);
  virtual ~Submission() = default;
  Submission(const Submission&) = delete;
  Submission& operator=(const Submission&) = delete;

  [[nodiscard]] virtual FileOf file_of() const = 0;
  // Decoded rows, header first; a refusal of the whole file (row 0) finishes the submission.
  virtual void set_rows(std::vector<RawRow> rows) = 0;
  void refuse_whole(NoticeRefusal refusal) { refused_.push_back(std::move(refusal)); }

  struct Slice {
    std::vector<broker::Order> orders;
    std::vector<broker::SubmitItem> items;  // one an order, the sealed part still empty
  };
  // The next rows, at most `orders_max` orders; empty once done.
  virtual Slice next_slice(const routing::Directory& directory, std::size_t orders_max) = 0;
  [[nodiscard]] virtual bool done() const = 0;
  [[nodiscard]] virtual std::size_t file_rows() const = 0;
  // The answers to a slice; items whose order could not be sealed are given with that error.
  void note(const broker::SubmitAnswer& answer);

  [[nodiscard]] const Hash& id() const { return id_; }
  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] Period period() const { return period_; }
  [[nodiscard]] std::size_t rows_done() const { return at_; }
  [[nodiscard]] nlohmann::json answer() const;

 protected:
  explicit Submission(Basis basis);
  // One order of a row: what the answer will say of it.
  void note_order(const broker::SubmitItem& item, OfficeId destination);
  void refuse(std::size_t row, std::string_view field, std::string reason) {
    refused_.push_back({row, std::string(field), std::move(reason)});
  }

  Hash id_{};
  std::string name_;
  Kind kind_ = Kind::kNone;
  Period period_;
  std::shared_ptr<const crypto::KeyRing> keys_;
  WallTime now_;
  std::vector<Window> freezes_;
  std::vector<AnnouncedAttachment> attachments_;
  std::size_t at_ = 0;  // rows read so far
  std::vector<NoticeRefusal> refused_;
  std::vector<NoticeWarning> warnings_;

 private:
  using Part = std::pair<std::size_t, std::uint64_t>;  // row, SubmitItem::part
  struct Meta {
    OfficeId destination;
    std::uint32_t code = 0;
    Confidence confidence = Confidence::kAmbiguous;
    bool assigned = false;
  };
  struct Accepted {
    EnvelopeId id;
    bool repeated = false;
  };
  std::map<Part, Meta> metas_;
  std::map<Part, Accepted> accepted_;
};

}  // namespace xianjie::node
