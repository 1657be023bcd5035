// What a bug of ours throws while a command is served or a page drawn: logged, an error for whoever
// asked, and no reason for mail to stand still.
#pragma once

#include <exception>
#include <string>

#include "node/daemon/log.h"
#include "schemas/result.h"

namespace xianjie::node {

template <class T, class Work>
Result<T> guarded(const Work& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    log(LogEvent::kViewFailed, error.what());
    return fail(ErrorCode::kIo, std::string("a fault of this program: ") + error.what());
  }
}

}  // namespace xianjie::node
