// ProgressPrinter: draws a ProgressView on stderr in the mode that the user chose.
#pragma once

#include <set>
#include <string>

#include "orchestrator/cli/progress_view.hpp"
#include "orchestrator/cli/terminal.hpp"

namespace orchestrator {

class ProgressPrinter {
 public:
  ProgressPrinter(Style style, Undertaking undertaking, schemas::ProjectName project);
  ProgressPrinter(const ProgressPrinter&) = delete;
  ProgressPrinter& operator=(const ProgressPrinter&) = delete;
  ~ProgressPrinter() = default;  // the table stays, with the cursor below it

  void take(const schemas::Event& event);

  // Call it when nothing has come for this long (milliseconds, for poll(2); -1: never).
  [[nodiscard]] int patience() const;
  void tick();

  // Draws the last table; what is printed afterwards stands below it.
  void finish();

  // Containers of which the last word was a failure.
  [[nodiscard]] std::set<schemas::ContainerName> failed() const { return view_.failed(); }

 private:
  void draw();

  Style style_;
  schemas::ProjectName project_;
  ProgressView view_;
  std::size_t drawn_{0};  // lines of the table that stand on the screen
};

}  // namespace orchestrator
