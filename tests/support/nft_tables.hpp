// The names of the nftables tables in this network namespace, for traces.
#pragma once

#include <set>
#include <string>

namespace tests {

// "inet tutti_shop", ...; asked from the kernel directly (nfnetlink), without the nft program.
[[nodiscard]] std::set<std::string> nft_tables();

}  // namespace tests
