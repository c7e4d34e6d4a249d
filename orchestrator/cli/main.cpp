// tutti: words to options, options to a command, its outcome to an exit code.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/project.hpp"
#include "orchestrator/cli/report.hpp"

namespace orchestrator {
namespace {

int run(const std::vector<std::string>& words) {
  auto invocation = read_options(words, process_environment());
  if (!invocation && invocation.error().kind == Usage::Kind::Help) {
    print(invocation.error().text);
    return exit_codes::kSuccess;
  }
  if (!invocation) {
    report_error(schemas::Error(schemas::ErrorKind::Invalid, invocation.error().text));
    return exit_codes::kError;
  }
  const ExitCode code = std::visit(
      [&invocation](const auto& options) { return run_command(invocation->global, options); },
      invocation->command);
  if (code) return *code;
  report_error(code.error());
  return exit_codes::kError;
}

}  // namespace
}  // namespace orchestrator

int main(int argc, char** argv) {
  try {
    return orchestrator::run({argv + (argc > 0 ? 1 : 0), argv + argc});
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "bug: %s\n", exception.what());
  } catch (...) {
    std::fputs("bug: an unknown exception\n", stderr);
  }
  return orchestrator::exit_codes::kBug;
}
