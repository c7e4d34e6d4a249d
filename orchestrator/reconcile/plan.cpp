// The text of a plan: two columns, what is done and why.
#include "orchestrator/reconcile/plan.hpp"

#include <algorithm>
#include <utility>

namespace orchestrator {
namespace {

using Line = std::pair<std::string, std::string>;

// Longer texts push their own reason to the right instead of everybody's.
constexpr std::size_t kWidestColumn = 60;

std::size_t column_width(const std::vector<Line>& lines) {
  std::size_t width = 0;
  for (const Line& line : lines) {
    if (line.first.size() <= kWidestColumn) width = std::max(width, line.first.size());
  }
  return width;
}

}  // namespace

std::string describe(const Plan& plan, const schemas::ProjectName& project) {
  std::vector<Line> lines;
  for (const Step& step : plan.steps)
    lines.emplace_back(describe(step.action, project), step.reason);
  for (const Held& held : plan.held) {
    lines.emplace_back("held " + display_name(held.container, project), held.reason);
  }
  const std::size_t width = column_width(lines);
  std::string text;
  for (const auto& [what, why] : lines) text += fmt::format("{:<{}}  {}\n", what, width, why);
  return text;
}

}  // namespace orchestrator
