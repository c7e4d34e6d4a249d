// The floor's network: a bridge, and per container a namespace with a veth, an address and a route.
#pragma once

#include <cstdint>
#include <vector>

namespace bench {

// Rtnetlink in the namespace that this process lives in.
class FloorNetwork {
 public:
  // A dead namespace's veth lives on for a while, so the runs of one process differ in `run`.
  explicit FloorNetwork(unsigned run);
  ~FloorNetwork();
  FloorNetwork(const FloorNetwork&) = delete;
  FloorNetwork& operator=(const FloorNetwork&) = delete;

  void create_bridge();
  void discard_bridge();

  struct Joined {
    int network;               // the namespace
    std::vector<int> sockets;  // UDP and TCP on 127.0.0.11:53 inside it
  };
  // A new namespace, 10.90.x.y/16 in it, a port of the bridge on this side; `number` from 1 on.
  Joined join(std::uint32_t number);

 private:
  unsigned run_;
  int home_;
  int socket_;
  int bridge_{0};
};

}  // namespace bench
