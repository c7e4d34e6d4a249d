// Messages of keeper/protocol.hpp, sent and received; shared by client and start.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "orchestrator/keeper/protocol.hpp"
#include "orchestrator/supervise/keeper_client.hpp"
#include "runtime/sys/file_descriptor.hpp"
#include "schemas/vocabulary/error.hpp"

namespace orchestrator {

struct ReceivedFromKeeper {
  KeeperMessage message{};
  std::vector<runtime::FileDescriptor> descriptors;
};

// Fills in protocol, verb and name. Invalid: a name that is empty or does not fit.
[[nodiscard]] schemas::Result<> send_keeper_message(const runtime::FileDescriptor& socket,
                                                    KeeperVerb verb, std::string_view name,
                                                    KeeperMessage message,
                                                    std::span<const int> descriptors);

// Waits for the next message; nothing when the other side is gone.
[[nodiscard]] schemas::Result<std::optional<ReceivedFromKeeper>> receive_keeper_message(
    const runtime::FileDescriptor& socket);

[[nodiscard]] KeeperMessage with_limits(const LogLimits& limits);
[[nodiscard]] KeeperRefused refusal_in(const KeeperMessage& message);

}  // namespace orchestrator
