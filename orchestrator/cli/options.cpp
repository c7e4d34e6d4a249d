// Options through CLI11, the only room that knows it: commands, flags, help texts.
#include "orchestrator/cli/options.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "orchestrator/cli/exec_words.hpp"
#include "orchestrator/cli/nearest_word.hpp"
#include "schemas/vocabulary/kernel_names.hpp"

namespace orchestrator {
namespace {

using schemas::Environment;

const std::map<std::string, ProgressMode> kProgressModes{{"auto", ProgressMode::Auto},
                                                         {"tty", ProgressMode::Terminal},
                                                         {"plain", ProgressMode::Plain},
                                                         {"json", ProgressMode::Json},
                                                         {"quiet", ProgressMode::Quiet}};
const std::map<std::string, AnsiMode> kAnsiModes{
    {"auto", AnsiMode::Auto}, {"never", AnsiMode::Never}, {"always", AnsiMode::Always}};
const std::map<std::string, OutputFormat> kTableOrJson{{"table", OutputFormat::Table},
                                                       {"json", OutputFormat::Json}};
const std::map<std::string, OutputFormat> kPrettyOrJson{{"pretty", OutputFormat::Table},
                                                        {"json", OutputFormat::Json}};
const std::map<std::string, OutputFormat> kYamlOrJson{{"yaml", OutputFormat::Yaml},
                                                      {"json", OutputFormat::Json}};

// What CLI11 writes into; afterwards one of the commands is taken out.
struct Typed {
  Invocation invocation;
  UpOptions up;
  DownOptions down;
  PsOptions ps;
  LogsOptions logs;
  ExecOptions exec;
  ConfigOptions config;
  ImageImportOptions image_import;
  ImageListOptions image_list;
  VersionOptions version;
  std::string supervised_project;
  std::optional<unsigned> up_seconds;
  std::optional<unsigned> down_seconds;
};

template <typename Choice>
void add_choice(CLI::App& app, const std::string& flag, Choice& chosen,
                const std::map<std::string, Choice>& choices, const std::string& text) {
  std::string names;
  for (const auto& [name, value] : choices) names += (names.empty() ? "" : "|") + name;
  app.add_option_function<std::string>(
         flag,
         [&chosen, &choices, flag, names](const std::string& word) {
           const auto found = choices.find(word);
           if (found == choices.end()) {
             throw CLI::ValidationError(fmt::format("{}: \"{}\" is none of {}", flag, word, names));
           }
           chosen = found->second;
         },
         text)
      ->type_name(names);
}

// Repeatable, one word each, so that the next word is never swallowed.
void add_words(CLI::App& app, const std::string& flag, std::vector<std::string>& words,
               const std::string& text, const std::string& type) {
  app.add_option(flag, words, text)
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->type_name(type);
}

void add_globals(CLI::App& app, GlobalOptions& global) {
  add_words(app, "-f,--file", global.files, "Project file; - is standard input", "FILE");
  app.add_option("-p,--project-name", global.project_name, "Project name")->type_name("NAME");
  add_words(app, "--env-file", global.env_files, "Variables instead of those of .env", "FILE");
  app.add_option("--project-directory", global.project_directory,
                 "Directory that relative paths start from")
      ->type_name("DIR");
  add_choice(app, "--progress", global.progress, kProgressModes, "How progress is shown");
  add_choice(app, "--ansi", global.ansi, kAnsiModes, "Colours and cursor movements");
  app.add_option("--root", global.root, "State that outlives a reboot")->group("");
  app.add_option("--run", global.run, "State that does not")->group("");
}

void add_up(CLI::App& app, Typed& typed) {
  auto* up = app.add_subcommand("up", "Make everything run as the project file says");
  up->add_flag("-d,--detach", typed.up.detach, "Return when everything was started");
  up->add_flag("--wait", typed.up.wait, "Return when everything is running or healthy; implies -d");
  up->add_option("--wait-timeout", typed.up_seconds, "Longest time for --wait")
      ->type_name("SECONDS");
  up->add_flag("--no-color", typed.up.no_color, "Log lines without colours");
  up->add_flag("--no-log-prefix", typed.up.no_log_prefix, "Log lines without container names");
}

void add_down(CLI::App& app, Typed& typed) {
  auto* down = app.add_subcommand("down", "Stop everything and leave nothing of it");
  down->add_flag("-v,--volumes", typed.down.volumes, "Discard the project's volumes too");
  down->add_option("-t,--timeout", typed.down_seconds, "Grace time instead of the services' own")
      ->type_name("SECONDS");
}

void add_ps(CLI::App& app, Typed& typed) {
  auto* ps = app.add_subcommand("ps", "List the containers");
  ps->add_flag("-a,--all", typed.ps.all, "Those that do not run too");
  ps->add_flag("-q,--quiet", typed.ps.quiet, "IDs only");
  add_choice(*ps, "--format", typed.ps.format, kTableOrJson, "Output format");
  ps->add_option("SERVICE", typed.ps.services, "Only of these services");
}

void add_logs(CLI::App& app, Typed& typed) {
  auto* logs = app.add_subcommand("logs", "Show what the containers wrote");
  logs->add_flag("-f,--follow", typed.logs.follow, "Go on with what they write from now on");
  logs->add_option_function<std::string>(
          "-n,--tail",
          [&typed](const std::string& word) {
            if (word == "all") return;
            if (word.empty() || word.size() > 18 ||
                word.find_first_not_of("0123456789") != std::string::npos) {
              throw CLI::ValidationError(
                  fmt::format("--tail: \"{}\" is neither a number nor \"all\"", word));
            }
            typed.logs.tail = std::stoull(word);
          },
          "Only the last lines of each container")
      ->type_name("N");
  logs->add_flag("-t,--timestamps", typed.logs.timestamps, "The time of each line");
  logs->add_flag("--no-color", typed.logs.no_color, "Without colours");
  logs->add_flag("--no-log-prefix", typed.logs.no_log_prefix, "Without container names");
  logs->add_option("SERVICE", typed.logs.services, "Only of these services");
}

void add_exec(CLI::App& app, Typed& typed) {
  auto* exec = app.add_subcommand("exec", "Run a command in a running container");
  exec->add_flag("-T,--no-tty", typed.exec.no_tty, "Without a terminal, also when there is one");
  add_words(*exec, "-e,--env", typed.exec.environment, "Environment variable", "KEY=VALUE");
  exec->add_option("-u,--user", typed.exec.user, "User to run as")->type_name("USER");
  exec->add_option("-w,--workdir", typed.exec.working_directory, "Working directory")
      ->type_name("DIR");
  exec->add_option("--index", typed.exec.index, "Number of the replica")->type_name("N");
  exec->add_option("SERVICE", typed.exec.service, "Service in whose container it runs")->required();
  exec->footer("What follows SERVICE is the command and its arguments: tutti exec web ls -l");
}

void add_config(CLI::App& app, Typed& typed) {
  auto* config = app.add_subcommand("config", "Print the project file as it was understood");
  add_choice(*config, "--format", typed.config.format, kYamlOrJson, "Output format");
  config->add_flag("-q,--quiet", typed.config.quiet, "Only check it");
  config->add_flag("--services", typed.config.services, "Names of the services");
  config->add_flag("--images", typed.config.images, "Names of the images");
}

void add_image(CLI::App& app, Typed& typed) {
  auto* image = app.add_subcommand("image", "Work with the images of this machine");
  image->require_subcommand(1);
  auto* import = image->add_subcommand("import", "Make an image of a root file system's tar");
  import->add_option("--base", typed.image_import.base, "Image whose layers go below")
      ->type_name("REF");
  add_words(*import, "-c,--change", typed.image_import.changes,
            "As a line of a Dockerfile: CMD [\"sh\"]", "LINE");
  import->add_option("FILE", typed.image_import.file, "Tar, plain or gzip; - is standard input")
      ->required();
  import->add_option("REF", typed.image_import.reference, "Name of the image")->required();
  auto* list = image->add_subcommand("ls", "List the images");
  add_choice(*list, "--format", typed.image_list.format, kTableOrJson, "Output format");
}

void add_others(CLI::App& app, Typed& typed) {
  app.add_subcommand("plan", "Say what `up` would do and why; exit code 2 if there is something");
  auto* version = app.add_subcommand("version", "Print the version");
  version->add_flag("--short", typed.version.short_text, "The number only");
  add_choice(*version, "-f,--format", typed.version.format, kPrettyOrJson, "Output format");
  auto* supervise = app.add_subcommand("supervise", "The loop of one project")->group("");
  supervise->add_option("--root", typed.invocation.global.root);
  supervise->add_option("--run", typed.invocation.global.run);
  supervise->add_option("--project", typed.supervised_project)->required();
}

std::optional<std::chrono::seconds> seconds(const std::optional<unsigned>& typed) {
  if (!typed) return std::nullopt;
  return std::chrono::seconds(*typed);
}

Command take_command(const CLI::App& app, Typed& typed) {
  const CLI::App* chosen = app.get_subcommands().front();
  const std::string& name = chosen->get_name();
  typed.up.wait_timeout = seconds(typed.up_seconds);
  typed.down.timeout = seconds(typed.down_seconds);
  if (name == "up") return typed.up;
  if (name == "down") return typed.down;
  if (name == "ps") return typed.ps;
  if (name == "logs") return typed.logs;
  if (name == "exec") return typed.exec;
  if (name == "config") return typed.config;
  if (name == "version") return typed.version;
  if (name == "plan") return PlanOptions{};
  if (name == "supervise") {
    return SuperviseOptions{typed.invocation.global.root, typed.invocation.global.run,
                            schemas::ProjectName(typed.supervised_project)};
  }
  if (chosen->get_subcommands().front()->get_name() == "import") return typed.image_import;
  return typed.image_list;
}

std::string join(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

const CLI::App* innermost_command(const CLI::App& app) {
  const CLI::App* innermost = &app;
  while (!innermost->get_subcommands().empty()) innermost = innermost->get_subcommands().front();
  return innermost;
}

// Without the hidden ones.
std::vector<std::string> listed_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

// The innermost command that was understood, and what could have stood in the unknown word's place.
Usage explain_unknown(const CLI::App& app) {
  const CLI::App* innermost = innermost_command(app);
  const auto extras = app.remaining(true);
  const std::string word = extras.empty() ? "" : extras.front();
  const bool is_option = word.starts_with("-");
  std::vector<std::string> candidates;
  for (const CLI::App* level = innermost; is_option && level != nullptr;
       level = level->get_parent()) {
    for (const CLI::Option* option : level->get_options()) {
      for (const auto& name : option->get_lnames()) candidates.push_back("--" + name);
    }
  }
  if (!is_option) candidates = listed_commands(*innermost);
  std::string text;
  if (is_option) {
    text = fmt::format("unknown option {}", word);
    if (innermost != &app && app.get_option_no_throw(word) != nullptr) {
      return {Usage::Kind::Mistake,
              word + " stands before the command: tutti " + word + " ... " + innermost->get_name()};
    }
  } else if (candidates.empty()) {
    text = fmt::format("{} takes no argument \"{}\"", innermost->get_name(), word);
  } else {
    text = fmt::format("unknown command \"{}\"", word);
  }
  if (const auto nearest = nearest_word(word.substr(0, word.find('=')), candidates)) {
    text += fmt::format("; did you mean {}?", *nearest);
  } else if (!is_option && !candidates.empty()) {
    text += "; there are: " + join(candidates);
  }
  return {Usage::Kind::Mistake, text};
}

// Whether a word stands where a command was expected, so that no help can be about it.
bool names_unknown_command(const CLI::App& app) {
  const auto extras = app.remaining(true);
  if (extras.empty() || extras.front().starts_with("-")) return false;
  return !innermost_command(app)->get_subcommands(nullptr).empty();
}

Usage missing_word(const CLI::App& app, const std::string& what) {
  const CLI::App* innermost = innermost_command(app);
  const auto commands = listed_commands(*innermost);
  if (commands.empty()) return {Usage::Kind::Mistake, what};
  return {Usage::Kind::Mistake,
          fmt::format("{} needs a command; there are: {}", innermost->get_name(), join(commands))};
}

std::string absolute(const std::string& path) {
  std::error_code error;
  const auto made = std::filesystem::absolute(path, error);
  return error ? path : made.lexically_normal().string();
}

std::string variable(const Environment& environment, const char* name,
                     const std::string& otherwise) {
  const auto found = environment.find(name);
  return found == environment.end() || found->second.empty() ? otherwise : found->second;
}

template <typename Choice>
void apply_variable(const Environment& environment, const char* name, Choice& chosen,
                    const std::map<std::string, Choice>& choices) {
  const auto found = choices.find(variable(environment, name, ""));
  if (found != choices.end()) chosen = found->second;
}

std::optional<Usage> check_combinations(const Typed& typed, const Command& command) {
  if (typed.invocation.global.progress == ProgressMode::Terminal &&
      typed.invocation.global.ansi == AnsiMode::Never) {
    return Usage{Usage::Kind::Mistake, "--progress tty needs what --ansi never forbids"};
  }
  if (std::holds_alternative<ExecOptions>(command) && typed.exec.command.empty()) {
    return Usage{Usage::Kind::Mistake, "exec needs a command after the service"};
  }
  if (typed.up.wait_timeout && !typed.up.wait) {
    return Usage{Usage::Kind::Mistake, "--wait-timeout needs --wait"};
  }
  return std::nullopt;
}

}  // namespace

std::expected<Invocation, Usage> read_options(std::span<const std::string> arguments,
                                              const Environment& environment) {
  Typed typed;
  GlobalOptions& global = typed.invocation.global;
  global.root = variable(environment, "TUTTI_ROOT", schemas::kDefaultRoot);
  global.run = variable(environment, "TUTTI_RUN", schemas::kDefaultRun);
  apply_variable(environment, "COMPOSE_PROGRESS", global.progress, kProgressModes);
  apply_variable(environment, "COMPOSE_ANSI", global.ansi, kAnsiModes);
  CLI::App app(
      "Brings a whole multi-container application up from one file, and down without a trace.",
      "tutti");
  add_globals(app, global);
  add_up(app, typed);
  add_down(app, typed);
  add_ps(app, typed);
  add_logs(app, typed);
  add_exec(app, typed);
  add_config(app, typed);
  add_image(app, typed);
  add_others(app, typed);
  SplitWords words = split_exec_words(arguments);
  typed.exec.command = std::move(words.command);
  if (arguments.empty()) return std::unexpected(Usage{Usage::Kind::Help, app.help()});
  try {
    std::reverse(words.ours.begin(), words.ours.end());  // how CLI11 takes a vector
    app.parse(words.ours);
  } catch (const CLI::CallForHelp&) {
    if (names_unknown_command(app)) return std::unexpected(explain_unknown(app));
    // Of the innermost command that was named, with the whole way to it in its usage line.
    return std::unexpected(Usage{Usage::Kind::Help, app.help()});
  } catch (const CLI::ExtrasError&) {
    return std::unexpected(explain_unknown(app));
  } catch (const CLI::RequiredError& error) {
    // What was not understood most often is what now seems to be missing.
    if (!app.remaining(true).empty()) return std::unexpected(explain_unknown(app));
    return std::unexpected(missing_word(app, error.what()));
  } catch (const CLI::ParseError& error) {
    return std::unexpected(Usage{Usage::Kind::Mistake, error.what()});
  }
  if (app.get_subcommands().empty()) {
    return std::unexpected(Usage{Usage::Kind::Mistake, "a command is missing; see tutti --help"});
  }
  global.root = absolute(global.root);
  global.run = absolute(global.run);
  typed.invocation.command = take_command(app, typed);
  if (const auto mistake = check_combinations(typed, typed.invocation.command)) {
    return std::unexpected(*mistake);
  }
  return std::move(typed.invocation);
}

}  // namespace orchestrator
