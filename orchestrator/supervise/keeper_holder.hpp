// KeeperHolder: the keeper as the world's Holder, with a duplicate of all that it holds.
#pragma once

#include <map>
#include <string>

#include "orchestrator/supervise/keeper_client.hpp"
#include "orchestrator/world/held.hpp"
#include "orchestrator/world/holder.hpp"

namespace orchestrator {

// The duplicates are what a new keeper goes on with when this one dies.
class KeeperHolder final : public Holder {
 public:
  // Takes over what the keeper holds from the supervisor before us.
  static schemas::Result<KeeperHolder> take_over(KeeperClient client);

  schemas::Result<> hold(const std::string& name,
                         const runtime::FileDescriptor& descriptor) override;
  schemas::Result<> drop(const std::string& name) override;
  schemas::Result<> hold_process(const schemas::ContainerName& container,
                                 const runtime::ProcessIdentity& process,
                                 const runtime::FileDescriptor& pidfd, Kinship kinship) override;
  schemas::Result<> move_logs(const schemas::ContainerName& container,
                              const runtime::FileDescriptor& standard_output,
                              const runtime::FileDescriptor& standard_error,
                              const runtime::FileDescriptor& directory) override;
  schemas::Result<> end_logs(const schemas::ContainerName& container) override;

  // Duplicates of what was held when we came: the world recovers from them.
  [[nodiscard]] HeldDescriptors copy_held() const;

  // Everything, for start_keeper(); the processes in it will be watched, since no keeper is their
  // parent.
  [[nodiscard]] Holdings take_holdings();

  [[nodiscard]] KeeperClient& client() { return client_; }

 private:
  explicit KeeperHolder(KeeperClient client) : client_(std::move(client)) {}

  KeeperClient client_;
  std::map<std::string, HeldDescriptor> descriptors_;
  std::map<std::string, HeldLog> logs_;
};

}  // namespace orchestrator
