// Walks a Document and expands its scalars.
#include "schemas/spec/interpolate.hpp"

#include <set>

#include "schemas/spec/expand.hpp"

namespace schemas {

namespace {

constexpr std::size_t kMaxBytes = 16U << 20U;

class Interpolation {
 public:
  Interpolation(const Environment& environment, Findings& findings)
      : findings_(findings), lookup_([&environment](const std::string& name) {
          const auto found = environment.find(name);
          return found == environment.end() ? std::nullopt : std::optional(found->second);
        }) {}

  void walk(Node& node, const std::string& path) {
    if (node.is_scalar()) return replace(node, path);
    std::size_t index = 0;
    for (Node& item : node.items) walk(item, fmt::format("{}[{}]", path, index++));
    for (Node::Entry& entry : node.entries) {
      walk(entry.value, path.empty() ? entry.key : path + "." + entry.key);
    }
  }

 private:
  void replace(Node& node, const std::string& path) {
    if (!node.text.contains('$')) return;
    auto expanded = expand(node.text, lookup_);
    if (!expanded) return findings_.error_at(node.mark, path, expanded.error());
    if (!expanded->changed) return;
    bytes_ += expanded->text.size();
    if (bytes_ > kMaxBytes) {
      if (!full_) findings_.error(node.mark, path, "the variables expand to too much text");
      full_ = true;
      return;
    }
    for (const std::string& name : expanded->unset) warn_unset(node, path, name);
    node.kind = Node::Kind::Quoted;
    node.text = std::move(expanded->text);
  }

  void warn_unset(const Node& node, const std::string& path, const std::string& name) {
    if (!warned_.insert(name).second) return;
    findings_.warn(
        node.mark, path,
        fmt::format("The \"{}\" variable is not set. Defaulting to a blank string.", name));
  }

  Findings& findings_;
  Lookup lookup_;
  std::set<std::string> warned_;
  std::size_t bytes_{0};
  bool full_{false};
};

template <typename Change>
void change_texts(Node& node, const Change& change) {
  if (node.is_scalar() && node.text.contains('$')) node.text = change(node.text);
  for (Node& item : node.items) change_texts(item, change);
  for (Node::Entry& entry : node.entries) change_texts(entry.value, change);
}

}  // namespace

Node interpolate(Node document, const Environment& environment, Findings& findings) {
  Interpolation(environment, findings).walk(document, "");
  return document;
}

Node unescape_dollars(Node document) {
  change_texts(document, [](const std::string& text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
      plain += text[at];
      if (text[at] == '$' && at + 1 < text.size() && text[at + 1] == '$') ++at;
    }
    return plain;
  });
  return document;
}

Node escape_dollars(Node document) {
  change_texts(document, [](const std::string& text) {
    std::string escaped;
    for (const char c : text) escaped.append(c == '$' ? 2 : 1, c);
    return escaped;
  });
  return document;
}

}  // namespace schemas
