// A Trace: everything a test could leave behind on the machine, as lines that compare.
#pragma once

#include <set>
#include <string>

namespace tests {

// What exists now: mounts, links, cgroups of ours, nftables tables, processes, open descriptors.
struct Trace {
  std::set<std::string> lines;  // "mount /proc proc", "link lo", "descriptor 3 pipe", ...
};

[[nodiscard]] Trace take_trace();

// The lines that only one of the two has, "+" for new and "-" for gone; empty when nothing changed.
[[nodiscard]] std::string describe_difference(const Trace& before, const Trace& after);

}  // namespace tests
