// The people who get notices: the township checks the person, or returns whoever does not belong
// there; a desk above assigns or sends upward; population-police finds the person or does not
// (flows A8, A9, C). They err now and then, and their errors must end well too.
#pragma once

#include "node/office/continuation.h"
#include "tests/simulation/people.h"
#include "tests/simulation/requests.h"

namespace xianjie::simulation {

class Desk {
 public:
  Desk(People& people, Requests& requests) : people_(people), requests_(requests) {}
  void handle(const node::Item& item);

 private:
  struct Case {
    const node::Item& item;
    const node::OpenedNotice& opened;
    const Notice& notice;
    OfficeId truth;  // where the person belongs, as the offices are now
  };
  void check(const Case& one, CheckOutcome outcome);
  void send_back(const Case& one);
  void assign(const Case& one);
  [[nodiscard]] bool returned_by(const Case& one, OfficeId office) const;
  [[nodiscard]] std::string code_for(const Case& one);
  [[nodiscard]] std::vector<OfficeId> townships_below() const;

  People& people_;
  Requests& requests_;
};

}  // namespace xianjie::simulation
