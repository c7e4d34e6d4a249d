// Writes and reads mounts, one overload per kind.
#include "schemas/vocabulary/config/mount_record.hpp"

#include <limits>

#include "schemas/vocabulary/fields.hpp"

namespace schemas {

namespace {

Node begin(std::string kind, const std::string& target) {
  Node node = Node::mapping();
  node.set("type", Node::string(std::move(kind)));
  node.set("target", Node::string(target));
  return node;
}

Node write(const BindMount& mount) {
  Node node = begin("bind", mount.target);
  node.set("source", Node::string(mount.source));
  node.set("read_only", Node::boolean(mount.access == Access::ReadOnly));
  node.set("create_host_path", Node::boolean(mount.missing == MissingSource::CreateDirectory));
  return node;
}

Node write(const VolumeMount& mount) {
  Node node = begin("volume", mount.target);
  node.set("source", Node::string(mount.volume.text));
  node.set("read_only", Node::boolean(mount.access == Access::ReadOnly));
  node.set("nocopy", Node::boolean(mount.copy_up == CopyUp::None));
  return node;
}

Node write(const TmpfsMount& mount) {
  Node node = begin("tmpfs", mount.target);
  if (mount.size) node.set("size", Node::number(*mount.size));
  node.set("mode", Node::string(fmt::format("{:04o}", mount.mode)));
  return node;
}

Node write(const FileMount& mount) {
  Node node = begin("file", mount.target);
  node.set("source", Node::string(mount.source));
  node.set("uid", Node::number(mount.uid));
  node.set("gid", Node::number(mount.gid));
  node.set("mode", Node::string(fmt::format("{:04o}", mount.mode)));
  return node;
}

Access read_access(Fields& fields) {
  return fields.boolean("read_only") ? Access::ReadOnly : Access::ReadWrite;
}

std::uint32_t read_mode(Fields& fields) {
  std::uint32_t mode = 0;
  const std::string text = fields.text("mode");
  for (const char c : text) {
    if (c < '0' || c > '7' || text.size() > 6) fields.refuse("mode", "must be octal");
    mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
  }
  return mode;
}

std::uint32_t read_id(Fields& fields, std::string_view key) {
  const std::int64_t id = fields.number(key).value_or(0);
  if (id < 0 || id > std::numeric_limits<std::uint32_t>::max()) fields.refuse(key, "out of range");
  return static_cast<std::uint32_t>(id);
}

BindMount read_bind(Fields& fields) {
  return {.source = fields.text("source"),
          .target = fields.text("target"),
          .access = read_access(fields),
          .missing = fields.boolean("create_host_path") ? MissingSource::CreateDirectory
                                                        : MissingSource::Refuse};
}

VolumeMount read_volume(Fields& fields) {
  return {.volume = VolumeName(fields.text("source")),
          .target = fields.text("target"),
          .access = read_access(fields),
          .copy_up = fields.boolean("nocopy") ? CopyUp::None : CopyUp::FromImage};
}

TmpfsMount read_tmpfs(Fields& fields) {
  return {
      .target = fields.text("target"), .size = fields.number("size"), .mode = read_mode(fields)};
}

FileMount read_file(Fields& fields) {
  return {.source = fields.text("source"),
          .target = fields.text("target"),
          .uid = read_id(fields, "uid"),
          .gid = read_id(fields, "gid"),
          .mode = read_mode(fields)};
}

}  // namespace

Node write_mount_config(const MountConfig& mount) {
  return std::visit([](const auto& kind) { return write(kind); }, mount);
}

Result<MountConfig> read_mount_config(const Node& node) {
  Fields fields(node, "mount");
  MountConfig mount;
  switch (fields.choice("type", {"bind", "volume", "tmpfs", "file"})) {
    case 0:
      mount = read_bind(fields);
      break;
    case 1:
      mount = read_volume(fields);
      break;
    case 2:
      mount = read_tmpfs(fields);
      break;
    default:
      mount = read_file(fields);
      break;
  }
  auto done = fields.done();
  if (!done) return pass_up(done);
  return mount;
}

}  // namespace schemas
