// Reads dotenv files: KEY=VAL, quotes, comments, and variables inside values.
#include "schemas/spec/dotenv.hpp"

#include "schemas/spec/expand.hpp"

namespace schemas {

namespace {

constexpr std::string_view kSpace = " \t\r";

std::string_view trimmed_left(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

std::string_view trimmed(std::string_view text) {
  text = trimmed_left(text);
  const std::size_t end = text.find_last_not_of(kSpace);
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 1);
}

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_.-[]").contains(c);
}

// "a # b" without its comment: a `#` counts only after a space.
std::string_view without_comment(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool after_space = at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t';
    if (text[at] == '#' && after_space) return text.substr(0, at);
  }
  return text;
}

class DotenvReader {
 public:
  DotenvReader(std::string_view text, const std::string& file, const Environment& outer,
               DotenvFormat format)
      : rest_(text), file_(file), outer_(outer), format_(format) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }

  Result<Environment> read() {
    while (!rest_.empty()) {
      auto line = read_assignment();
      if (!line) return pass_up(line);
    }
    return std::move(variables_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> refuse(std::size_t line, std::string_view what) const {
    return fail(ErrorKind::Invalid, "{}:{}: {}", file_, line, what);
  }

  // The text up to the end of the line, which is taken off `rest_`.
  std::string_view take_line() {
    const std::size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
    ++line_;
    return line;
  }

  Result<> read_assignment() {
    const std::size_t number = line_ + 1;
    const std::string_view line = trimmed_left(rest_.substr(0, rest_.find('\n')));
    if (trimmed(line).empty() || line.starts_with('#')) return take_line(), Result<>{};
    std::string_view body = line;
    if (body.starts_with("export ")) body = trimmed_left(body.substr(7));
    std::size_t length = 0;
    while (length < body.size() && is_key_character(body[length])) ++length;
    const std::string key(body.substr(0, length));
    const std::string_view after = trimmed_left(body.substr(length));
    if (key.empty()) return refuse(number, "a line must be KEY=VALUE");
    if (trimmed(without_comment(after)).empty()) return take_line(), inherit(key), Result<>{};
    if (!after.starts_with('=') && !after.starts_with(':')) {
      return refuse(number, fmt::format("unexpected character after the key `{}`", key));
    }
    // Values in quotes may go on for several lines, so the value is taken off the whole text.
    rest_.remove_prefix(static_cast<std::size_t>(after.data() + 1 - rest_.data()));
    auto value =
        format_ == DotenvFormat::Raw ? Result<std::string>(take_raw()) : take_value(number);
    if (!value) return pass_up(value);
    variables_.insert_or_assign(key, std::move(*value));
    return {};
  }

  std::string take_raw() {
    std::string_view line = take_line();
    if (line.ends_with('\r')) line.remove_suffix(1);
    return std::string(line);
  }

  void inherit(const std::string& key) {
    const auto found = outer_.find(key);
    if (found != outer_.end()) variables_.insert_or_assign(key, found->second);
  }

  Result<std::string> take_value(std::size_t number) {
    const std::string_view line = trimmed_left(rest_.substr(0, rest_.find('\n')));
    if (line.starts_with('\'') || line.starts_with('"')) {
      rest_.remove_prefix(static_cast<std::size_t>(line.data() + 1 - rest_.data()));
      return line.front() == '\'' ? take_single_quoted(number) : take_double_quoted(number);
    }
    return expand_value(trimmed(without_comment(take_line())), number);
  }

  // What may follow a closing quote: nothing but space and a comment.
  Result<> end_line(std::size_t number) {
    const std::string_view tail = trimmed(take_line());
    if (!tail.empty() && !tail.starts_with('#')) {
      return refuse(number, "unexpected text after the closing quote");
    }
    return {};
  }

  Result<std::string> take_single_quoted(std::size_t number) {
    std::string value;
    for (std::size_t at = 0; at < rest_.size(); ++at) {
      const bool escaped = rest_.substr(at).starts_with("\\'");
      if (rest_[at] == '\'') {
        rest_.remove_prefix(at + 1);
        auto ended = end_line(number);
        if (!ended) return pass_up(ended);
        return value;
      }
      if (escaped) ++at;
      count_line(rest_[at]);
      value += rest_[at];
    }
    return refuse(number, "the quoted value has no end");
  }

  Result<std::string> take_double_quoted(std::size_t number) {
    std::string value;
    for (std::size_t at = 0; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (c == '"') {
        rest_.remove_prefix(at + 1);
        auto ended = end_line(number);
        if (!ended) return pass_up(ended);
        return expand_value(value, number);
      }
      count_line(c);
      if (c != '\\' || at + 1 >= rest_.size()) {
        value += c;
        continue;
      }
      at += append_escape(value, rest_.substr(at + 1));
    }
    return refuse(number, "the quoted value has no end");
  }

  // Appends what "\…" stands for; returns how many characters after the backslash that took.
  static std::size_t append_escape(std::string& value, std::string_view after) {
    constexpr std::string_view kLetters = "nrt\\\"";
    constexpr std::string_view kMeanings = "\n\r\t\\\"";
    const char c = after.front();
    if (const std::size_t which = kLetters.find(c); which != std::string_view::npos) {
      value += kMeanings[which];
      return 1;
    }
    if (c == '$') {
      value += "$$";  // a literal dollar for the expansion that follows
      return 1;
    }
    std::size_t digits = 0;
    unsigned code = 0;
    while (c == '0' && digits < 4 && digits < after.size() && after[digits] >= '0' &&
           after[digits] <= '7') {
      code = code * 8 + static_cast<unsigned>(after[digits++] - '0');
    }
    if (digits == 4 && code > 0 && code < 128) {
      value += static_cast<char>(code);
      return digits;
    }
    value += '\\';
    return 0;
  }

  void count_line(char c) { line_ += c == '\n' ? 1 : 0; }

  Result<std::string> expand_value(std::string_view text, std::size_t number) {
    auto expanded = expand(text, [this](const std::string& name) -> std::optional<std::string> {
      if (const auto found = outer_.find(name); found != outer_.end()) return found->second;
      if (const auto found = variables_.find(name); found != variables_.end()) {
        return found->second;
      }
      return std::nullopt;
    });
    if (!expanded) return refuse(number, expanded.error().text());
    return std::move(expanded->text);
  }

  std::string_view rest_;
  const std::string& file_;
  const Environment& outer_;
  DotenvFormat format_;
  Environment variables_;
  std::size_t line_{0};
};

}  // namespace

Result<Environment> read_dotenv(std::string_view text, const std::string& file,
                                const Environment& outer, DotenvFormat format) {
  if (text.contains('\0')) return fail(ErrorKind::Invalid, "{}: a NUL byte", file);
  return DotenvReader(text, file, outer, format).read();
}

Result<Environment> with_dotenv(const Environment& process, const std::vector<std::string>& files,
                                MissingFile missing, const FileReader& read) {
  Environment from_files;
  for (const std::string& file : files) {
    auto text = read(file);
    if (!text && text.error().kind() == ErrorKind::NotFound && missing == MissingFile::Skip) {
      continue;
    }
    if (!text) return pass_up(text, "environment file {}", file);
    Environment outer = from_files;
    for (const auto& [name, value] : process) outer.insert_or_assign(name, value);
    auto variables = read_dotenv(*text, file, outer);
    if (!variables) return pass_up(variables);
    for (auto& [name, value] : *variables) from_files.insert_or_assign(name, std::move(value));
  }
  for (const auto& [name, value] : process) from_files.insert_or_assign(name, value);
  return from_files;
}

}  // namespace schemas
