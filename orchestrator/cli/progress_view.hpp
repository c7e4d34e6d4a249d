// ProgressView: events as the rows of a live table, or as one line for each change. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/cli/log_prefix.hpp"
#include "schemas/vocabulary/event.hpp"
#include "schemas/vocabulary/names.hpp"

namespace orchestrator {

// What the user asked for. In an Up, containers that end have failed, unless they were told to.
enum class Undertaking : std::uint8_t { Up, Stop, Down };

enum class RowState : std::uint8_t { Working, Waiting, Done, Failed };

// One container, network or volume: what was last said of it.
struct ProgressRow {
  std::string subject;  // "web-1", "shop_front"
  RowState state{RowState::Working};
  std::string word;    // "start", "running", "waits"
  std::string detail;  // why, or what it waits for
  schemas::WallTime begun{};
  schemas::WallTime changed{};
  bool told_to_end{false};  // its exit, whatever the code, is what was wanted
};

// What has happened so far.
class ProgressView {
 public:
  ProgressView(Undertaking undertaking, schemas::ProjectName project)
      : undertaking_(undertaking), project_(std::move(project)) {}

  // False when the event says nothing that was not known: a line for it would only repeat.
  bool take(const schemas::Event& event);

  // "[+] up 2/5  1.3s" and one line a row, none wider than `width`.
  [[nodiscard]] std::vector<std::string> table(schemas::WallTime now, std::size_t width,
                                               Colours colours) const;

  // " waits: web-1 for db-1 to be healthy": what a long silence is about. Nothing if nobody waits.
  [[nodiscard]] std::optional<std::string> waiting_line() const;

  // The event, which was taken last, as an object with compose's keys: id, status, text, details.
  [[nodiscard]] std::string json_line(const schemas::Event& event) const;

  [[nodiscard]] const std::vector<ProgressRow>& rows() const { return rows_; }

  // Containers of which the last word was a failure.
  [[nodiscard]] const std::set<schemas::ContainerName>& failed() const { return failed_; }

 private:
  ProgressRow& row_of(const schemas::Event& event);
  RowState state_after(const schemas::Event& event, const ProgressRow& row) const;

  Undertaking undertaking_;
  schemas::ProjectName project_;
  std::vector<ProgressRow> rows_;
  std::set<schemas::ContainerName> failed_;
};

// The event as one line of plain progress, without a newline.
[[nodiscard]] std::string plain_line(const schemas::Event& event,
                                     const schemas::ProjectName& project);

}  // namespace orchestrator
