// Endpoint plans: interface names by order, one way out.
#include <gtest/gtest.h>

#include "network/fabric/endpoint_set.hpp"

namespace network {
namespace {

const schemas::KernelNames kNames{.instance = "", .project = schemas::ProjectName("shop")};
const schemas::ContainerName kWeb("shop-web-1");

schemas::EndpointConfig wants(const char* network, std::int32_t priority = 0) {
  schemas::EndpointConfig endpoint;
  endpoint.network = schemas::NetworkName(network);
  endpoint.gateway_priority = priority;
  return endpoint;
}

std::map<schemas::NetworkName, schemas::NetworkStatus> networks() {
  std::map<schemas::NetworkName, schemas::NetworkStatus> all;
  for (const auto& [name, subnet, reach] :
       {std::tuple{"back", "10.89.1.0/24", schemas::Reach::Internal},
        std::tuple{"front", "10.89.0.0/24", schemas::Reach::Outside},
        std::tuple{"side", "10.89.2.0/24", schemas::Reach::Outside}}) {
    schemas::NetworkStatus status;
    status.config.name = schemas::NetworkName(name);
    status.config.reach = reach;
    status.subnet = *schemas::read_subnet(subnet);
    all[status.config.name] = status;
  }
  return all;
}

std::vector<schemas::EndpointStatus> addresses() {
  std::vector<schemas::EndpointStatus> all;
  for (const auto& [name, status] : networks())
    all.push_back({.network = name, .address = {status.subnet.base.bits + 2}});
  return all;
}

TEST(EndpointPlan, NamesInterfacesInOrderAndGoesOutByTheFirstThatCan) {
  const auto specs = plan_endpoints(kNames, kWeb, {wants("back"), wants("front"), wants("side")},
                                    addresses(), networks());
  ASSERT_TRUE(specs);
  EXPECT_EQ((*specs)[0].interface, "eth0");
  EXPECT_FALSE((*specs)[0].gateway);
  EXPECT_EQ((*specs)[1].interface, "eth1");
  EXPECT_EQ((*specs)[1].gateway->text(), "10.89.0.1");
  EXPECT_FALSE((*specs)[2].gateway);
}

TEST(EndpointPlan, PrefersTheHighestGatewayPriority) {
  const auto specs =
      plan_endpoints(kNames, kWeb, {wants("front"), wants("side", 5)}, addresses(), networks());
  ASSERT_TRUE(specs);
  EXPECT_FALSE((*specs)[0].gateway);
  EXPECT_EQ((*specs)[1].gateway->text(), "10.89.2.1");
}

TEST(EndpointPlan, SaysWhichNetworkIsMissing) {
  const auto specs = plan_endpoints(kNames, kWeb, {wants("nowhere")}, addresses(), networks());
  ASSERT_FALSE(specs);
  EXPECT_EQ(specs.error().text(), "shop-web-1: network nowhere is not there");
}

}  // namespace
}  // namespace network
