// A store and a canary, and children to use them.
#include "tests/image/store_box.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace tests {

StoreBox::StoreBox() : layout_{.root = directory_ / "root", .run = directory_ / "run"} {
  directory_.write("victim/canary", "sings");
}

std::string StoreBox::import(const std::string& archive, const std::string& name,
                             std::vector<std::string> changes, const std::string& base) const {
  const std::string file = directory_.write("archives/" + name + ".tar", archive);
  runtime::ImportRequest request{.file = file,
                                 .reference = schemas::ImageReference(name),
                                 .base = {},
                                 .changes = std::move(changes)};
  if (!base.empty()) request.base = schemas::ImageReference(base);
  auto summary = runtime::import_image(layout_, request);
  return summary ? summary->id.text() : summary.error().text();
}

std::string StoreBox::path_in(const std::string& name, const std::string& path) const {
  auto image = runtime::find_image(layout_, schemas::ImageReference(name));
  if (!image) return "/nowhere";
  return runtime::layer_directory(layout_, image->layers.back()) + "/" + path;
}

bool StoreBox::canary_lives() const {
  std::ifstream stream(directory_ / "victim/canary");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const std::filesystem::directory_iterator entries(directory_ / "victim");
  return text == "sings" && std::distance(begin(entries), end(entries)) == 1;
}

std::vector<std::string> StoreBox::workspaces() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(layout_.layers())) {
    const std::string name = entry.path().filename();
    if (name.starts_with("tmp-")) names.push_back(name);
  }
  return names;
}

pid_t fork_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  return child;
}

int exit_code_of(pid_t child) {
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tests
