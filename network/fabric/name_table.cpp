// Looking names up in the networks of the asker.
#include "network/fabric/name_table.hpp"

#include <algorithm>

namespace network {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& character : result)
    if (character >= 'A' && character <= 'Z')
      character = static_cast<char>(character + ('a' - 'A'));
  return result;
}

}  // namespace

const std::vector<schemas::Ipv4Address>* NameTable::find(std::string_view lower_name) const {
  for (const auto& network : networks) {
    const auto found = network->forward.find(lower_name);
    if (found != network->forward.end()) return &found->second;
  }
  // "web.front": both parts may have dots of their own, so each split is tried.
  for (std::size_t dot = lower_name.find('.'); dot != std::string_view::npos;
       dot = lower_name.find('.', dot + 1)) {
    const std::string_view suffix = lower_name.substr(dot + 1);
    for (const auto& network : networks) {
      if (suffix != lower(network->network.text) && suffix != lower(network->key)) continue;
      const auto found = network->forward.find(lower_name.substr(0, dot));
      if (found != network->forward.end()) return &found->second;
    }
  }
  return nullptr;
}

const std::string* NameTable::find_reverse(schemas::Ipv4Address address) const {
  for (const auto& network : networks) {
    const auto found = network->reverse.find(address);
    if (found != network->reverse.end()) return &found->second;
  }
  return nullptr;
}

std::map<schemas::NetworkName, std::shared_ptr<const NetworkNames>> collect_names(
    const std::vector<NamedEndpoint>& endpoints) {
  std::map<schemas::NetworkName, NetworkNames> collected;
  for (const NamedEndpoint& endpoint : endpoints) {
    NetworkNames& names = collected[endpoint.network];
    names.network = endpoint.network;
    names.key = endpoint.network_key;
    for (const std::string& name : endpoint.names)
      names.forward[lower(name)].push_back(endpoint.address);
    if (!endpoint.names.empty())
      names.reverse[endpoint.address] = endpoint.names.front() + "." + endpoint.network.text;
  }
  std::map<schemas::NetworkName, std::shared_ptr<const NetworkNames>> shared;
  for (auto& [name, names] : collected) {
    for (auto& [text, addresses] : names.forward) {
      std::ranges::sort(addresses);
      const auto doubled = std::ranges::unique(addresses);
      addresses.erase(doubled.begin(), doubled.end());
    }
    shared[name] = std::make_shared<const NetworkNames>(std::move(names));
  }
  return shared;
}

}  // namespace network
