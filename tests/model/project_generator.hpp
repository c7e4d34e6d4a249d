// Seeded random projects and accidents: the same seed gives the same story.
#pragma once

#include <random>
#include <vector>

#include "orchestrator/reconcile/desired.hpp"
#include "tests/model/fake_world.hpp"
#include "tests/model/shop.hpp"

namespace tests {

class ProjectGenerator {
 public:
  explicit ProjectGenerator(std::uint32_t seed) : engine_(seed) {}

  // One to six services that depend on earlier ones, with ports, volumes and several networks. All
  // of them can come to run: programs are honest, conditions can be met.
  [[nodiscard]] std::vector<ServiceBuilder> services();

  // The same project with something changed: a limit, the replicas, a service less or more.
  [[nodiscard]] std::vector<ServiceBuilder> changed(std::vector<ServiceBuilder> services);

  // Something of the running project breaks.
  void spoil(FakeWorld& world);

  [[nodiscard]] int below(int bound) {
    return static_cast<int>(engine_() % static_cast<std::uint32_t>(bound));
  }

 private:
  ServiceBuilder service(int index);

  std::mt19937 engine_;
};

}  // namespace tests
