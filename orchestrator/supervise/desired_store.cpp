// desired.json: the model as text, the goal and the generation.
#include "orchestrator/supervise/desired_store.hpp"

#include <charconv>
#include <utility>

#include "runtime/sys/files.hpp"
#include "schemas/vocabulary/document.hpp"

namespace orchestrator {

using schemas::ErrorKind;
using schemas::Node;
using schemas::Result;

namespace {

constexpr const char* kFile = "desired.json";
constexpr std::size_t kLimit = 64U << 20U;

const char* goal_text(Goal goal) {
  switch (goal) {
    case Goal::Running:
      return "running";
    case Goal::Stopped:
      return "stopped";
    case Goal::Killed:
      return "killed";
    case Goal::Gone:
      return "gone";
  }
  std::unreachable();
}

std::optional<Goal> read_goal(const std::string& text) {
  for (const Goal goal : {Goal::Running, Goal::Stopped, Goal::Killed, Goal::Gone}) {
    if (text == goal_text(goal)) return goal;
  }
  return std::nullopt;
}

}  // namespace

Result<> write_desire(const runtime::StateLayout& layout, const schemas::ProjectName& project,
                      const StoredDesire& desire) {
  Node node = Node::mapping();
  node.set("generation", Node::number(static_cast<std::int64_t>(desire.generation)));
  node.set("asked_at", Node::number(desire.asked_at.time_since_epoch().count()));
  node.set("goal", Node::string(goal_text(desire.goal)));
  node.set("discard_volumes", Node::boolean(desire.volume_fate == VolumeFate::Discard));
  node.set("model", Node::string(desire.model));
  auto directory = runtime::ensure_directory(layout.project(project), 0700);
  if (!directory) return pass_up(directory, "remember what {} shall be", project);
  // Not fsynced: it costs milliseconds on the start path, and after a power cut nothing runs that
  // would need it; the next `up` brings the model again.
  auto written = runtime::write_file_at(*directory, kFile, schemas::write_json(node));
  if (!written) return pass_up(written, "remember what {} shall be", project);
  return {};
}

Result<std::optional<StoredDesire>> read_desire(const runtime::StateLayout& layout,
                                                const schemas::ProjectName& project) {
  auto text = runtime::read_file(layout.project(project) + "/" + kFile, kLimit);
  if (!text) {
    if (text.error().kind() == ErrorKind::NotFound) return std::nullopt;
    return pass_up(text);
  }
  auto node = schemas::read_json(*text, kFile, {.bytes = kLimit});
  if (!node) return pass_up(node);
  const Node* generation = node->find("generation");
  const Node* goal = node->find("goal");
  const Node* discard = node->find("discard_volumes");
  const Node* model = node->find("model");
  if (generation == nullptr || goal == nullptr || discard == nullptr || model == nullptr) {
    return schemas::fail(ErrorKind::Invalid, "{} lacks a field", kFile);
  }
  StoredDesire desire;
  desire.model = model->text;
  const std::string& digits = generation->text;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), desire.generation).ec !=
      std::errc{}) {
    return schemas::fail(ErrorKind::Invalid, "{}: generation is not a number", kFile);
  }
  if (const Node* asked_at = node->find("asked_at"); asked_at != nullptr) {
    const std::string& count = asked_at->text;
    schemas::Duration::rep since_boot = 0;
    std::from_chars(count.data(), count.data() + count.size(), since_boot);
    desire.asked_at = schemas::Instant{schemas::Duration{since_boot}};
  }
  const auto known = read_goal(goal->text);
  if (!known) return schemas::fail(ErrorKind::Invalid, "{}: unknown goal '{}'", kFile, goal->text);
  desire.goal = *known;
  desire.volume_fate = discard->text == "true" ? VolumeFate::Discard : VolumeFate::Keep;
  return desire;
}

}  // namespace orchestrator
