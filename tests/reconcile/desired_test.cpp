// desired_state(): what a Spec and its images are resolved into, and what is refused.
#include "orchestrator/reconcile/desired.hpp"

#include <gmock/gmock.h>

#include "orchestrator/reconcile/replica.hpp"
#include "tests/model/shop.hpp"

namespace tests {
namespace {

using namespace orchestrator;
using schemas::ContainerConfig;
using schemas::ContainerName;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

ContainerConfig config_of(const ServiceBuilder& service) {
  return desired_of({service}).containers.begin()->second.config;
}

std::string refusal_of(const std::vector<ServiceBuilder>& services) {
  const auto desired = resolve(a_spec(services));
  return desired ? "" : desired.error().text();
}

TEST(Desired, TakesCommandEntrypointAndDefaultsAsDockerDoes) {
  EXPECT_THAT(config_of(a_service("web")).command, ElementsAre("/serve"));
  EXPECT_THAT(config_of(a_service("web").command({"-v"})).command, ElementsAre("/serve", "-v"));
  auto own = a_service("web");
  own.service.entrypoint = {"/other"};
  EXPECT_THAT(config_of(own).command, ElementsAre("/other"));
  EXPECT_EQ(config_of(own).working_directory, "/");
  EXPECT_EQ(config_of(own).stop_signal, 15);
}

TEST(Desired, RefusesAContainerWithoutAProgram) {
  auto service = a_service("web");
  service.service.entrypoint = std::vector<std::string>{};
  EXPECT_THAT(refusal_of({service}), HasSubstr("service web: image demo says no program to run"));
}

TEST(Desired, NamesTheServiceWhoseImageIsMissing) {
  EXPECT_THAT(refusal_of({a_service("web").image("nope:1")}),
              HasSubstr("service web: image nope:1 is not in the image store"));
}

TEST(Desired, GivesEachReplicaItsOwnNameHostnameAndLabels) {
  const auto desired = desired_of({a_service("web").replicas(2)});
  const ContainerConfig& second = desired.containers.at(ContainerName("shop-web-2")).config;
  EXPECT_EQ(second.labels.at("com.docker.compose.container-number"), "2");
  EXPECT_EQ(second.labels.at("com.docker.compose.project"), "shop");
  EXPECT_EQ(second.hostname.size(), 12U);
  EXPECT_NE(second.hostname, desired.containers.begin()->second.config.hostname);
  EXPECT_THAT(second.endpoints[0].aliases, ElementsAre("web"));
}

TEST(Desired, HashesTheConfigWithoutItsOwnHash) {
  const ContainerConfig config = config_of(a_service("web"));
  EXPECT_EQ(config.labels.at(kHashLabel), fingerprint(essence(config)).hex);
  EXPECT_EQ(config_of(a_service("web")), config);
}

TEST(Desired, KeepsAnonymousVolumesByNameAcrossRecreation) {
  const ContainerConfig before = config_of(a_service("db").image("demo:data"));
  const ContainerConfig after = config_of(a_service("db").image("demo:data").memory(1 << 20));
  ASSERT_EQ(before.mounts.size(), 1U);
  EXPECT_EQ(before.mounts, after.mounts);
}

TEST(Desired, LetsAServiceMountHideTheImagesVolume) {
  const auto desired = desired_of({a_service("db").image("demo:data").volume("data", "/data")});
  ASSERT_EQ(desired.volumes.size(), 1U);
  EXPECT_EQ(desired.volumes.begin()->first.text, "shop_data");
  EXPECT_EQ(desired.volumes.begin()->second.life, schemas::VolumeLife::Named);
}

TEST(Desired, MakesOnlyTheNetworksThatAreUsed) {
  auto spec = a_spec({a_service("web").network("front")});
  spec.networks["unused"].name = "shop_unused";
  const auto desired = resolve(spec);
  ASSERT_TRUE(desired);
  EXPECT_EQ(desired->networks.size(), 1U);
}

TEST(Desired, DoesNotOwnExternalVolumes) {
  auto spec = a_spec({a_service("db").volume("data", "/data")});
  spec.volumes["data"].external = true;
  EXPECT_THAT(resolve(spec)->volumes, IsEmpty());
}

TEST(Desired, LetsADependencyMeanEveryReplica) {
  const auto desired =
      desired_of({a_service("db").replicas(2), a_service("web").needs_started("db")});
  EXPECT_EQ(desired.containers.at(ContainerName("shop-web-1")).dependencies.size(), 2U);
}

TEST(Desired, RefusesAnAddressOutsideItsSubnet) {
  auto spec = a_spec({a_service("web").address("back", "10.1.0.9")});
  spec.services.begin()->second.networks[0].ipv4_address = *schemas::read_ipv4("10.2.0.9");
  EXPECT_THAT(resolve(spec).error().text(),
              HasSubstr("ipv4_address 10.2.0.9 is not in the subnet 10.1.0.0/24"));
}

TEST(Desired, RefusesOneAddressForTwo) {
  EXPECT_THAT(refusal_of({a_service("a").address("back", "10.1.0.9"),
                          a_service("b").address("back", "10.1.0.9")}),
              HasSubstr("containers shop-a-1 and shop-b-1 cannot both have the address 10.1.0.9"));
}

TEST(Desired, RefusesTheGatewaysAddress) {
  EXPECT_THAT(refusal_of({a_service("a").address("back", "10.1.0.1")}),
              HasSubstr("is the network's own"));
}

TEST(Desired, RefusesOnePortForTwo) {
  EXPECT_THAT(refusal_of({a_service("a").port(80, 80), a_service("b").port(80, 8080)}),
              HasSubstr("services a and b cannot both publish 0.0.0.0:80/tcp"));
  EXPECT_THAT(refusal_of({a_service("a").port(80, 80).replicas(2)}),
              HasSubstr("its replicas shop-a-1 and shop-a-2 cannot both publish 0.0.0.0:80/tcp"));
}

TEST(Desired, RefusesAPortThatNamesNoPortOfTheHost) {
  auto service = a_service("web").port(80, 80);
  service.service.ports[0].published.reset();
  EXPECT_THAT(refusal_of({service}), HasSubstr("port 80 names no port of the host"));
}

TEST(Desired, RefusesToWaitForTheHealthOfWhatHasNoCheck) {
  EXPECT_THAT(refusal_of({a_service("db"), a_service("web").needs_healthy("db")}),
              HasSubstr("db has no health check"));
}

TEST(Desired, RefusesAnUnknownStopSignal) {
  auto service = a_service("web");
  service.service.stop_signal = "SIGNOPE";
  EXPECT_THAT(refusal_of({service}), HasSubstr("service web: stop_signal"));
}

}  // namespace
}  // namespace tests
