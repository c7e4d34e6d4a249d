// The words for what differs between two configs, in the project file's own terms.
#include <algorithm>
#include <array>
#include <vector>

#include "schemas/vocabulary/config/container_config.hpp"

namespace schemas {

namespace {

std::string join(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

// A value as a reader expects it: sizes with units, CPUs as numbers, digests short.
std::string show(const std::string& path, const Node* value) {
  if (value == nullptr || value->is_null() || value->text.empty()) return "none";
  const auto size = [&] { return write_byte_size(std::strtoll(value->text.c_str(), nullptr, 10)); };
  if (path == "limits.memory" || path == "shm_size") return size();
  if (path == "limits.nano_cpus") {
    return fmt::format("{}", std::strtod(value->text.c_str(), nullptr) / 1e9);
  }
  return value->text;
}

std::string title(const std::string& path) {
  if (path == "limits.nano_cpus") return "limits.cpus";
  return path;
}

// Plans end up in CI logs: a value that looks like a secret is not shown.
bool is_confidential(const std::string& path) {
  std::string upper = path;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  constexpr std::array<std::string_view, 6> kWords{"PASS", "SECRET",     "TOKEN",
                                                   "KEY",  "CREDENTIAL", "AUTH"};
  return path.starts_with("environment.") &&
         std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return upper.contains(word); });
}

void add_scalar(std::vector<std::string>& texts, const std::string& path, const Node* before,
                const Node* after) {
  const std::string old_text = show(path, before);
  const std::string new_text = show(path, after);
  const bool shown = old_text.size() <= 40 && new_text.size() <= 40 && !is_confidential(path);
  texts.push_back(shown ? fmt::format("{} {} -> {}", title(path), old_text, new_text)
                        : title(path) + " changed");
}

void compare(std::vector<std::string>& texts, const std::string& path, const Node* before,
             const Node* after);

void compare_mappings(std::vector<std::string>& texts, const std::string& path, const Node& before,
                      const Node& after) {
  for (const Node::Entry& entry : before.entries) {
    compare(texts, join(path, entry.key), &entry.value, after.find(entry.key));
  }
  for (const Node::Entry& entry : after.entries) {
    if (before.find(entry.key) == nullptr) {
      compare(texts, join(path, entry.key), nullptr, &entry.value);
    }
  }
}

void compare(std::vector<std::string>& texts, const std::string& path, const Node* before,
             const Node* after) {
  if (before != nullptr && after != nullptr && same_value(*before, *after)) return;
  const auto is = [](const Node* node, Node::Kind kind) {
    return node != nullptr && node->kind == kind;
  };
  if (is(before, Node::Kind::Mapping) && is(after, Node::Kind::Mapping)) {
    compare_mappings(texts, path, *before, *after);
    return;
  }
  const bool scalars =
      (before == nullptr || before->is_scalar()) && (after == nullptr || after->is_scalar());
  if (scalars) return add_scalar(texts, path, before, after);
  if (before == nullptr || after == nullptr) {
    texts.push_back(title(path) + (before == nullptr ? " added" : " removed"));
  } else {
    texts.push_back(title(path) + " changed");
  }
}

}  // namespace

std::string describe_difference(const ContainerConfig& before, const ContainerConfig& after) {
  Node old_node = write_container_config(before);
  Node new_node = write_container_config(after);
  std::vector<std::string> texts;
  // The layers follow from the image, and compose's own labels follow from everything else.
  const bool new_content = before.image_id != after.image_id || before.layers != after.layers;
  const auto follows = [](const Node::Entry& entry) {
    return entry.key == "image_id" || entry.key == "layers";
  };
  std::erase_if(old_node.entries, follows);
  std::erase_if(new_node.entries, follows);
  compare(texts, "", &old_node, &new_node);
  if (new_content && before.image == after.image) {
    texts.insert(texts.begin(), fmt::format("content of image {} changed", after.image));
  }
  const bool only_labels = std::all_of(texts.begin(), texts.end(), [](const std::string& text) {
    return text.starts_with("labels.com.docker.compose.");
  });
  if (!only_labels) {
    std::erase_if(texts, [](const std::string& text) {
      return text.starts_with("labels.com.docker.compose.");
    });
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

}  // namespace schemas
