// Starts: the creation and the start of a container, with everything that can hold them up.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "orchestrator/reconcile/draft.hpp"
#include "orchestrator/reconcile/restart.hpp"

namespace orchestrator {

// Who has an address and keeps it for now.
using AddressHolders =
    std::map<std::pair<schemas::NetworkName, schemas::Ipv4Address>, schemas::ContainerName>;
[[nodiscard]] AddressHolders address_holders(const Draft& draft);

enum class Created : std::uint8_t { Now, NotYet };

// Adds the creation, or the reason why it must wait.
[[nodiscard]] Created create_container(Draft& draft, const AddressHolders& holders,
                                       const DesiredContainer& container);

// Adds the first start of this `up`, or what it waits for: dependencies, volumes to be filled.
// `why` is the step's reason when there is no better one.
void start_fresh(Draft& draft, const DesiredContainer& container, const std::string& why);

// Adds a start by restart policy. Dependencies count only after a reboot, as nobody saw the exit: a
// crash alone does not make a container wait for others again.
void start_container(Draft& draft, const DesiredContainer& container, const Restart& restart);

}  // namespace orchestrator
