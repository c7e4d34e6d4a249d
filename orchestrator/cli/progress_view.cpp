// Rows are only ever added, so that the table stays where it is while things fail.
#include "orchestrator/cli/progress_view.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "orchestrator/cli/table.hpp"
#include "orchestrator/reconcile/action.hpp"

namespace orchestrator {
namespace {

using schemas::Event;
using schemas::EventKind;
using schemas::Node;
using schemas::ProjectName;
using schemas::WallTime;

std::string name_of(const Event& event, const ProjectName& project) {
  return display_name(schemas::ContainerName(event.subject), project);
}

// "start web-1" about web-1 is "start"; "create network shop_front 10.89.0.0/24" is
// "create network".
std::string verb_of(const Event& event, const ProjectName& project) {
  const std::string name = name_of(event, project);
  const auto at = event.text.find(" " + name);
  if (!name.empty() && at != std::string::npos) return event.text.substr(0, at);
  return event.text.substr(0, event.text.find(' '));
}

bool is_container_verb(std::string_view verb) {
  return verb == "create" || verb == "start" || verb == "stop" || verb == "kill";
}

// Asks a container to end, so that its exit is no failure.
bool is_ending_verb(std::string_view verb) { return verb == "stop" || verb == "kill"; }

std::string_view title_of(Undertaking undertaking) {
  switch (undertaking) {
    case Undertaking::Up:
      return "up";
    case Undertaking::Stop:
      return "stop";
    case Undertaking::Down:
      return "down";
  }
  return "";
}

std::string word_for(const Event& event, const ProjectName& project) {
  switch (event.kind) {
    case EventKind::Failed:
      return "failed";
    case EventKind::Held:
      return "held";
    case EventKind::State:
      return event.text;
    default:
      return verb_of(event, project);
  }
}

std::string_view mark_of(RowState state) {
  switch (state) {
    case RowState::Working:
      return "•";
    case RowState::Waiting:
      return "…";
    case RowState::Done:
      return "✔";
    case RowState::Failed:
      return "✘";
  }
  return " ";
}

std::string_view colour_of(RowState state) {
  switch (state) {
    case RowState::Working:
      return "\x1b[36m";
    case RowState::Waiting:
      return "\x1b[33m";
    case RowState::Done:
      return "\x1b[32m";
    case RowState::Failed:
      return "\x1b[31m";
  }
  return "";
}

std::string seconds(schemas::Duration duration) {
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count() / 100;
  return fmt::format("{}.{}s", std::max<std::int64_t>(0, tenths) / 10,
                     std::max<std::int64_t>(0, tenths) % 10);
}

std::string cut(const std::string& text, std::size_t width) {
  if (display_width(text) <= width) return text;
  std::string shown;
  std::size_t taken = 0;
  for (const char byte : text) {
    const bool starts_character = (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    if (starts_character && ++taken >= width) break;
    shown += byte;
  }
  return shown + "…";
}

// Control characters of a container's or file's making must not reach the terminal.
std::string harmless(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == 0x7f; }, ' ');
  return text;
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return taken < width ? text + std::string(width - taken, ' ') : text;
}

bool is_settled(const ProgressRow& row) {
  return row.state == RowState::Done || row.state == RowState::Failed;
}

}  // namespace

ProgressRow& ProgressView::row_of(const Event& event) {
  const std::string name = name_of(event, project_);
  const auto found = std::find_if(rows_.begin(), rows_.end(),
                                  [&name](const ProgressRow& row) { return row.subject == name; });
  if (found != rows_.end()) return *found;
  ProgressRow row;
  row.subject = name;
  row.begun = event.time;
  rows_.push_back(std::move(row));
  return rows_.back();
}

RowState ProgressView::state_after(const Event& event, const ProgressRow& row) const {
  switch (event.kind) {
    case EventKind::Failed:
      return RowState::Failed;
    case EventKind::Held:
      return RowState::Waiting;
    case EventKind::State: {
      if (event.text == "unhealthy") return RowState::Failed;
      const bool wanted = undertaking_ != Undertaking::Up || row.told_to_end;
      if (event.text.starts_with("exited") && !event.text.ends_with("code 0") && !wanted) {
        return RowState::Failed;
      }
      return event.text == "starting" ? RowState::Working : RowState::Done;
    }
    case EventKind::Step:
      // A container that was created or started has a way to go; the rest is done when it is done.
      return is_container_verb(verb_of(event, project_)) ? RowState::Working : RowState::Done;
    case EventKind::Warning:
    case EventKind::Settled:
      return RowState::Done;
  }
  return RowState::Done;
}

bool ProgressView::take(const Event& event) {
  if (event.kind == EventKind::Settled) return false;
  if (event.kind == EventKind::Warning || event.subject.empty()) return true;
  ProgressRow& row = row_of(event);
  if (event.kind == EventKind::Step) {
    const std::string verb = verb_of(event, project_);
    if (is_ending_verb(verb)) row.told_to_end = true;
    if (verb == "start") row.told_to_end = false;
  }
  const RowState state = state_after(event, row);
  if (state == RowState::Failed) {
    failed_.emplace(event.subject);
  } else if (event.kind == EventKind::State) {
    failed_.erase(schemas::ContainerName(event.subject));
  }
  const std::string word = word_for(event, project_);
  const std::string detail = event.kind == EventKind::Failed ? event.text : event.reason;
  if (row.state == state && row.word == word && row.detail == detail) return false;
  row.state = state;
  row.word = word;
  row.detail = detail;
  row.changed = event.time;
  return true;
}

std::vector<std::string> ProgressView::table(WallTime now, std::size_t width,
                                             Colours colours) const {
  const auto done = std::count_if(rows_.begin(), rows_.end(), is_settled);
  WallTime begun = now;
  std::size_t subjects = 0;
  std::size_t words = 0;
  for (const ProgressRow& row : rows_) {
    begun = std::min(begun, row.begun);
    subjects = std::max(subjects, display_width(row.subject));
    words = std::max(words, display_width(row.word));
  }
  std::vector<std::string> lines{cut(fmt::format("[+] {} {}/{}  {}", title_of(undertaking_), done,
                                                 rows_.size(), seconds(now - begun)),
                                     width)};
  for (const ProgressRow& row : rows_) {
    const WallTime until = is_settled(row) ? row.changed : now;
    const std::string rest =
        cut(harmless(fmt::format("{}  {}  {:>6}  {}", padded(row.subject, subjects),
                                 padded(row.word, words), seconds(until - row.begun), row.detail)),
            width > 4 ? width - 3 : 1);
    const std::string trimmed = rest.substr(0, rest.find_last_not_of(' ') + 1);
    lines.push_back(colours == Colours::On ? fmt::format(" {}{}\x1b[0m {}", colour_of(row.state),
                                                         mark_of(row.state), trimmed)
                                           : fmt::format(" {} {}", mark_of(row.state), trimmed));
  }
  return lines;
}

std::optional<std::string> ProgressView::waiting_line() const {
  std::string text;
  for (const ProgressRow& row : rows_) {
    if (row.state != RowState::Waiting) continue;
    text += (text.empty() ? "still waiting: " : "; ") + row.subject + " " + row.detail;
  }
  if (text.empty()) return std::nullopt;
  return harmless(text);
}

std::string ProgressView::json_line(const Event& event) const {
  Node line = Node::mapping();
  if (event.kind == EventKind::Settled && !event.text.empty()) {
    line.set("error", Node::boolean(true));
    line.set("message", Node::string(event.text));
    return schemas::write_json(line);
  }
  const std::string name = name_of(event, project_);
  const auto row = std::find_if(rows_.begin(), rows_.end(),
                                [&name](const ProgressRow& one) { return one.subject == name; });
  const RowState state = row == rows_.end() ? RowState::Done : row->state;
  const bool is_warning = event.kind == EventKind::Warning;
  line.set("id", Node::string(event.subject));
  line.set("status", Node::string(is_warning                  ? "Warning"
                                  : state == RowState::Failed ? "Error"
                                  : state == RowState::Done   ? "Done"
                                                              : "Working"));
  line.set("text", Node::string(is_warning ? event.text : word_for(event, project_)));
  const std::string& detail = event.kind == EventKind::Failed ? event.text : event.reason;
  if (!detail.empty()) line.set("details", Node::string(detail));
  return schemas::write_json(line);
}

std::string plain_line(const Event& event, const ProjectName& project) {
  constexpr std::size_t kTextWidth = 60;  // the widest that `plan` has
  std::string text;
  switch (event.kind) {
    case EventKind::Step:
      text = event.text;
      break;
    case EventKind::State:
      text = name_of(event, project) + " " + event.text;
      break;
    case EventKind::Held:
      text = "held " + name_of(event, project);
      break;
    case EventKind::Failed:
      text = "failed " + name_of(event, project) + ": " + event.text;
      break;
    case EventKind::Warning:
      text = "warning: " + event.text;
      break;
    case EventKind::Settled:
      text = event.text;
      break;
  }
  if (event.reason.empty()) return harmless(text);
  return harmless(padded(text, kTextWidth) + "  " + event.reason);
}

}  // namespace orchestrator
