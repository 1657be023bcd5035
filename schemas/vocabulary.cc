#include "schemas/vocabulary.h"

#include <array>

namespace xianjie {
inline namespace schemas {
namespace {

template <class E>
constexpr Word word(E value, std::string_view english, std::string_view chinese) {
  return {static_cast<std::uint8_t>(value), english, chinese};
}

constexpr std::array kKinds{
    word(Kind::kPreReleaseNotice, "pre_release_notice", "预释放人员信息"),
    word(Kind::kAdHocReport, "ad_hoc_report", "随时上报"),
    word(Kind::kArrivalReport, "arrival_report", "衔接反馈"),
    word(Kind::kUnlinkedReturn, "unlinked_return", "未衔接人员上报"),
    word(Kind::kAssistanceRequest, "assistance_request", "协查信息"),
    word(Kind::kAssistanceFeedback, "assistance_feedback", "协查反馈"),
    word(Kind::kCollaborationNotice, "collaboration_notice", "网络化协作通报"),
    word(Kind::kStatisticalReport, "statistical_report", "统计信息上报"),
    word(Kind::kDetailedReport, "detailed_report", "详细信息上报"),
    word(Kind::kWorkOrder, "work_order", "工单"),
    word(Kind::kWorkOrderFeedback, "work_order_feedback", "办理反馈"),
    word(Kind::kAlert, "alert", "越界告警"),
    word(Kind::kNotice, "notice", "通知"),
    word(Kind::kRecordBatch, "record_batch", "数据同步批次"),
    word(Kind::kAttachment, "attachment", "附件"),
    word(Kind::kCheckResult, "check_result", "核查结果"),
    word(Kind::kManifest, "manifest", "交接清单"),
    word(Kind::kDirectoryUpdate, "directory_update", "机构目录更新"),
    word(Kind::kExchangeTest, "exchange_test", "跨省信息交换测试"),
    word(Kind::kReceipt, "receipt", "回执"),
};
constexpr std::array kClasses{
    word(Class::kStatistical, "statistical", "统计信息"),
    word(Class::kInternal, "internal", "内部信息"),
    word(Class::kPersonal, "personal", "个人信息"),
    word(Class::kDetailed, "detailed", "详细信息"),
    word(Class::kControl, "control", "系统报文"),
};
constexpr std::array kLanes{
    word(Lane::kUrgent, "urgent", "紧急"),
    word(Lane::kNormal, "normal", "普通"),
    word(Lane::kBulk, "bulk", "批量"),
};
constexpr std::array kChannelClasses{
    word(ChannelClass::kPublic, "public", "公网"),
    word(ChannelClass::kVpn, "vpn", "VPN网络"),
    word(ChannelClass::kDedicated, "dedicated", "内部专用网络"),
    word(ChannelClass::kMedia, "media", "介质盘"),
    word(ChannelClass::kFerry, "ferry", "网闸摆渡"),
};
constexpr std::array kProofs{
    word(Proof::kProved, "proved", "已证实"),
    word(Proof::kAttested, "attested", "经声明"),
    word(Proof::kRehearsal, "rehearsal", "演练"),
};
constexpr std::array kStates{
    word(State::kGated, "gated", "待放行"),
    word(State::kReady, "ready", "待发送"),
    word(State::kSent, "sent", "已发待确认"),
    word(State::kDeferred, "deferred", "待重发"),
    word(State::kHeld, "held", "已挂起"),
    word(State::kInbox, "inbox", "待办"),
    word(State::kSettled, "settled", "已办结"),
    word(State::kDead, "dead", "无法投递"),
    word(State::kCorrupt, "corrupt", "已损坏(隔离)"),
};
constexpr std::array kReceiptTypes{
    word(ReceiptType::kAccepted, "accepted", "已登记"),
    word(ReceiptType::kDelivered, "delivered", "已送达"),
    word(ReceiptType::kCollected, "collected", "已签收"),
    word(ReceiptType::kProcessed, "processed", "已办理"),
    word(ReceiptType::kReturned, "returned", "已退回"),
    word(ReceiptType::kRejected, "rejected", "已拒收"),
    word(ReceiptType::kExpired, "expired", "已失效"),
};
constexpr std::array kConfidences{
    word(Confidence::kExact, "exact", "代码相符"),
    word(Confidence::kSuccessor, "successor", "区划变更换算"),
    word(Confidence::kAddress, "address", "地址匹配"),
    word(Confidence::kIdPrefix, "id_prefix", "身份证前六位推定"),
    word(Confidence::kAmbiguous, "ambiguous", "待人工指派"),
};
constexpr std::array kStepActions{
    word(StepAction::kAssigned, "assigned", "指派"),
    word(StepAction::kReturned, "returned", "退回"),
    word(StepAction::kDistributed, "distributed", "二次分发"),
    word(StepAction::kMoved, "moved", "机构变更"),
};
constexpr std::array kReturnReasons{
    word(ReturnReason::kNotOurs, "not-ours", "不属本辖区"),
    word(ReturnReason::kNotFound, "not-found", "查无此人"),
    word(ReturnReason::kFalseIdentity, "false-identity", "身份不实"),
    word(ReturnReason::kFound, "found", "已查明"),
};
constexpr std::array kAttachmentTypes{
    word(AttachmentType::kPhotograph, "photograph", "照片"),
    word(AttachmentType::kFingerprint, "fingerprint", "指纹"),
    word(AttachmentType::kDocument, "document", "扫描件"),
};
constexpr std::array kStandingColumns{
    word(StandingColumn::kAccepted, "accepted", "已登记"),
    word(StandingColumn::kDelivered, "delivered", "已送达"),
    word(StandingColumn::kReturned, "returned", "已退回"),
    word(StandingColumn::kHeld, "held", "已挂起"),
    word(StandingColumn::kInTransit, "in_transit", "在途"),
    word(StandingColumn::kOwnArea, "own_area", "属本辖区"),
    word(StandingColumn::kUnlinked, "unlinked", "未衔接"),
    word(StandingColumn::kUnchecked, "unchecked", "未核查"),
    word(StandingColumn::kNoCopy, "no_copy", "无抄送"),
    word(StandingColumn::kCopiesAccepted, "copies_accepted", "抄送已登记"),
    word(StandingColumn::kCopiesDelivered, "copies_delivered", "抄送已送达"),
    word(StandingColumn::kCopiesReturned, "copies_returned", "抄送已退回"),
    word(StandingColumn::kCopiesHeld, "copies_held", "抄送已挂起"),
    word(StandingColumn::kCopiesInTransit, "copies_in_transit", "抄送在途"),
    word(StandingColumn::kContinued, "continued", "转办"),
    word(StandingColumn::kReceived, "received", "已接收"),
    word(StandingColumn::kOpen, "open", "待办"),
    word(StandingColumn::kPassedOn, "passed_on", "已转出"),
    word(StandingColumn::kWaiting, "waiting", "待转出"),
    word(StandingColumn::kStopped, "stopped", "挂起待处理"),
    word(StandingColumn::kLate, "late", "迟报"),
    word(StandingColumn::kManifests, "manifests", "交接清单"),
    word(StandingColumn::kManifestsAgreed, "manifests_agreed", "清单相符"),
    word(StandingColumn::kManifestsDiffer, "manifests_differ", "清单不符"),
    word(StandingColumn::kManifestsMissing, "manifests_missing", "清单未到"),
    word(StandingColumn::kCheckedInTime, "checked_in_time", "按期核查"),
    word(StandingColumn::kCheckedLate, "checked_late", "逾期核查"),
    word(StandingColumn::kFoundUnlinked, "found_unlinked", "核为未衔接"),
    word(StandingColumn::kOverdueChecks, "overdue_checks", "逾期未核查"),
    word(StandingColumn::kOverdueArrivals, "overdue_arrivals", "逾期未衔接反馈"),
    word(StandingColumn::kOverdueAnswers, "overdue_answers", "逾期未反馈"),
    word(StandingColumn::kUncollected, "uncollected", "逾期未签收"),
    word(StandingColumn::kOverdueReports, "overdue_reports", "逾期未报"),
    word(StandingColumn::kAlarmsCritical, "alarms_critical", "严重告警"),
    word(StandingColumn::kAlarmsWarning, "alarms_warning", "警告"),
    word(StandingColumn::kQueued, "queued", "队列中"),
    word(StandingColumn::kHeldHere, "held_here", "已挂起"),
    word(StandingColumn::kOldestSeconds, "oldest_seconds", "最长等待(秒)"),
    word(StandingColumn::kInboxOpen, "inbox_open", "待办"),
};
constexpr std::array kManifestStates{
    word(ManifestState::kSent, "sent", "已发待核"),
    word(ManifestState::kAgreed, "agreed", "相符"),
    word(ManifestState::kListing, "listing", "逐件核对"),
    word(ManifestState::kDiffers, "differs", "不符"),
};
constexpr std::array kClockDoubts{
    word(ClockDoubt::kNone, "none", "可信"),
    word(ClockDoubt::kUnsynchronised, "unsynchronised", "未与时间源同步"),
    word(ClockDoubt::kBehind, "behind", "早于本单位已到过的时间"),
    word(ClockDoubt::kNeighbours, "neighbours", "与相邻单位的时间不一致"),
};

}  // namespace

std::span<const Word> words_of(Kind) {
  return kKinds;
}
std::span<const Word> words_of(Class) {
  return kClasses;
}
std::span<const Word> words_of(Lane) {
  return kLanes;
}
std::span<const Word> words_of(ChannelClass) {
  return kChannelClasses;
}
std::span<const Word> words_of(Proof) {
  return kProofs;
}
std::span<const Word> words_of(State) {
  return kStates;
}
std::span<const Word> words_of(ReceiptType) {
  return kReceiptTypes;
}
std::span<const Word> words_of(Confidence) {
  return kConfidences;
}
std::span<const Word> words_of(StepAction) {
  return kStepActions;
}
std::span<const Word> words_of(ReturnReason) {
  return kReturnReasons;
}
std::span<const Word> words_of(AttachmentType) {
  return kAttachmentTypes;
}
std::span<const Word> words_of(StandingColumn) {
  return kStandingColumns;
}
std::span<const Word> words_of(ManifestState) {
  return kManifestStates;
}
std::span<const Word> words_of(ClockDoubt) {
  return kClockDoubts;
}

bool is_terminal(ReceiptType type) {
  return type == ReceiptType::kProcessed || type == ReceiptType::kReturned ||
         type == ReceiptType::kRejected || type == ReceiptType::kExpired;
}

}  // namespace schemas
}  // namespace xianjie
