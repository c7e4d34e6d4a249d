// The commands: each takes its options, does its work, and returns the exit code of the process.
#pragma once

#include "orchestrator/cli/options.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

// An error that a command returns is printed by main, which then exits with 1.
using ExitCode = schemas::Result<int>;

[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const UpOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const DownOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const PsOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const LogsOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const ExecOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const PlanOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const ConfigOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const ImageImportOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const ImageListOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const VersionOptions& options);
[[nodiscard]] ExitCode run_command(const GlobalOptions& global, const SuperviseOptions& options);

// The exit codes of the house; a command may also pass on that of a process.
namespace exit_codes {
inline constexpr int kSuccess = 0;
inline constexpr int kError = 1;
inline constexpr int kSomethingToDo = 2;  // `plan`
inline constexpr int kBug = 70;           // an exception that nobody expected (sysexits.h)
inline constexpr int kSignal = 128;       // and the signal's number: interrupted
}  // namespace exit_codes

}  // namespace orchestrator
