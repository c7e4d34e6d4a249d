// Events as JSON objects: {"kind":"state","time":"…Z","subject":"shop-web-1","text":"running"}.
#include "schemas/vocabulary/event.hpp"

#include <array>
#include <utility>

namespace schemas {

namespace {

constexpr std::array<std::pair<EventKind, std::string_view>, 6> kKinds{
    {{EventKind::Step, "step"},
     {EventKind::Failed, "failed"},
     {EventKind::Held, "held"},
     {EventKind::State, "state"},
     {EventKind::Warning, "warning"},
     {EventKind::Settled, "settled"}}};

std::string text_at(const Node& node, std::string_view key) {
  const Node* value = node.find(key);
  return value != nullptr && value->is_scalar() ? value->text : std::string{};
}

}  // namespace

Node write_event(const Event& event) {
  Node node = Node::mapping();
  for (const auto& [kind, name] : kKinds) {
    if (kind == event.kind) node.set("kind", Node::string(std::string(name)));
  }
  node.set("time", Node::string(write_wall_time(event.time)));
  node.set("subject", Node::string(event.subject));
  node.set("text", Node::string(event.text));
  if (!event.reason.empty()) node.set("reason", Node::string(event.reason));
  return node;
}

Result<Event> read_event(const Node& node) {
  if (node.kind != Node::Kind::Mapping) {
    return fail(ErrorKind::Invalid, "{}: an event is a mapping", node.mark.text());
  }
  const std::string kind_text = text_at(node, "kind");
  const std::pair<EventKind, std::string_view>* kind = nullptr;
  for (const auto& known : kKinds) {
    if (known.second == kind_text) kind = &known;
  }
  if (kind == nullptr) {
    return fail(ErrorKind::Invalid, "{}: `{}` is no kind of event", node.mark.text(), kind_text);
  }
  auto time = read_wall_time(text_at(node, "time"));
  if (!time) return pass_up(time, "event at {}", node.mark.text());
  return Event{.kind = kind->first,
               .time = *time,
               .subject = text_at(node, "subject"),
               .text = text_at(node, "text"),
               .reason = text_at(node, "reason")};
}

}  // namespace schemas
