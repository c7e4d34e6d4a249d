// Options: what the user typed, as values; no command line library behind this header.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/supervise/run_supervisor.hpp"
#include "schemas/spec/file_reader.hpp"

namespace orchestrator {

enum class ProgressMode : std::uint8_t { Auto, Terminal, Plain, Json, Quiet };
enum class AnsiMode : std::uint8_t { Auto, Never, Always };
enum class OutputFormat : std::uint8_t { Table, Json, Yaml };

// Before the command: which project, and how to talk.
struct GlobalOptions {
  std::vector<std::string> files;
  std::optional<std::string> project_name;
  std::vector<std::string> env_files;
  std::optional<std::string> project_directory;
  ProgressMode progress{ProgressMode::Auto};
  AnsiMode ansi{AnsiMode::Auto};
  std::string root;  // absolute
  std::string run;   // absolute
};

struct UpOptions {
  bool detach{false};
  bool wait{false};
  std::optional<std::chrono::seconds> wait_timeout;
  bool no_color{false};
  bool no_log_prefix{false};
};
struct DownOptions {
  bool volumes{false};
  std::optional<std::chrono::seconds> timeout;
};
struct PsOptions {
  bool all{false};
  bool quiet{false};
  OutputFormat format{OutputFormat::Table};
  std::vector<std::string> services;
};
struct LogsOptions {
  bool follow{false};
  std::optional<std::size_t> tail;  // lines of each container; none: all
  bool timestamps{false};
  bool no_color{false};
  bool no_log_prefix{false};
  std::vector<std::string> services;
};
struct ExecOptions {
  bool no_tty{false};
  std::vector<std::string> environment;  // "KEY=value", or "KEY" for our own value
  std::string user;
  std::string working_directory;
  std::optional<unsigned> index;
  std::string service;
  std::vector<std::string> command;
};
struct PlanOptions {};
struct ConfigOptions {
  OutputFormat format{OutputFormat::Yaml};
  bool quiet{false};
  bool services{false};
  bool images{false};
};
struct ImageImportOptions {
  std::string file;  // "-": standard input
  std::optional<std::string> base;
  std::vector<std::string> changes;
  std::string reference;
};
struct ImageListOptions {
  OutputFormat format{OutputFormat::Table};
};
struct VersionOptions {
  bool short_text{false};
  OutputFormat format{OutputFormat::Table};
};

using Command = std::variant<UpOptions, DownOptions, PsOptions, LogsOptions, ExecOptions,
                             PlanOptions, ConfigOptions, ImageImportOptions, ImageListOptions,
                             VersionOptions, SuperviseOptions>;

struct Invocation {
  GlobalOptions global;
  Command command;
};

// Not a command to run but something to say: help (asked for), or what was wrong.
struct Usage {
  enum class Kind : std::uint8_t { Help, Mistake };
  Kind kind{Kind::Help};
  std::string text;
};

// Reads the words after the program's name. The environment gives TUTTI_ROOT, TUTTI_RUN,
// COMPOSE_PROGRESS and COMPOSE_ANSI where no flag does.
[[nodiscard]] std::expected<Invocation, Usage> read_options(
    std::span<const std::string> arguments, const schemas::Environment& environment);

}  // namespace orchestrator
