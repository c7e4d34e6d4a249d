// The book is small, so it is read and written as a whole, under its lock.
#include "network/fabric/subnet_book.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "network/netlink/address.hpp"
#include "network/netlink/link.hpp"
#include "runtime/sys/files.hpp"
#include "schemas/vocabulary/document.hpp"

namespace network {
namespace {

using schemas::Change;
using schemas::Node;
using schemas::Result;

constexpr const char* kBook = "networks.json";
constexpr const char* kDamagedBook = "networks.json.damaged";
constexpr const char* kLock = "networks.lock";

// {"shop": {"shop_front": "10.89.0.0/24"}}
std::string write_claims(const std::vector<SubnetClaim>& claims) {
  Node book = Node::mapping();
  for (const SubnetClaim& claim : claims) {
    if (book.find(claim.project.text) == nullptr) book.set(claim.project.text, Node::mapping());
    book.find(claim.project.text)->set(claim.network.text, Node::string(claim.subnet.text()));
  }
  return schemas::write_json(book, schemas::JsonLayout::Indented) + "\n";
}

Result<std::vector<SubnetClaim>> read_claims(const std::string& text) {
  auto book = schemas::read_json(text, kBook);
  if (!book) return schemas::pass_up(book);
  std::vector<SubnetClaim> claims;
  for (const Node::Entry& project : book->entries)
    for (const Node::Entry& network : project.value.entries) {
      auto subnet = schemas::read_subnet(network.value.text);
      if (!subnet) return schemas::pass_up(subnet, "{}", network.value.mark.text());
      claims.push_back({.project = schemas::ProjectName(project.key),
                        .network = schemas::NetworkName(network.key),
                        .subnet = *subnet});
    }
  std::ranges::sort(claims);
  return claims;
}

bool is_damaged(const Result<std::vector<SubnetClaim>>& claims) {
  return !claims && claims.error().kind() == schemas::ErrorKind::Invalid;
}

Result<std::vector<SubnetClaim>> read_book_at(const runtime::FileDescriptor& directory) {
  auto text = runtime::read_file_at(directory, kBook);
  if (!text && text.error().kind() == schemas::ErrorKind::NotFound)
    return std::vector<SubnetClaim>{};
  if (!text) return schemas::pass_up(text);
  return read_claims(*text);
}

// For those who hold the lock. A damaged book is laid aside for whoever wants to look at it: a
// machine without any network would be worse than claims that only the kernel's routes still show.
Result<std::vector<SubnetClaim>> open_book_at(const runtime::FileDescriptor& directory) {
  auto claims = read_book_at(directory);
  if (!is_damaged(claims)) return claims;
  if (::renameat(directory.get(), kBook, directory.get(), kDamagedBook) < 0)
    return schemas::os_error(errno, "lay the damaged {} aside", kBook);
  return std::vector<SubnetClaim>{};
}

bool is_same_network(const SubnetClaim& left, const SubnetClaim& right) {
  return left.project == right.project && left.network == right.network;
}

}  // namespace

Result<std::vector<SubnetClaim>> read_subnet_book(const std::string& root) {
  auto directory = runtime::open_directory(root);
  if (!directory && directory.error().kind() == schemas::ErrorKind::NotFound)
    return std::vector<SubnetClaim>{};
  if (!directory) return schemas::pass_up(directory, "read the subnet book");
  auto claims = read_book_at(*directory);
  if (is_damaged(claims)) return std::vector<SubnetClaim>{};  // the next claim lays it aside
  if (!claims) return schemas::pass_up(claims, "read the subnet book {}/{}", root, kBook);
  return claims;
}

Result<Change> claim_subnet(const std::string& root, const SubnetClaim& claim) {
  auto directory = runtime::ensure_directory(root);
  if (!directory) return schemas::pass_up(directory, "claim subnet {}", claim.subnet.text());
  auto lock = runtime::FileLock::take(*directory, kLock);
  if (!lock) return schemas::pass_up(lock, "claim subnet {}", claim.subnet.text());
  auto claims = open_book_at(*directory);
  if (!claims) return schemas::pass_up(claims, "claim subnet {}", claim.subnet.text());
  if (std::ranges::find(*claims, claim) != claims->end()) return Change::Already;
  std::erase_if(*claims, [&](const SubnetClaim& other) { return is_same_network(other, claim); });
  for (const SubnetClaim& other : *claims)
    if (other.subnet.overlaps(claim.subnet))
      return schemas::fail(
          schemas::ErrorKind::Conflict,
          "subnet {} of network {} overlaps {} of network {} in project {}: take another subnet, "
          "or bring that project down",
          claim.subnet.text(), claim.network, other.subnet.text(), other.network, other.project);
  claims->push_back(claim);
  std::ranges::sort(*claims);
  auto written = runtime::write_file_at(*directory, kBook, write_claims(*claims));
  if (!written) return schemas::pass_up(written, "claim subnet {}", claim.subnet.text());
  return Change::Made;
}

Result<Change> release_subnet(const std::string& root, const schemas::ProjectName& project,
                              const schemas::NetworkName& network) {
  auto directory = runtime::open_directory(root);
  if (!directory && directory.error().kind() == schemas::ErrorKind::NotFound)
    return Change::Already;
  if (!directory) return schemas::pass_up(directory, "release the subnet of {}", network);
  auto lock = runtime::FileLock::take(*directory, kLock);
  if (!lock) return schemas::pass_up(lock, "release the subnet of {}", network);
  auto claims = open_book_at(*directory);
  if (!claims) return schemas::pass_up(claims, "release the subnet of {}", network);
  const SubnetClaim claim{.project = project, .network = network, .subnet = {}};
  const auto struck = std::erase_if(
      *claims, [&](const SubnetClaim& other) { return is_same_network(other, claim); });
  if (struck == 0) return Change::Already;
  auto written = runtime::write_file_at(*directory, kBook, write_claims(*claims));
  if (!written) return schemas::pass_up(written, "release the subnet of {}", network);
  return Change::Made;
}

Result<std::vector<schemas::Subnet>> routed_subnets(NetlinkSocket& route, std::uint32_t own_group) {
  auto links = list_links(route);
  if (!links) return schemas::pass_up(links);
  const auto is_own = [&](int index) {
    const auto link = std::ranges::find(*links, index, &Link::index);
    return link != links->end() && link->group == own_group;
  };
  auto routes = list_routes(route);
  if (!routes) return schemas::pass_up(routes);
  auto addresses = list_addresses(route);
  if (!addresses) return schemas::pass_up(addresses);
  std::vector<schemas::Subnet> subnets;
  for (const Route& one : *routes)
    if (one.destination.prefix != 0 && !is_own(one.link)) subnets.push_back(one.destination);
  for (const LinkAddress& one : *addresses) {
    if (is_own(one.link)) continue;
    const std::uint32_t mask = one.prefix == 0 ? 0 : ~std::uint32_t{0} << (32U - one.prefix);
    subnets.push_back({.base = {one.address.bits & mask}, .prefix = one.prefix});
  }
  std::ranges::sort(subnets);
  const auto doubled = std::ranges::unique(subnets);
  subnets.erase(doubled.begin(), doubled.end());
  return subnets;
}

}  // namespace network
