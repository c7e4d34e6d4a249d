// Every call goes to the keeper and into our own duplicate of its holdings.
#include "orchestrator/supervise/keeper_holder.hpp"

#include <utility>

namespace orchestrator {

using schemas::ContainerName;
using schemas::Result;

Result<KeeperHolder> KeeperHolder::take_over(KeeperClient client) {
  KeeperHolder holder(std::move(client));
  auto holdings = holder.client_.list();
  if (!holdings) return pass_up(holdings, "ask the keeper what it holds");
  for (HeldDescriptor& held : holdings->descriptors) {
    std::string name = held.name;
    holder.descriptors_.insert_or_assign(std::move(name), std::move(held));
  }
  for (HeldLog& log : holdings->logs) {
    std::string name = log.name;
    holder.logs_.insert_or_assign(std::move(name), std::move(log));
  }
  return holder;
}

Result<> KeeperHolder::hold(const std::string& name, const runtime::FileDescriptor& descriptor) {
  descriptors_.insert_or_assign(
      name,
      HeldDescriptor{.name = name, .descriptor = descriptor.duplicate(), .process = std::nullopt});
  return client_.hold(name, descriptor);
}

Result<> KeeperHolder::drop(const std::string& name) {
  descriptors_.erase(name);
  return client_.drop(name);
}

Result<> KeeperHolder::hold_process(const ContainerName& container,
                                    const runtime::ProcessIdentity& process,
                                    const runtime::FileDescriptor& pidfd, Kinship kinship) {
  const std::string name = pidfd_name(container);
  descriptors_.insert_or_assign(
      name, HeldDescriptor{.name = name, .descriptor = pidfd.duplicate(), .process = process});
  if (kinship == Kinship::Adopted) return client_.watch(name, process, pidfd);
  return client_.hold_child(name, process, pidfd);
}

Result<> KeeperHolder::move_logs(const ContainerName& container,
                                 const runtime::FileDescriptor& standard_output,
                                 const runtime::FileDescriptor& standard_error,
                                 const runtime::FileDescriptor& directory) {
  logs_.insert_or_assign(container.text, HeldLog{.name = container.text,
                                                 .stdout_fifo = standard_output.duplicate(),
                                                 .stderr_fifo = standard_error.duplicate(),
                                                 .directory = directory.duplicate(),
                                                 .limits = {}});
  return client_.log(container.text, standard_output, standard_error, directory);
}

Result<> KeeperHolder::end_logs(const ContainerName& container) {
  logs_.erase(container.text);
  return client_.end_log(container.text);
}

HeldDescriptors KeeperHolder::copy_held() const {
  HeldDescriptors copies;
  for (const auto& [name, held] : descriptors_) copies.emplace(name, held.descriptor.duplicate());
  return copies;
}

Holdings KeeperHolder::take_holdings() {
  Holdings holdings;
  for (auto& [name, held] : descriptors_) holdings.descriptors.push_back(std::move(held));
  for (auto& [name, log] : logs_) holdings.logs.push_back(std::move(log));
  return holdings;
}

}  // namespace orchestrator
