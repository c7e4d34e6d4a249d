// The two files of a record: where they lie, and in which order they are believed.
#include "runtime/container/record.hpp"

#include <unistd.h>

#include <chrono>

#include "runtime/sys/clock.hpp"
#include "runtime/sys/files.hpp"

namespace runtime {

using schemas::ContainerName;
using schemas::ErrorKind;
using schemas::ProjectName;
using schemas::Result;

namespace {

constexpr const char* kConfigFile = "config.json";
constexpr const char* kStateFile = "state.json";

Result<schemas::Node> read_node(const std::string& path) {
  auto text = read_file(path);
  if (!text) return pass_up(text);
  return schemas::read_json(*text, path);
}

// overlayfs makes work/work at the first mount: so this container has run before.
bool has_run_before(const std::string& directory) {
  return ::access((directory + "/work/work").c_str(), F_OK) == 0;
}

void assume_state_after_reboot(const std::string& directory, ContainerRecord& record) {
  if (!has_run_before(directory)) return;
  record.state = schemas::ContainerState::Exited;
  record.exit = schemas::ExitStatus{.code = 255, .known = false};
  // It ended before this boot; when, nobody saw.
  record.finished_at = wall_now() - std::chrono::duration_cast<schemas::WallTime::duration>(
                                        boot_now().time_since_epoch());
}

}  // namespace

Result<> write_config_record(const StateLayout& layout, const ProjectName& project,
                             const ContainerRecord& record) {
  auto directory = ensure_directory(layout.container(project, record.config.name));
  if (!directory) return pass_up(directory);
  return write_file_at(*directory, kConfigFile, schemas::write_json(write_config_part(record)));
}

Result<> write_state_record(const StateLayout& layout, const ProjectName& project,
                            const ContainerRecord& record) {
  auto directory = ensure_directory(layout.container_run(project, record.config.name));
  if (!directory) return pass_up(directory);
  return write_file_at(*directory, kStateFile, schemas::write_json(write_state_part(record)));
}

Result<ContainerRecord> read_record(const StateLayout& layout, const ProjectName& project,
                                    const ContainerName& container) {
  const std::string directory = layout.container(project, container);
  auto config = read_node(directory + "/" + kConfigFile);
  if (!config) return pass_up(config, "container {}", container);
  ContainerRecord record;
  auto understood = read_config_part(*config, record);
  if (!understood) return pass_up(understood, "container {}: {}", container, kConfigFile);

  auto state = read_node(layout.container_run(project, container) + "/" + kStateFile);
  if (!state && state.error().kind() == ErrorKind::NotFound) {
    assume_state_after_reboot(directory, record);
    return record;
  }
  if (!state) return pass_up(state, "container {}", container);
  understood = read_state_part(*state, record);
  if (!understood) return pass_up(understood, "container {}: {}", container, kStateFile);
  return record;
}

ContainerRecord stand_in_for(const DamagedRecord& damaged) {
  ContainerRecord record;
  record.config.name = damaged.container;
  record.state = schemas::ContainerState::FailedToStart;
  record.failure = "its record is damaged: " + damaged.reason;
  record.exit = schemas::ExitStatus{.code = 125};
  return record;
}

Result<RecordList> list_records(const StateLayout& layout, const ProjectName& project) {
  auto directory = open_directory(layout.project(project) + "/containers");
  if (!directory && directory.error().kind() == ErrorKind::NotFound) return RecordList();
  if (!directory) return pass_up(directory);
  auto names = list_directory(*directory);
  if (!names) return pass_up(names, "containers of {}", project);
  RecordList list;
  for (const std::string& name : *names) {
    if (name.starts_with('.')) continue;  // half removed
    auto record = read_record(layout, project, ContainerName(name));
    if (!record && record.error().kind() == ErrorKind::NotFound) continue;  // half created
    if (record)
      list.records.push_back(std::move(*record));
    else
      list.damaged.push_back({ContainerName(name), record.error().text()});
  }
  return list;
}

}  // namespace runtime
