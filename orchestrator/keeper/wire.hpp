// One message with its descriptors, over either of the keeper's sockets.
#pragma once

#include "orchestrator/keeper/protocol.hpp"

namespace orchestrator {

inline constexpr int kMostInMessage = 4;

// A message and the descriptors that came with it. Whoever keeps one of them sets it to -1 here;
// close_rest() closes the others.
struct Parcel {
  KeeperMessage message;
  int descriptors[kMostInMessage];
  int count;

  int take(int index) {
    const int taken = descriptors[index];
    descriptors[index] = -1;
    return taken;
  }
  void close_rest();
};

enum class Waiting { No, Yes };

enum class Received {
  Message,
  Nothing,   // nothing is there yet
  Nonsense,  // a message that is not of this protocol; its descriptors are closed
  Closed
};

Received receive_parcel(int socket, Parcel& parcel, Waiting waiting);

// Never waits. A negative errno on failure: -EAGAIN when the other side reads too slowly.
long send_parcel(int socket, const KeeperMessage& message, const int* descriptors, int count);

// A message with nothing but its verb.
KeeperMessage message_of(KeeperVerb verb);

}  // namespace orchestrator
