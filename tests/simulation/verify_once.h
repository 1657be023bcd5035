// Each signature is verified once a run, however many offices look at it: the same bytes under the
// same key are good or bad everywhere. Two thirds of a simulated month were this one function, on
// records that climb through five offices. The product's object code is the daemon's: the linker
// gives this program another crypto_sign_verify_detached (--wrap in CMakeLists.txt).
#pragma once

namespace xianjie::simulation {

void forget_verified();  // when a run begins

}  // namespace xianjie::simulation
