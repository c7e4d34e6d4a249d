// Reading and writing resolv.conf as resolv.conf(5) says.
#include "network/fabric/resolv_conf.hpp"

#include <algorithm>
#include <sstream>

namespace network {
namespace {

constexpr std::size_t kMostServers = 3;  // MAXNS of resolv.h

// Appends; `" " + word` makes g++ 12 warn of an overlap that cannot be (-Wrestrict).
void add_word(std::string& line, std::string_view word) {
  line += ' ';
  line += word;
}

}  // namespace

ResolvConf read_resolv_conf(std::string_view text) {
  ResolvConf conf;
  std::istringstream lines{std::string(text)};
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with('#') || line.starts_with(';')) continue;
    std::istringstream words(line);
    std::string keyword;
    std::string word;
    words >> keyword;
    if (keyword == "nameserver" && words >> word && conf.servers.size() < kMostServers) {
      if (auto address = schemas::read_ipv4(word)) conf.servers.push_back(*address);
    } else if (keyword == "search" || keyword == "domain") {
      conf.search.clear();  // the last one wins
      while (words >> word) conf.search.push_back(word);
    } else if (keyword == "options") {
      while (words >> word) conf.options.push_back(word);
    }
  }
  return conf;
}

std::string write_container_resolv_conf(const ResolvConf& host) {
  std::string text =
      "# The names of this project's containers are known here; for the rest it asks";
  for (const schemas::Ipv4Address& server : host.servers) add_word(text, server.text());
  text += "\nnameserver 127.0.0.11\n";
  if (!host.search.empty()) {
    text += "search";
    for (const std::string& domain : host.search) add_word(text, domain);
    text += "\n";
  }
  text += "options";
  for (const std::string& option : host.options) add_word(text, option);
  const bool has_ndots = std::ranges::any_of(
      host.options, [](const std::string& option) { return option.starts_with("ndots:"); });
  if (!has_ndots) text += " ndots:0";
  return text + "\n";
}

}  // namespace network
