// Applies one `--change` instruction; each kind of instruction has its own small function.
#include "runtime/image/change.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "runtime/image/change_words.hpp"
#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/quantities.hpp"

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::HealthConfig;
using schemas::ImageConfig;
using schemas::Result;

// The exec form is a JSON list of strings; everything else is the shell form.
Result<std::vector<std::string>> command_of(std::string_view text) {
  auto list = read_word_list(text);
  if (!list) return pass_up(list);
  if (*list) return std::move(**list);
  return std::vector<std::string>{"/bin/sh", "-c", std::string(text)};
}

void insert_sorted(std::vector<std::string>& values, std::string value) {
  const auto place = std::lower_bound(values.begin(), values.end(), value);
  if (place == values.end() || *place != value) values.insert(place, std::move(value));
}

Result<> change_command(ImageConfig& config, std::string_view text) {
  auto command = command_of(text);
  if (!command) return pass_up(command);
  config.command = std::move(*command);
  return {};
}

// A new entrypoint takes the inherited command away: it was meant for the old one.
Result<> change_entrypoint(ImageConfig& config, std::string_view text) {
  auto entrypoint = command_of(text);
  if (!entrypoint) return pass_up(entrypoint);
  config.entrypoint = std::move(*entrypoint);
  config.command.clear();
  return {};
}

Result<> change_pairs(std::map<std::string, std::string>& map, std::string_view text) {
  auto pairs = read_pairs(text);
  if (!pairs) return pass_up(pairs);
  for (auto& [key, value] : *pairs) map[key] = std::move(value);
  return {};
}

Result<> change_environment(ImageConfig& config, std::string_view text) {
  return change_pairs(config.environment, text);
}

Result<> change_labels(ImageConfig& config, std::string_view text) {
  return change_pairs(config.labels, text);
}

Result<> expose(ImageConfig& config, std::string_view text) {
  auto words = read_words(text);
  if (!words) return pass_up(words);
  for (const std::string& word : *words) {
    auto port = read_port(word);
    if (!port) return pass_up(port);
    insert_sorted(config.exposed_ports, std::move(*port));
  }
  return {};
}

Result<> add_volumes(ImageConfig& config, std::string_view text) {
  auto list = read_word_list(text);
  if (!list) return pass_up(list);
  auto words = *list ? Result<std::vector<std::string>>(std::move(**list)) : read_words(text);
  if (!words) return pass_up(words);
  for (std::string& word : *words) {
    if (!word.starts_with('/')) return fail(ErrorKind::Invalid, "{:?} is not absolute", word);
    insert_sorted(config.volumes, std::move(word));
  }
  return {};
}

Result<> change_user(ImageConfig& config, std::string_view text) {
  config.user = std::string(text);
  return {};
}

Result<> change_stop_signal(ImageConfig& config, std::string_view text) {
  config.stop_signal = std::string(text);
  return {};
}

// A relative directory continues the one before, as in a Dockerfile.
Result<> change_directory(ImageConfig& config, std::string_view text) {
  if (text.starts_with('/')) {
    config.working_directory = std::string(text);
    return {};
  }
  std::string& directory = config.working_directory;
  if (!directory.ends_with('/')) directory += '/';
  directory += text;
  return {};
}

Result<> apply_option(HealthConfig& health, std::string_view option) {
  const std::size_t equals = std::min(option.find('='), option.size() - 1);
  const std::string_view key = option.substr(0, equals);
  const std::string_view value = option.substr(equals + 1);
  if (key == "--retries") {
    const bool digits = !value.empty() && value.size() <= 6 &&
                        value.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) return fail(ErrorKind::Invalid, "{:?} is no number of retries", value);
    health.retries = static_cast<std::uint32_t>(std::stoul(std::string(value)));
    return {};
  }
  const std::pair<std::string_view, schemas::Duration*> durations[] = {
      {"--interval", &health.interval},
      {"--timeout", &health.timeout},
      {"--start-period", &health.start_period},
      {"--start-interval", &health.start_interval}};
  for (const auto& [name, field] : durations) {
    if (key != name) continue;
    auto duration = schemas::read_duration(value);
    if (!duration) return pass_up(duration, "{}", name);
    *field = *duration;
    return {};
  }
  return fail(ErrorKind::Invalid, "HEALTHCHECK has no option {:?}", key);
}

Result<> change_health(ImageConfig& config, std::string_view text) {
  HealthConfig health;
  while (text.starts_with("--")) {
    auto applied = apply_option(health, take_word(text));
    if (!applied) return applied;
  }
  const std::string_view keyword = take_word(text);
  if (keyword == "NONE" && text.empty()) {
    config.health.reset();
    return {};
  }
  if (keyword != "CMD" || text.empty()) {
    return fail(ErrorKind::Invalid, "HEALTHCHECK wants [OPTIONS] CMD command, or NONE");
  }
  auto command = command_of(text);
  if (!command) return pass_up(command);
  if (command->empty()) return fail(ErrorKind::Invalid, "HEALTHCHECK has an empty command");
  health.command = std::move(*command);
  config.health = std::move(health);
  return {};
}

}  // namespace

Result<ImageConfig> apply_change(ImageConfig config, std::string_view instruction) {
  using Apply = Result<> (*)(ImageConfig&, std::string_view);
  constexpr std::pair<std::string_view, Apply> kInstructions[] = {
      {"CMD", change_command},
      {"ENTRYPOINT", change_entrypoint},
      {"ENV", change_environment},
      {"EXPOSE", expose},
      {"HEALTHCHECK", change_health},
      {"LABEL", change_labels},
      {"STOPSIGNAL", change_stop_signal},
      {"USER", change_user},
      {"VOLUME", add_volumes},
      {"WORKDIR", change_directory}};
  std::string_view text = instruction;
  std::string keyword(take_word(text));
  std::transform(keyword.begin(), keyword.end(), keyword.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (const auto& [name, apply] : kInstructions) {
    if (keyword != name) continue;
    if (text.empty()) return fail(ErrorKind::Invalid, "change {:?}: it says nothing", instruction);
    auto applied = apply(config, text);
    if (!applied) return pass_up(applied, "change {:?}", instruction);
    return config;
  }
  return fail(ErrorKind::Invalid,
              "change {:?}: only CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, STOPSIGNAL, "
              "USER, VOLUME and WORKDIR can be changed",
              instruction);
}

}  // namespace runtime
