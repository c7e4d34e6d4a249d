// Finds services that wait for each other.
#include <algorithm>
#include <set>
#include <vector>

#include "schemas/spec/check.hpp"

namespace schemas {

namespace {

// Depth-first search without recursion: a chain of dependencies may be as long as the file.
class CycleSearch {
 public:
  CycleSearch(const Spec& spec, const Node& document, Findings& findings)
      : spec_(spec), document_(document), findings_(findings) {}

  void search_from(const Service& start) {
    if (done_.contains(start.name)) return;
    path_ = {{&start, 0}};
    on_path_ = {start.name};
    while (!path_.empty()) step();
  }

 private:
  struct Visit {
    const Service* service;
    std::size_t next;  // dependency to look at
  };

  void step() {
    Visit& visit = path_.back();
    const Service& service = *visit.service;
    if (visit.next == service.depends_on.size()) {
      done_.insert(service.name);
      on_path_.erase(service.name);
      path_.pop_back();
      return;
    }
    const ServiceName& name = service.depends_on[visit.next++].service;
    const auto found = spec_.services.find(name);
    if (found == spec_.services.end() || done_.contains(name)) return;
    if (on_path_.contains(name)) return report(name);
    on_path_.insert(name);
    path_.push_back({&found->second, 0});
  }

  // "a -> b -> c -> a"
  void report(const ServiceName& back) {
    const auto begin = std::find_if(path_.begin(), path_.end(), [&](const Visit& visit) {
      return visit.service->name == back;
    });
    std::string chain;
    for (auto it = begin; it != path_.end(); ++it) chain += it->service->name.text + " -> ";
    const Service& last = *path_.back().service;
    findings_.error(place_in_service(document_, last, "depends_on", back.text),
                    fmt::format("services.{}.depends_on", last.name),
                    "dependency cycle: " + chain + back.text, "remove one of these dependencies");
  }

  const Spec& spec_;
  const Node& document_;
  Findings& findings_;
  std::set<ServiceName> done_;
  std::set<ServiceName> on_path_;
  std::vector<Visit> path_;
};

}  // namespace

void check_cycles(const Spec& spec, const Node& document, Findings& findings) {
  CycleSearch search(spec, document, findings);
  for (const auto& [name, service] : spec.services) search.search_from(service);
}

}  // namespace schemas
