// Control API requests as text: reads what a client sent and writes what ours sends. Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "orchestrator/supervise/api.hpp"

namespace orchestrator {

// GET /v1/status: answered at once, with no events.
struct StatusRequest {
  friend bool operator==(const StatusRequest&, const StatusRequest&) = default;
};

using ApiRequest = std::variant<ControlRequest, StatusRequest>;

// Method ("POST"), target ("/v1/up") and body of one HTTP request. NotFound: no such path;
// Invalid: the path is asked with another method, or the body is not what it takes.
[[nodiscard]] schemas::Result<ApiRequest> read_control_request(std::string_view method,
                                                               std::string_view target,
                                                               std::string_view body);

// The same three things for a client to send.
struct RequestText {
  std::string method;
  std::string target;
  std::string body;  // empty for GET
};
[[nodiscard]] RequestText write_control_request(const ApiRequest& request);

// The HTTP status that an error becomes, and its JSON body {"error":{"kind","text"}}.
[[nodiscard]] unsigned http_status_of(schemas::ErrorKind kind);
[[nodiscard]] std::string write_error_body(const schemas::Error& error);

// The error that such a body tells of; a body that is something else is told as it is.
[[nodiscard]] schemas::Error read_error_body(unsigned http_status, std::string_view body);

}  // namespace orchestrator
