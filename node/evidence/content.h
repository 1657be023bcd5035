// What a disclosed payload says, as JSON with the field names of the inbox. Everything personal
// that an evidence file can show comes through here. Read next: schemas/payload.h.
#pragma once

#include <nlohmann/json.hpp>

#include "schemas/payload.h"

namespace xianjie::node::evidence {

nlohmann::json content_json(const Payload& payload);

}  // namespace xianjie::node::evidence
