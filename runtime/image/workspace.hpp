// Workspace: a temporary directory of the image store that outlives neither its writer nor a crash.
#pragma once

#include <string>

#include "runtime/image/store_files.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

// layers/tmp-<random>/ with a layer/ in it. A workspace is alive as long as its writer holds the
// flock(2) on its directory; a child that unpacks into it dies with the writer.
class Workspace {
 public:
  // Also removes the workspaces of writers that were killed.
  static schemas::Result<Workspace> create(const StoreFiles& files);
  Workspace(Workspace&&) noexcept = default;
  Workspace& operator=(Workspace&&) = delete;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  ~Workspace();  // removes it

  [[nodiscard]] const FileDescriptor& directory() const { return directory_; }
  [[nodiscard]] const FileDescriptor& layer() const { return layer_; }

 private:
  Workspace(FileDescriptor layers, std::string name, FileDescriptor directory, FileDescriptor layer)
      : layers_(std::move(layers)),
        name_(std::move(name)),
        directory_(std::move(directory)),
        layer_(std::move(layer)) {}
  FileDescriptor layers_;
  std::string name_;
  FileDescriptor directory_;
  FileDescriptor layer_;
};

}  // namespace runtime
