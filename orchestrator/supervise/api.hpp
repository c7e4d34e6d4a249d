// The control API's words: what a client may ask a supervisor for, and where the answer's events
// go.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "orchestrator/reconcile/desired.hpp"
#include "orchestrator/reconcile/wait_verdict.hpp"
#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/error.hpp"
#include "schemas/vocabulary/event.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace orchestrator {

// POST /v1/up: make the project as this model says.
struct UpRequest {
  std::string model;  // the Spec as JSON text
  WaitFor wait{WaitFor::Started};
  std::optional<schemas::Duration> timeout;  // of the wait
  friend bool operator==(const UpRequest&, const UpRequest&) = default;
};

// POST /v1/down: leave nothing of the project, and end.
struct DownRequest {
  VolumeFate volumes{VolumeFate::Keep};
  std::optional<schemas::Duration> grace;  // instead of each container's own
  friend bool operator==(const DownRequest&, const DownRequest&) = default;
};

// POST /v1/stop: Goal::Stopped, or Goal::Killed for those who cannot wait for the grace time.
struct StopRequest {
  Goal goal{Goal::Stopped};
  friend bool operator==(const StopRequest&, const StopRequest&) = default;
};

// GET /v1/events: everything that happens, until the client goes away.
struct WatchRequest {
  friend bool operator==(const WatchRequest&, const WatchRequest&) = default;
};

using ControlRequest = std::variant<UpRequest, DownRequest, StopRequest, WatchRequest>;

// Where the events of one request go. A client that went away, or that does not read, closes it.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void send(const schemas::Event& event) = 0;  // nothing when it is not open
  virtual void close() = 0;                            // ends the client's stream in good order
  [[nodiscard]] virtual bool open() const = 0;
};

// Who does what the API is asked for: the Supervisor, or a scripted one in tests.
class ControlTarget {
 public:
  virtual ~ControlTarget() = default;

  // Takes the request on: its events go to the sink, which the target closes after the Settled one.
  // A refusal before anything was touched (missing image, bad model, busy) is the Result.
  virtual schemas::Result<> submit(const ControlRequest& request,
                                   std::shared_ptr<EventSink> sink) = 0;

  // GET /v1/status: {version, pid, project, generation, plan, held}.
  [[nodiscard]] virtual schemas::Node status() const = 0;
};

}  // namespace orchestrator
