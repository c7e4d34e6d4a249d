// Joins the paths of the state directories.
#include "runtime/sys/layout.hpp"

namespace runtime {

using schemas::ContainerName;
using schemas::ProjectName;

std::string StateLayout::images() const { return root + "/images"; }
std::string StateLayout::layers() const { return root + "/layers"; }
std::string StateLayout::volumes() const { return root + "/volumes"; }
std::string StateLayout::volume_data(const schemas::VolumeName& volume) const {
  return volumes() + "/" + volume.text + "/_data";
}

std::string StateLayout::project(const ProjectName& project) const {
  return root + "/projects/" + project.text;
}
std::string StateLayout::container(const ProjectName& project,
                                   const ContainerName& container) const {
  return this->project(project) + "/containers/" + container.text;
}
std::string StateLayout::log(const ProjectName& project, const ContainerName& container) const {
  return this->container(project, container) + "/log";
}

std::string StateLayout::project_run(const ProjectName& project) const {
  return run + "/" + project.text;
}
std::string StateLayout::socket(const ProjectName& project) const {
  return project_run(project) + "/socket";
}
std::string StateLayout::exit_journal(const ProjectName& project) const {
  return project_run(project) + "/exits";
}
std::string StateLayout::container_run(const ProjectName& project,
                                       const ContainerName& container) const {
  return project_run(project) + "/containers/" + container.text;
}

}  // namespace runtime
