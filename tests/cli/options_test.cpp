// The command line as users type it, and what they are told when they mistype it.
#include "orchestrator/cli/options.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace orchestrator {
namespace {

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

Invocation typed(const std::string& line, const schemas::Environment& environment = {}) {
  auto read = read_options(words(line), environment);
  EXPECT_TRUE(read) << line << ": " << read.error().text;
  return read ? *read : Invocation{};
}

template <typename Options>
Options command(const std::string& line) {
  const Invocation invocation = typed(line);
  const auto* options = std::get_if<Options>(&invocation.command);
  EXPECT_NE(options, nullptr) << line;
  return options != nullptr ? *options : Options{};
}

std::string mistake(const std::string& line) {
  const auto read = read_options(words(line), {});
  return read ? "understood" : read.error().text;
}

TEST(Options, TakesGlobalFlagsBeforeTheCommand) {
  const auto global = typed(
                          "-f a.yaml --file b.yaml -p shop --env-file x.env --project-directory /d "
                          "--progress plain --ansi never ps")
                          .global;
  EXPECT_EQ(global.files, (std::vector<std::string>{"a.yaml", "b.yaml"}));
  EXPECT_EQ(global.project_name, "shop");
  EXPECT_EQ(global.env_files, std::vector<std::string>{"x.env"});
  EXPECT_EQ(global.project_directory, "/d");
  EXPECT_EQ(global.progress, ProgressMode::Plain);
  EXPECT_EQ(global.ansi, AnsiMode::Never);
}

TEST(Options, TakesADashAsAFile) {
  EXPECT_EQ(typed("-f - config").global.files, std::vector<std::string>{"-"});
}

TEST(Options, FindsStateDirectoriesInFlagsThenVariablesThenDefaults) {
  EXPECT_EQ(typed("ps").global.root, "/var/lib/tutti");
  EXPECT_EQ(typed("ps").global.run, "/run/tutti");
  const schemas::Environment environment{{"TUTTI_ROOT", "/t/root"}, {"TUTTI_RUN", "/t/run"}};
  EXPECT_EQ(typed("ps", environment).global.root, "/t/root");
  EXPECT_EQ(typed("--run /u ps", environment).global.run, "/u");
}

TEST(Options, ReadsProgressAndAnsiFromTheEnvironment) {
  const auto global =
      typed("ps", {{"COMPOSE_PROGRESS", "json"}, {"COMPOSE_ANSI", "always"}}).global;
  EXPECT_EQ(global.progress, ProgressMode::Json);
  EXPECT_EQ(global.ansi, AnsiMode::Always);
}

TEST(Options, ReadsUp) {
  const auto up = command<UpOptions>("up -d --wait --wait-timeout 30");
  EXPECT_TRUE(up.detach);
  EXPECT_TRUE(up.wait);
  EXPECT_EQ(up.wait_timeout, std::chrono::seconds(30));
  EXPECT_FALSE(command<UpOptions>("up").detach);
}

TEST(Options, ReadsDown) {
  const auto down = command<DownOptions>("down -v -t 3");
  EXPECT_TRUE(down.volumes);
  EXPECT_EQ(down.timeout, std::chrono::seconds(3));
}

TEST(Options, ReadsPsAndLogs) {
  const auto ps = command<PsOptions>("ps -a --format json web");
  EXPECT_TRUE(ps.all);
  EXPECT_EQ(ps.format, OutputFormat::Json);
  EXPECT_EQ(ps.services, std::vector<std::string>{"web"});
  const auto logs = command<LogsOptions>("logs -f -n 5 web db");
  EXPECT_TRUE(logs.follow);
  EXPECT_EQ(logs.tail, 5U);
  EXPECT_EQ(logs.services, (std::vector<std::string>{"web", "db"}));
  EXPECT_EQ(command<LogsOptions>("logs --tail all").tail, std::nullopt);
}

TEST(Options, LeavesTheWordsAfterTheServiceToExec) {
  const auto exec =
      command<ExecOptions>("-p shop exec -T -e A=1 -eB=2 -u root -w / web ls -T --all -e x");
  EXPECT_TRUE(exec.no_tty);
  EXPECT_EQ(exec.environment, (std::vector<std::string>{"A=1", "B=2"}));
  EXPECT_EQ(exec.user, "root");
  EXPECT_EQ(exec.working_directory, "/");
  EXPECT_EQ(exec.service, "web");
  EXPECT_EQ(exec.command, (std::vector<std::string>{"ls", "-T", "--all", "-e", "x"}));
}

TEST(Options, LeavesExecHelpAndVersionFlagsOfTheCommandAlone) {
  EXPECT_EQ(command<ExecOptions>("exec web sh --help").command,
            (std::vector<std::string>{"sh", "--help"}));
  EXPECT_EQ(command<ExecOptions>("exec -Te A=1 web env").environment,
            std::vector<std::string>{"A=1"});
}

TEST(Options, ReadsImages) {
  const auto import = command<ImageImportOptions>(
      "image import --base tutti/base --change CMD --change USER - tutti/web:1");
  EXPECT_EQ(import.file, "-");
  EXPECT_EQ(import.base, "tutti/base");
  EXPECT_EQ(import.changes, (std::vector<std::string>{"CMD", "USER"}));
  EXPECT_EQ(import.reference, "tutti/web:1");
  EXPECT_EQ(command<ImageListOptions>("image ls --format json").format, OutputFormat::Json);
}

TEST(Options, ReadsTheHiddenSuperviseCommand) {
  const auto supervise = command<SuperviseOptions>("supervise --root /r --run /s --project shop");
  EXPECT_EQ(supervise.root, "/r");
  EXPECT_EQ(supervise.run, "/s");
  EXPECT_EQ(supervise.project.text, "shop");
}

TEST(Options, ReadsVersionAndConfigAndPlan) {
  EXPECT_TRUE(command<VersionOptions>("version --short").short_text);
  EXPECT_EQ(command<VersionOptions>("version -f json").format, OutputFormat::Json);
  EXPECT_EQ(command<ConfigOptions>("config --format json").format, OutputFormat::Json);
  EXPECT_TRUE(command<ConfigOptions>("config -q").quiet);
  (void)command<PlanOptions>("plan");
}

TEST(Options, SuggestsTheCommandThatWasMeant) {
  EXPECT_EQ(mistake("pss"), "unknown command \"pss\"; did you mean ps?");
  EXPECT_EQ(mistake("dwon"), "unknown command \"dwon\"; did you mean down?");
  EXPECT_EQ(mistake("frobnicate"),
            "unknown command \"frobnicate\"; there are: up, down, ps, logs, exec, config, image, "
            "plan, version");
}

TEST(Options, SuggestsTheImageCommandThatWasMeant) {
  EXPECT_EQ(mistake("image lss"), "unknown command \"lss\"; did you mean ls?");
  EXPECT_EQ(mistake("image rm --help"), "unknown command \"rm\"; there are: import, ls");
  EXPECT_EQ(mistake("image frobnicate --help"),
            "unknown command \"frobnicate\"; there are: import, ls");
  EXPECT_EQ(mistake("image"), "image needs a command; there are: import, ls");
  EXPECT_EQ(mistake("image import --bas x"), "unknown option --bas; did you mean --base?");
  EXPECT_EQ(mistake("image import x"), "REF is required");
}

TEST(Options, SuggestsTheFlagThatWasMeant) {
  EXPECT_EQ(mistake("up --detatch"), "unknown option --detatch; did you mean --detach?");
  EXPECT_EQ(mistake("--projct-name x up"),
            "unknown option --projct-name; did you mean --project-name?");
  EXPECT_EQ(mistake("up -f x.yaml"), "-f stands before the command: tutti -f ... up");
}

TEST(Options, RefusesWhatDoesNotGoTogether) {
  EXPECT_EQ(mistake("--progress tty --ansi never up"),
            "--progress tty needs what --ansi never forbids");
  EXPECT_EQ(mistake("up --wait-timeout 5"), "--wait-timeout needs --wait");
  EXPECT_EQ(mistake("exec web"), "exec needs a command after the service");
  EXPECT_NE(mistake("ps --format xml").find("\"xml\" is none of json|table"), std::string::npos);
  EXPECT_NE(mistake("logs -n many").find("neither a number nor"), std::string::npos);
}

TEST(Options, PrintsHelpWhenAskedOrWhenNothingIsSaid) {
  for (const char* line : {"", "--help", "up --help", "image --help", "image ls --help"}) {
    const auto read = read_options(words(line), {});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, Usage::Kind::Help) << line;
  }
  const auto help = read_options(words("--help"), {});
  EXPECT_EQ(help.error().text.find("supervise"), std::string::npos);
}

}  // namespace
}  // namespace orchestrator
