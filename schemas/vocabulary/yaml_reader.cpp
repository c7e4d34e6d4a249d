// Reads YAML through yaml-cpp's events, which carry the place of every key and value.
#include <algorithm>
#include <map>
#include <optional>
#include <spanstream>
#include <unordered_map>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "schemas/vocabulary/document.hpp"
#include "schemas/vocabulary/text_bounds.hpp"

namespace schemas {

namespace {

// How much a value is once its aliases are expanded.
struct Extent {
  std::size_t nodes{1};
  std::size_t bytes{0};
  std::size_t height{0};
};

// A collection that is being read.
struct Frame {
  Node node;
  Extent extent;
  YAML::anchor_t anchor{0};
  std::optional<Node::Entry> entry;  // of a mapping: the key that waits for its value
  bool merge{false};                 // ... and that key is `<<`
  std::vector<Node> merged;          // values of `<<`, first wins
  std::unordered_map<std::string, Mark> keys;
};

struct Anchored {
  Node node;
  Extent extent;
};

std::string tag_of(const std::string& tag) {
  const bool own = tag.starts_with('!') && tag.size() > 1;
  return own ? tag : std::string{};
}

// Builds Documents out of events. The first thing that is refused stays in `refused()`; the rest of
// the text is then read without effect.
class NodeBuilder final : public YAML::EventHandler {
 public:
  NodeBuilder(std::shared_ptr<const std::string> file, const DocumentLimits& limits)
      : file_(std::move(file)), limits_(limits) {}

  [[nodiscard]] const std::optional<Error>& refused() const { return refused_; }
  [[nodiscard]] std::vector<Node> take_documents() { return std::move(documents_); }

  // Anchors belong to one document.
  void OnDocumentStart(const YAML::Mark& /*mark*/) override { anchors_.clear(); }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.mark = place(mark);
    finish(std::move(node), Extent{}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (refused_) return;
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      return refuse(place(mark), "this alias stands inside the value that it means: a cycle");
    }
    // Checked before the copy: an alias bomb is small until it is copied.
    if (!grow(place(mark), found->second.extent)) return;
    add(Node(found->second.node), found->second.extent);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    // The text was checked, but an escape ("\0", half a surrogate) may say what no text may hold.
    if (!check_text(value, file_, limits_.bytes)) {
      return refuse(place(mark), "an escape in this string stands for no valid character");
    }
    Node node;
    // "?" is a plain scalar, "!" a quoted or block one; an explicit tag hides which it was.
    node.kind =
        tag == "!" || tag == "tag:yaml.org,2002:str" ? Node::Kind::Quoted : Node::Kind::Plain;
    node.text = value;
    node.tag = tag_of(tag);
    node.mark = place(mark);
    finish(std::move(node), Extent{.nodes = 1, .bytes = value.size(), .height = 0}, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(Node::Kind::Sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(Node::Kind::Mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  [[nodiscard]] Mark place(const YAML::Mark& mark) const {
    return {.file = file_,
            .line = static_cast<std::uint32_t>(mark.line + 1),
            .column = static_cast<std::uint32_t>(mark.column + 1)};
  }

  void refuse(const Mark& mark, std::string_view what) {
    if (!refused_) {
      refused_ = Error(ErrorKind::Invalid, fmt::format("{}: {}", mark.text(), what));
    }
  }

  // Counts what is about to exist; false when that is too much.
  bool grow(const Mark& mark, const Extent& extent) {
    if (refused_) return false;
    nodes_ += extent.nodes;
    bytes_ += extent.bytes;
    if (nodes_ > limits_.nodes || bytes_ > limits_.bytes) {
      refuse(mark, "the document is too large once its aliases are expanded");
    } else if (stack_.size() + extent.height > limits_.depth) {
      refuse(mark, fmt::format("nested deeper than {} levels", limits_.depth));
    }
    return !refused_;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    const Mark here = place(mark);
    if (awaits_key()) return refuse(here, "a key must be a string, not a list or mapping");
    if (!grow(here, Extent{})) return;
    if (stack_.size() >= limits_.depth) {
      return refuse(here, fmt::format("nested deeper than {} levels", limits_.depth));
    }
    Frame frame;
    frame.node.kind = kind;
    frame.node.mark = here;
    frame.node.tag = tag_of(tag);
    frame.anchor = anchor;
    stack_.push_back(std::move(frame));
  }

  void close() {
    if (refused_) return;
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    for (Node& source : frame.merged) merge(frame, source);
    if (refused_ || !remember(frame.anchor, frame.node, frame.extent)) return;
    add(std::move(frame.node), frame.extent);
  }

  // A scalar is there as soon as it begins.
  void finish(Node node, const Extent& extent, YAML::anchor_t anchor) {
    if (!grow(node.mark, extent) || !remember(anchor, node, extent)) return;
    add(std::move(node), extent);
  }

  // Keeps a copy for later aliases. It counts: anchors may be nested as deep as the document.
  bool remember(YAML::anchor_t anchor, const Node& node, const Extent& extent) {
    if (anchor == 0) return true;
    if (!grow(node.mark, extent)) return false;
    anchors_.insert_or_assign(anchor, Anchored{node, extent});
    return true;
  }

  [[nodiscard]] bool awaits_key() const {
    return !stack_.empty() && stack_.back().node.kind == Node::Kind::Mapping &&
           !stack_.back().entry;
  }

  // Puts a complete value where it belongs: document, item, key or value of a key.
  void add(Node node, const Extent& extent) {
    if (stack_.empty()) {
      documents_.push_back(std::move(node));
      return;
    }
    if (awaits_key()) return add_key(node, extent);
    Frame& frame = stack_.back();
    frame.extent.nodes += extent.nodes;
    frame.extent.bytes += extent.bytes;
    frame.extent.height = std::max(frame.extent.height, extent.height + 1);
    if (frame.node.kind == Node::Kind::Sequence) {
      frame.node.add(std::move(node));
    } else if (frame.merge) {
      frame.merged.push_back(std::move(node));
      frame.entry.reset();
    } else {
      frame.entry->value = std::move(node);
      frame.node.entries.push_back(std::move(*frame.entry));
      frame.entry.reset();
    }
  }

  void add_key(const Node& node, const Extent& extent) {
    Frame& frame = stack_.back();
    if (!node.is_scalar() || node.is_null()) {
      return refuse(node.mark, "a key must be a string");
    }
    frame.extent.nodes += extent.nodes;
    frame.extent.bytes += extent.bytes;
    frame.merge = node.kind == Node::Kind::Plain && node.text == "<<";
    const auto [known, is_new] = frame.keys.emplace(node.text, node.mark);
    if (!is_new) {
      return refuse(node.mark,
                    fmt::format("key `{}` is already on line {}", node.text, known->second.line));
    }
    frame.entry = Node::Entry{.key = node.text, .key_mark = node.mark, .value = {}};
  }

  // `<<` takes a mapping or a list of them; what the mapping says itself, or an earlier one, wins.
  void merge(Frame& into, Node& source) {
    if (source.kind == Node::Kind::Sequence) {
      for (Node& item : source.items) {
        if (item.kind != Node::Kind::Mapping) return refuse_merge(item);
        merge(into, item);
      }
      return;
    }
    if (source.kind != Node::Kind::Mapping) return refuse_merge(source);
    for (Node::Entry& entry : source.entries) {
      const bool is_new = into.keys.emplace(entry.key, entry.key_mark).second;
      if (is_new) into.node.entries.push_back(std::move(entry));
    }
  }

  void refuse_merge(const Node& node) {
    refuse(node.mark, "`<<` takes a mapping or a list of mappings");
  }

  std::shared_ptr<const std::string> file_;
  DocumentLimits limits_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::vector<Node> documents_;
  std::optional<Error> refused_;
  std::size_t nodes_{0};
  std::size_t bytes_{0};
};

// yaml-cpp's terse words, in ours.
std::string translate(const std::string& message) {
  static const std::map<std::string_view, std::string_view> kWords{
      {"end of map not found",
       "a line does not fit its mapping: check the indentation and the `key: value` form"},
      {"end of map flow not found", "`{` has no matching `}`"},
      {"end of sequence not found",
       "a line does not fit its list: every item starts with `- ` in the same column"},
      {"end of sequence flow not found", "`[` has no matching `]`"},
      {"illegal map value", "a `: ` where no mapping can be; quote the value if it is text"},
      {"illegal block entry", "a `- ` where no list can be"},
      {"illegal flow end", "`]` or `}` without its beginning"},
      {"bad file", "nested too deep"},
      {"unknown token", "a character that no value can start with; quote the value"},
      {"the referenced anchor is not defined", "this alias has no anchor (`&name`) above it"}};
  const auto found = kWords.find(message);
  return found == kWords.end() ? message : std::string(found->second);
}

}  // namespace

Result<std::vector<Node>> read_yaml(std::string_view text, std::string file,
                                    const DocumentLimits& limits) {
  const auto name = std::make_shared<const std::string>(std::move(file));
  auto checked = check_text(text, name, limits.bytes);
  if (!checked) return pass_up(checked);
  NodeBuilder builder(name, limits);
  try {
    std::ispanstream stream(std::span<const char>(text.data(), text.size()));
    YAML::Parser parser(stream);
    while (!builder.refused() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& failed) {
    if (!builder.refused()) {
      const Mark mark{.file = name,
                      .line = static_cast<std::uint32_t>(failed.mark.line + 1),
                      .column = static_cast<std::uint32_t>(failed.mark.column + 1)};
      return fail(ErrorKind::Invalid, "{}: {}", mark.text(), translate(failed.msg));
    }
  }
  if (builder.refused()) return std::unexpected<Error>(*builder.refused());
  return builder.take_documents();
}

}  // namespace schemas
