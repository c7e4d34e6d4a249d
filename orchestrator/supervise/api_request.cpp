// The control API's requests: routes, bodies and error bodies.
#include "orchestrator/supervise/api_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

namespace orchestrator {
namespace {

using schemas::Error;
using schemas::ErrorKind;
using schemas::fail;
using schemas::Node;
using schemas::Result;

struct KindName {
  ErrorKind kind;
  std::string_view name;
  unsigned status;  // RFC 9110, section 15
};

constexpr std::array<KindName, 7> kKinds{{{ErrorKind::Invalid, "invalid", 400},
                                          {ErrorKind::NotFound, "not_found", 404},
                                          {ErrorKind::Conflict, "conflict", 409},
                                          {ErrorKind::Busy, "busy", 503},
                                          {ErrorKind::Denied, "denied", 403},
                                          {ErrorKind::TimedOut, "timed_out", 504},
                                          {ErrorKind::Failed, "failed", 500}}};

// The body as a mapping that has no other keys than these; an empty body is an empty mapping.
Result<Node> read_body(std::string_view body, std::initializer_list<std::string_view> keys) {
  if (body.empty()) return Node::mapping();
  auto node = schemas::read_json(body, "request");
  if (!node) return node;
  if (node->kind != Node::Kind::Mapping) return fail(ErrorKind::Invalid, "the body is no object");
  for (const Node::Entry& entry : node->entries) {
    if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) {
      return fail(ErrorKind::Invalid, "unknown key \"{}\" in the body", entry.key);
    }
  }
  return node;
}

Result<bool> read_boolean(const Node& body, std::string_view key) {
  const Node* node = body.find(key);
  if (node == nullptr) return false;
  if (node->kind == Node::Kind::Plain && node->text == "true") return true;
  if (node->kind == Node::Kind::Plain && node->text == "false") return false;
  return fail(ErrorKind::Invalid, "\"{}\" must be true or false", key);
}

// Milliseconds; nothing when the key is absent or null.
Result<std::optional<schemas::Duration>> read_milliseconds(const Node& body, std::string_view key) {
  const Node* node = body.find(key);
  if (node == nullptr || node->is_null()) return std::optional<schemas::Duration>{};
  constexpr std::int64_t kLimit = 1'000'000'000'000;  // thirty years, far from an overflow
  std::int64_t value = -1;
  const char* end = node->text.data() + node->text.size();
  const auto read = std::from_chars(node->text.data(), end, value);
  if (node->kind != Node::Kind::Plain || read.ec != std::errc{} || read.ptr != end || value < 0 ||
      value > kLimit) {
    return fail(ErrorKind::Invalid, "\"{}\" must be a number of milliseconds", key);
  }
  return std::optional<schemas::Duration>{std::chrono::milliseconds(value)};
}

Result<ApiRequest> read_up(std::string_view text) {
  auto body = read_body(text, {"model", "wait", "timeout_ms"});
  if (!body) return pass_up(body);
  UpRequest request;
  const Node* model = body->find("model");
  if (model == nullptr || model->kind != Node::Kind::Mapping) {
    return fail(ErrorKind::Invalid, "\"model\" must be an object");
  }
  request.model = schemas::write_json(*model);
  if (const Node* wait = body->find("wait")) {
    if (wait->text != "started" && wait->text != "healthy") {
      return fail(ErrorKind::Invalid, "\"wait\" must be \"started\" or \"healthy\"");
    }
    request.wait = wait->text == "healthy" ? WaitFor::Healthy : WaitFor::Started;
  }
  auto timeout = read_milliseconds(*body, "timeout_ms");
  if (!timeout) return pass_up(timeout);
  request.timeout = *timeout;
  return ApiRequest{ControlRequest{std::move(request)}};
}

Result<ApiRequest> read_down(std::string_view text) {
  auto body = read_body(text, {"volumes", "grace_ms"});
  if (!body) return pass_up(body);
  auto volumes = read_boolean(*body, "volumes");
  if (!volumes) return pass_up(volumes);
  auto grace = read_milliseconds(*body, "grace_ms");
  if (!grace) return pass_up(grace);
  return ApiRequest{
      ControlRequest{DownRequest{*volumes ? VolumeFate::Discard : VolumeFate::Keep, *grace}}};
}

Result<ApiRequest> read_stop(std::string_view text) {
  auto body = read_body(text, {"kill"});
  if (!body) return pass_up(body);
  auto kill = read_boolean(*body, "kill");
  if (!kill) return pass_up(kill);
  return ApiRequest{ControlRequest{StopRequest{*kill ? Goal::Killed : Goal::Stopped}}};
}

Result<ApiRequest> read_events(std::string_view text) {
  auto body = read_body(text, {});
  if (!body) return pass_up(body);
  return ApiRequest{ControlRequest{WatchRequest{}}};
}

Result<ApiRequest> read_status(std::string_view text) {
  auto body = read_body(text, {});
  if (!body) return pass_up(body);
  return ApiRequest{StatusRequest{}};
}

struct Route {
  std::string_view target;
  std::string_view method;
  Result<ApiRequest> (*read)(std::string_view body);
};

constexpr std::array<Route, 5> kRoutes{{{"/v1/up", "POST", read_up},
                                        {"/v1/down", "POST", read_down},
                                        {"/v1/stop", "POST", read_stop},
                                        {"/v1/events", "GET", read_events},
                                        {"/v1/status", "GET", read_status}}};

Node write_milliseconds(schemas::Duration duration) {
  return Node::number(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

// The model is JSON already; parsing it only to write it again would cost a large project twice.
RequestText write_text(const UpRequest& request) {
  Node rest = Node::mapping();
  rest.set("wait", Node::string(request.wait == WaitFor::Healthy ? "healthy" : "started"));
  if (request.timeout) rest.set("timeout_ms", write_milliseconds(*request.timeout));
  return {"POST", "/v1/up",
          "{\"model\":" + request.model + "," + schemas::write_json(rest).substr(1)};
}

RequestText write_text(const DownRequest& request) {
  Node body = Node::mapping();
  body.set("volumes", Node::boolean(request.volumes == VolumeFate::Discard));
  if (request.grace) body.set("grace_ms", write_milliseconds(*request.grace));
  return {"POST", "/v1/down", schemas::write_json(body)};
}

RequestText write_text(const StopRequest& request) {
  Node body = Node::mapping();
  body.set("kill", Node::boolean(request.goal == Goal::Killed));
  return {"POST", "/v1/stop", schemas::write_json(body)};
}

RequestText write_text(const WatchRequest&) { return {"GET", "/v1/events", ""}; }
RequestText write_text(const StatusRequest&) { return {"GET", "/v1/status", ""}; }
RequestText write_text(const ControlRequest& request) {
  return std::visit([](const auto& one) { return write_text(one); }, request);
}

const KindName& name_of(ErrorKind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(),
                       [kind](const KindName& one) { return one.kind == kind; });
}

}  // namespace

Result<ApiRequest> read_control_request(std::string_view method, std::string_view target,
                                        std::string_view body) {
  const auto* route = std::find_if(kRoutes.begin(), kRoutes.end(),
                                   [target](const Route& one) { return one.target == target; });
  if (route == kRoutes.end()) return fail(ErrorKind::NotFound, "no such path: {}", target);
  if (route->method != method) {
    return fail(ErrorKind::Invalid, "{} takes {}, not {}", target, route->method, method);
  }
  auto request = route->read(body);
  if (!request) return pass_up(request, "{} {}", method, target);
  return request;
}

RequestText write_control_request(const ApiRequest& request) {
  return std::visit([](const auto& one) { return write_text(one); }, request);
}

unsigned http_status_of(ErrorKind kind) { return name_of(kind).status; }

std::string write_error_body(const Error& error) {
  Node told = Node::mapping();
  told.set("kind", Node::string(std::string(name_of(error.kind()).name)));
  told.set("text", Node::string(error.text()));
  Node body = Node::mapping();
  body.set("error", std::move(told));
  return schemas::write_json(body);
}

Error read_error_body(unsigned http_status, std::string_view body) {
  const auto node = schemas::read_json(body, "answer");
  const Node* told = node ? node->find("error") : nullptr;
  const Node* kind = told != nullptr ? told->find("kind") : nullptr;
  const Node* text = told != nullptr ? told->find("text") : nullptr;
  if (kind == nullptr || text == nullptr) {
    return {ErrorKind::Failed, fmt::format("the supervisor answered {}: {}", http_status, body)};
  }
  const auto* named = std::find_if(kKinds.begin(), kKinds.end(),
                                   [kind](const KindName& one) { return one.name == kind->text; });
  return {named == kKinds.end() ? ErrorKind::Failed : named->kind, text->text};
}

}  // namespace orchestrator
