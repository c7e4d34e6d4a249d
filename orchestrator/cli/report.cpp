// Plain writes: short-lived output needs no logger.
#include "orchestrator/cli/report.hpp"

#include <unistd.h>

#include <cerrno>
#include <string>

namespace orchestrator {

void write_to(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void report_error(const schemas::Error& error) {
  write_to(STDERR_FILENO, "error: " + error.text() + "\n");
}

void report_warning(std::string_view text) {
  write_to(STDERR_FILENO, "warning: " + std::string(text) + "\n");
}

void report_findings(const std::vector<schemas::Finding>& findings) {
  if (!findings.empty()) write_to(STDERR_FILENO, schemas::explain(findings));
}

void print_message(std::string_view text) { write_to(STDERR_FILENO, text); }

void print(std::string_view text) { write_to(STDOUT_FILENO, text); }

}  // namespace orchestrator
