// Events: what happened, one line each, for the user's terminal, the journal and the API.
#pragma once

#include <cstdint>
#include <string>

#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace schemas {

enum class EventKind : std::uint8_t {
  Step,     // a step of a plan was performed: text is its describe(), reason says why
  Failed,   // a step failed: text is the error with its frames
  Held,     // a container waits: reason says for what
  State,    // a container changed its state: "running", "exited with code 1", "healthy"
  Warning,  // worth knowing, nothing to do
  Settled,  // nothing is left to do for this `up`: the end of its stream; text names a failure or
            // is empty
};

// One event. `subject` is the container, network or volume it is about.
struct Event {
  EventKind kind{EventKind::Step};
  WallTime time{};
  std::string subject;
  std::string text;
  std::string reason;
  friend bool operator==(const Event&, const Event&) = default;
};

[[nodiscard]] Node write_event(const Event& event);
[[nodiscard]] Result<Event> read_event(const Node& node);

}  // namespace schemas
