#include "node/web/http_reply.h"

#include <nlohmann/json.hpp>

#include "node/web/http_answer.h"

namespace xianjie::node {

using httplib::Response;
using nlohmann::json;

void answer(Response& to, const json& value, int status) {
  to.status = status;
  to.set_content(value.dump(-1, ' ', false, json::error_handler_t::replace), kJsonType);
}
void answer_fault(Response& to, const Error& error) {
  const HttpFault fault = http_fault(error);
  answer(to, fault.body, fault.status);
}
void answer(Response& to, const Result<json>& result) {
  if (result)
    answer(to, *result);
  else
    answer_fault(to, result.error());
}

// As a download of this name, .csv or .xlsx.
void send_file(Response& to, const Bytes& bytes, const std::string& name) {
  to.set_header("Content-Disposition", "attachment; filename=\"" + name + "\"");
  to.set_content(std::string(as_text(bytes)),
                 name.ends_with(".csv")
                     ? "text/csv; charset=utf-8"
                     : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
}

}  // namespace xianjie::node
