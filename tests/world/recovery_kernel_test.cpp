// What a new supervisor makes of damaged records and of starts that were cut off.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "orchestrator/world/kernel_world.hpp"
#include "runtime/container/record.hpp"
#include "runtime/journal/formats.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

namespace tests {
namespace {

using orchestrator::KernelWorld;
using schemas::ContainerName;
using schemas::ContainerState;
using schemas::Result;

// Takes everything and keeps nothing.
class NoHolder final : public orchestrator::Holder {
 public:
  Result<> hold(const std::string&, const runtime::FileDescriptor&) override { return {}; }
  Result<> drop(const std::string&) override { return {}; }
  Result<> hold_process(const ContainerName&, const runtime::ProcessIdentity&,
                        const runtime::FileDescriptor&, orchestrator::Kinship) override {
    return {};
  }
  Result<> move_logs(const ContainerName&, const runtime::FileDescriptor&,
                     const runtime::FileDescriptor&, const runtime::FileDescriptor&) override {
    return {};
  }
  Result<> end_logs(const ContainerName&) override { return {}; }
};

class NoNames final : public orchestrator::NameService {
 public:
  void add(const ContainerName&, network::DnsSockets) override {}
  void remove(const ContainerName&) override {}
};

class Recovery : public testing::Test {
 protected:
  std::unique_ptr<KernelWorld> open() {
    auto world = KernelWorld::open(layout_, names_, holder_, name_service_, {}, 1024);
    EXPECT_TRUE(world) << world.error().text();
    return world ? std::move(*world) : nullptr;
  }
  // A container that was starting when its supervisor died.
  void write_starting(const runtime::ProcessIdentity& process) const {
    runtime::ContainerRecord record;
    record.config.name = name_;
    record.config.image_id = schemas::Digest{std::string(64, 'a')};
    record.config.layers = {schemas::Digest{std::string(64, 'b')}};
    record.config.command = {"run"};
    record.config.hostname = "web";
    record.config.working_directory = "/";
    record.config.network_mode = schemas::NetworkMode::None;
    record.fingerprint = schemas::fingerprint(record.config);
    record.process = process;
    record.state = ContainerState::Starting;
    record.generation = 3;
    ASSERT_TRUE(runtime::write_config_record(layout_, names_.project, record));
    ASSERT_TRUE(runtime::write_state_record(layout_, names_.project, record));
  }
  void write_exit(const runtime::ProcessIdentity& process, int wait_status) const {
    runtime::ExitRecord exit{};
    exit.magic = runtime::kExitMagic;
    exit.version = runtime::kExitVersion;
    exit.pid = process.pid;
    exit.start_time = process.start_time;
    exit.wait_status = wait_status;
    exit.checksum = runtime::checksum_of(exit);
    std::ofstream(layout_.exit_journal(names_.project), std::ios::app | std::ios::binary)
        .write(reinterpret_cast<const char*>(&exit), sizeof(exit));
  }
  [[nodiscard]] ContainerState state_in(KernelWorld& world) const {
    auto observed = world.observe();
    EXPECT_TRUE(observed) << observed.error().text();
    return (*observed)->containers.at(name_).state;
  }

  TemporaryDirectory directory_;
  runtime::StateLayout layout_{.root = directory_ / "root", .run = directory_ / "run"};
  schemas::KernelNames names_{.instance = "t", .project = schemas::ProjectName("shop")};
  ContainerName name_{"shop-web-1"};
  NoHolder holder_;
  NoNames name_service_;
};

TEST_F(Recovery, ShowsADamagedRecordAsAContainerThatCanBeDiscarded) {
  directory_.write("root/projects/shop/containers/shop-web-1/config.json", "");
  auto world = open();
  ASSERT_TRUE(world);
  EXPECT_EQ(state_in(*world), ContainerState::FailedToStart);
  EXPECT_EQ(world->take_warnings().size(), 1U);
  const auto discarded = world->perform(orchestrator::DiscardContainer{name_});
  ASSERT_TRUE(discarded) << discarded.error().text();
  EXPECT_FALSE(std::filesystem::exists(layout_.container(names_.project, name_)));
  EXPECT_TRUE((*world->observe())->containers.empty());
}

TEST_F(Recovery, MakesAStartVoidThatDidNotComeToItsExec) {
  const pid_t child = ::fork();  // of our own program, as a child before its exec is
  if (child == 0) {
    ::pause();
    ::_exit(0);
  }
  const auto process = runtime::identify(child);
  ASSERT_TRUE(process);
  write_starting(*process);
  auto world = open();
  ASSERT_TRUE(world);
  EXPECT_EQ(state_in(*world), ContainerState::Starting);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  write_exit(*process, status);
  EXPECT_TRUE(eventually([&] {
    world->look_at_journal();
    return state_in(*world) == ContainerState::Created;
  }));
}

TEST_F(Recovery, StartsAnewWhatDiedBeforeItsProgram) {
  const runtime::ProcessIdentity gone{.pid = 4'000'000, .start_time = 1};
  write_starting(gone);
  write_exit(gone, 125 << 8);
  auto world = open();
  ASSERT_TRUE(world);
  EXPECT_EQ(state_in(*world), ContainerState::Created);
}

TEST_F(Recovery, DoesNotRepeatAProgramThatEndedUnseen) {
  const runtime::ProcessIdentity gone{.pid = 4'000'000, .start_time = 1};
  write_starting(gone);
  write_exit(gone, 0);
  auto world = open();
  ASSERT_TRUE(world);
  EXPECT_EQ(state_in(*world), ContainerState::Exited);
}

}  // namespace
}  // namespace tests
