// Reads and writes the index and the manifest of an OCI image layout.
#include "runtime/image/manifest.hpp"

#include <utility>

#include "runtime/image/json_fields.hpp"
#include "schemas/vocabulary/document.hpp"

namespace runtime {
namespace {

using schemas::ErrorKind;
using schemas::fail;
using schemas::Node;
using schemas::Result;

// containerd's limit; ours are below 2 KiB.
constexpr schemas::DocumentLimits kLimits{.bytes = 4U << 20U, .depth = 32, .nodes = 100'000};

Node descriptor_node(const Descriptor& descriptor) {
  Node node = Node::mapping();
  node.set("mediaType", Node::string(descriptor.media_type));
  node.set("digest", Node::string(descriptor.digest.text()));
  node.set("size", Node::number(descriptor.size));
  if (!descriptor.annotations.empty())
    node.set("annotations", string_map_node(descriptor.annotations));
  return node;
}

Result<Descriptor> read_descriptor(const Node& node) {
  if (node.kind != Node::Kind::Mapping)
    return fail(ErrorKind::Invalid, "{}: a descriptor must be an object", node.mark.text());
  auto type = string_field(node, "mediaType");
  if (!type) return pass_up(type);
  auto digest_text = string_field(node, "digest");
  if (!digest_text) return pass_up(digest_text);
  auto digest = schemas::read_digest(*digest_text);
  if (!digest) return pass_up(digest);
  auto size = number_field(node, "size");
  if (!size) return pass_up(size);
  if (*size < 0) return fail(ErrorKind::Invalid, "{}: the size is negative", node.mark.text());
  auto annotations = string_map_field(node, "annotations");
  if (!annotations) return pass_up(annotations);
  return Descriptor{std::move(*type), std::move(*digest), *size, std::move(*annotations)};
}

Result<std::vector<Descriptor>> read_descriptors(const Node& object, std::string_view key) {
  auto list = array_field(object, key);
  if (!list) return pass_up(list);
  std::vector<Descriptor> descriptors;
  if (*list == nullptr) return descriptors;
  for (const Node& item : (*list)->items) {
    auto descriptor = read_descriptor(item);
    if (!descriptor) return pass_up(descriptor);
    descriptors.push_back(std::move(*descriptor));
  }
  return descriptors;
}

Node document(std::string_view type) {
  Node node = Node::mapping();
  node.set("schemaVersion", Node::number(2));
  node.set("mediaType", Node::string(std::string(type)));
  return node;
}

// The shape and the media type must tell the same story (CVE-2021-41190).
Result<Node> read_document(std::string_view text, const std::string& name, std::string_view type,
                           std::string_view other_key) {
  auto node = schemas::read_json(text, name, kLimits);
  if (!node) return pass_up(node);
  auto version = number_field(*node, "schemaVersion");
  if (!version) return pass_up(version);
  auto said = string_field(*node, "mediaType");
  if (!said) return pass_up(said);
  if (*version != 2 || (!said->empty() && *said != type) || node->find(other_key) != nullptr)
    return fail(ErrorKind::Invalid, "{} is not a {}", name, type);
  return node;
}

Node list_node(const std::vector<Descriptor>& descriptors) {
  Node list = Node::sequence();
  for (const Descriptor& descriptor : descriptors) list.add(descriptor_node(descriptor));
  return list;
}

}  // namespace

std::string write_index(const ImageIndex& index) {
  Node node = document(media_type::kIndex);
  node.set("manifests", list_node(index.manifests));
  return schemas::write_json(node);
}

Result<ImageIndex> read_index(std::string_view text, std::string name) {
  auto node = read_document(text, name, media_type::kIndex, "layers");
  if (!node) return pass_up(node);
  auto manifests = read_descriptors(*node, "manifests");
  if (!manifests) return pass_up(manifests, "{}", name);
  return ImageIndex{std::move(*manifests)};
}

std::string write_manifest(const ImageManifest& manifest) {
  Node node = document(media_type::kManifest);
  node.set("config", descriptor_node(manifest.config));
  node.set("layers", list_node(manifest.layers));
  return schemas::write_json(node);
}

Result<ImageManifest> read_manifest(std::string_view text, std::string name) {
  auto node = read_document(text, name, media_type::kManifest, "manifests");
  if (!node) return pass_up(node);
  auto config = object_field(*node, "config");
  if (!config) return pass_up(config, "{}", name);
  if (*config == nullptr) return fail(ErrorKind::Invalid, "{} has no \"config\"", name);
  auto descriptor = read_descriptor(**config);
  if (!descriptor) return pass_up(descriptor, "{}", name);
  auto layers = read_descriptors(*node, "layers");
  if (!layers) return pass_up(layers, "{}", name);
  return ImageManifest{std::move(*descriptor), std::move(*layers)};
}

}  // namespace runtime
