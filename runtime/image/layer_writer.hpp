// LayerWriter: writes tar entries into a layer directory in overlay form, never outside of it.
#pragma once

#include <string>
#include <vector>

#include "runtime/image/layer_path.hpp"
#include "runtime/image/tar_reader.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace runtime {

// Every parent is looked up with openat2(RESOLVE_IN_ROOT) beneath `root`, what is made is made by
// descriptor and single name; so links of the archive lead to places inside the layer or nowhere.
// Wants a umask of 0 and the rights of root.
class LayerWriter final : public TarSink {
 public:
  explicit LayerWriter(const FileDescriptor& root) : root_(root) {}

  schemas::Result<> begin(const TarEntry& entry) override;
  schemas::Result<> data(std::span<const std::byte> bytes) override;
  schemas::Result<> end() override;

  // Sets the times of the directories, which every new member had changed. Call it last.
  [[nodiscard]] schemas::Result<> finish();

 private:
  struct DirectoryTime {
    std::string path;
    TarTime modified;
  };

  schemas::Result<const FileDescriptor*> enter(const std::string& parent);
  schemas::Result<> write_root(const TarEntry& entry);
  schemas::Result<> write_plain(const TarEntry& entry, const LayerPath& path);
  schemas::Result<> write_directory(const TarEntry& entry, const LayerPath& path);
  schemas::Result<> write_hard_link(const TarEntry& entry, const LayerPath& path);
  schemas::Result<> write_file(const TarEntry& entry, const LayerPath& path);
  schemas::Result<> write_special(const TarEntry& entry, const LayerPath& path);
  schemas::Result<> write_whiteout(const LayerPath& path);
  schemas::Result<> make_room(const FileDescriptor& parent, const std::string& name);

  const FileDescriptor& root_;
  FileDescriptor parent_;    // the directory that was entered last
  std::string parent_path_;  // where it was found; empty once that may no longer be true
  FileDescriptor file_;      // being written
  TarEntry file_entry_;
  std::vector<DirectoryTime> directory_times_;
};

}  // namespace runtime
