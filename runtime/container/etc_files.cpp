// Writes hosts(5) and resolv.conf(5).
#include "runtime/container/etc_files.hpp"

#include <algorithm>

namespace runtime {

using schemas::ContainerConfig;
using schemas::ErrorKind;
using schemas::fail;
using schemas::NetworkMode;
using schemas::Result;

namespace {

std::string_view cut_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    words.emplace_back(line.substr(0, line.find_first_of(" \t\r")));
    line.remove_prefix(words.back().size());
  }
}

// A name becomes a line of a file: nothing in it may begin another line or another word.
bool is_one_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > 0x20 && c != 0x7f && c != '#';
  });
}

std::string join(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

}  // namespace

Result<std::string> write_hosts(const ContainerConfig& config,
                                const std::vector<schemas::EndpointStatus>& endpoints,
                                std::optional<schemas::Ipv4Address> host_gateway,
                                std::string_view host_text) {
  if (config.network_mode == NetworkMode::Host && config.extra_hosts.empty())
    return std::string(host_text);
  if (!is_one_word(config.hostname))
    return fail(ErrorKind::Invalid, "hostname \"{}\" is not one word", config.hostname);
  std::string text = "127.0.0.1\tlocalhost\n";
  for (const auto& [name, address] : config.extra_hosts) {
    if (!is_one_word(name) || !is_one_word(address))
      return fail(ErrorKind::Invalid, "extra_hosts: \"{}\": \"{}\" is not a name and an address",
                  name, address);
    if (address == "host-gateway" && !host_gateway)
      return fail(ErrorKind::Invalid,
                  "extra_hosts: {} asks for host-gateway, but the container has no bridge network",
                  name);
    text +=
        fmt::format("{}\t{}\n", address == "host-gateway" ? host_gateway->text() : address, name);
  }
  for (const schemas::EndpointStatus& endpoint : endpoints)
    text += fmt::format("{}\t{}\n", endpoint.address.text(), config.hostname);
  return text;
}

std::string write_resolv_conf(const ContainerConfig& config, std::string_view host_text) {
  if (config.network_mode != NetworkMode::Bridged) return std::string(host_text);
  std::vector<std::string> search;
  std::vector<std::string> options;
  while (!host_text.empty()) {
    std::vector<std::string> words = split_words(cut_line(host_text));
    if (words.size() < 2) continue;
    const std::string key = words.front();
    words.erase(words.begin());
    // resolv.conf(5): of several search or domain lines the last one counts; options add up.
    if (key == "search" || key == "domain") search = words;
    if (key == "options") options.insert(options.end(), words.begin(), words.end());
  }
  const bool has_dots = std::any_of(options.begin(), options.end(), [](const std::string& option) {
    return option.starts_with("ndots:");
  });
  if (!has_dots) options.emplace_back("ndots:0");
  std::string text = "nameserver 127.0.0.11\n";
  if (!search.empty()) text += "search " + join(search) + "\n";
  return text + "options " + join(options) + "\n";
}

}  // namespace runtime
