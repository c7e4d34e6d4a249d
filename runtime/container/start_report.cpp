// Turns a child's record into words: what failed, why, and what to do.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "runtime/container/child_report.hpp"
#include "runtime/container/launch.hpp"

namespace runtime {

namespace {

std::string describe_execute(const ChildFailure& failure) {
  const std::string_view program = failure.subject.data();
  const std::string_view path = failure.detail.data();
  switch (failure.error_number) {
    case ENOENT:
    case ENOTDIR:
      if (!path.empty())
        return fmt::format("command {} was not found in PATH ({}); check the service's command",
                           program, path);
      return fmt::format("command {} was not found in the image, or its interpreter was not",
                         program);
    case EACCES:
      return fmt::format("command {} may not be executed: permission denied (chmod +x it?)",
                         program);
    case EISDIR:
      return fmt::format("command {} is a directory", program);
    case ENOEXEC:
      return fmt::format(
          "command {} is no program of this machine's kind, and no script with a first line \"#!\"",
          program);
    case ELOOP:
      return fmt::format("command {} leads into /proc, which is refused", program);
    default:
      return fmt::format("command {} cannot be executed: {}", program,
                         schemas::errno_text(failure.error_number));
  }
}

std::string describe_mount(const ChildFailure& failure, std::string_view reason) {
  const std::string_view target = failure.subject.data();
  const std::string_view source = failure.detail.data();
  if (failure.error_number == ENOTDIR)
    return fmt::format("mount {} on /{}: one is a file and the other a directory", source, target);
  if (failure.error_number == ENOENT)
    return fmt::format("mount {} on /{}: the source does not exist", source, target);
  if (source.empty()) return fmt::format("mount /{}: {}", target, reason);
  return fmt::format("mount {} on /{}: {}", source, target, reason);
}

std::string describe_failure(const ChildFailure& failure) {
  const std::string reason = schemas::errno_text(failure.error_number);
  const std::string_view subject = failure.subject.data();
  switch (failure.step) {
    case ChildStep::JoinCgroup:
      return "join the control group: " + reason;
    case ChildStep::JoinNamespace:
      return fmt::format("join the {} namespace: {}", subject, reason);
    case ChildStep::MountRoot:
      return fmt::format("mount the root file system ({}): {}", failure.detail.data(), reason);
    case ChildStep::MakeMountPoint:
      if (failure.error_number == EPERM)
        return fmt::format("mount point /{} leads into /proc, which is refused", subject);
      return fmt::format("mount point /{} cannot be made in the image: {}", subject, reason);
    case ChildStep::Mount:
      return describe_mount(failure, reason);
    case ChildStep::MaskPath:
      return fmt::format("protect {}: {}", subject, reason);
    case ChildStep::WriteSysctl:
      return fmt::format("set {}: {}", subject, reason);
    case ChildStep::EnterRoot:
      return "enter the root file system: " + reason;
    case ChildStep::SetHostname:
      return fmt::format("set the hostname {}: {}", subject, reason);
    case ChildStep::OpenTerminal:
      return "open a terminal: " + reason;
    case ChildStep::OpenStreams:
      return fmt::format("open {}: {}", subject, reason);
    case ChildStep::WorkingDirectory:
      return fmt::format("working directory {} cannot be entered: {}", subject, reason);
    case ChildStep::Privileges:
      return fmt::format("change {}: {}", subject, reason);
    case ChildStep::Seccomp:
      return "load the seccomp profile: " + reason;
    case ChildStep::Execute:
      return describe_execute(failure);
  }
  return reason;
}

}  // namespace

StartReport read_start_report(const FileDescriptor& report) {
  pollfd watched{report.get(), POLLIN, 0};
  if (::poll(&watched, 1, 0) == 0) return {};
  ChildFailure failure;
  const ssize_t length = ::read(report.get(), &failure, sizeof(failure));
  // End of file: the child's end was closed by exec (or it was killed, which its exit tells).
  if (length == 0) return {.outcome = StartOutcome::Running};
  if (length != static_cast<ssize_t>(sizeof(failure)))
    return {.outcome = StartOutcome::Failed, .text = "the start broke off", .exit_code = 125};
  failure.subject.back() = '\0';
  failure.detail.back() = '\0';
  return {.outcome = StartOutcome::Failed,
          .text = describe_failure(failure),
          .exit_code = exit_code_of(failure)};
}

}  // namespace runtime
