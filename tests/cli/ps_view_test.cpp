// `ps` as text: the columns and fields that scripts read.
#include "orchestrator/cli/ps_view.hpp"

#include <gtest/gtest.h>

namespace orchestrator {
namespace {

using schemas::ContainerState;
using schemas::ContainerStatus;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const schemas::WallTime kNow{hours(500000)};

ContainerStatus web() {
  ContainerStatus status;
  status.config.name = schemas::ContainerName("shop-web-1");
  status.config.image = schemas::ImageReference("demo/web:1");
  status.config.command = {"nginx", "-g", "daemon off;"};
  status.config.labels = {{"com.docker.compose.project", "shop"},
                          {"com.docker.compose.service", "web"}};
  status.config.ports = {{schemas::Ipv4Address{}, 8080, 80, schemas::Transport::Tcp}};
  status.state = ContainerState::Running;
  status.created_at = kNow - minutes(5);
  status.started_at = kNow - minutes(3);
  return status;
}

TEST(Ps, PrintsComposeColumns) {
  EXPECT_EQ(write_ps_table({web()}, kNow),
            "NAME         IMAGE        COMMAND                  SERVICE   CREATED         STATUS  "
            "       PORTS\n"
            "shop-web-1   demo/web:1   \"nginx -g daemon off;\"   web       5 minutes ago   Up 3 "
            "minutes   0.0.0.0:8080->80/tcp\n");
}

TEST(Ps, CutsALongCommandAsDockerDoes) {
  ContainerStatus status = web();
  status.config.command = {"docker-entrypoint.sh", "redis-server"};
  EXPECT_NE(write_ps_table({status}, kNow).find("\"docker-entrypoint.s…\""), std::string::npos);
}

TEST(Ps, TellsHealthAndExits) {
  ContainerStatus status = web();
  status.health.state = schemas::Health::Healthy;
  EXPECT_EQ(status_text(status, kNow), "Up 3 minutes (healthy)");
  status.health.state = schemas::Health::Starting;
  EXPECT_EQ(status_text(status, kNow), "Up 3 minutes (health: starting)");
  status.state = ContainerState::Exited;
  status.exit = schemas::ExitStatus{.code = 137};
  status.finished_at = kNow - hours(2);
  EXPECT_EQ(status_text(status, kNow), "Exited (137) 2 hours ago");
  EXPECT_EQ(state_word(status), "exited");
}

TEST(Ps, SaysRestartingOnlyWhenAPolicyWillStartItAgain) {
  ContainerStatus status = web();
  status.state = ContainerState::Exited;
  status.exit = schemas::ExitStatus{.code = 1};
  status.config.restart.mode = schemas::RestartMode::Always;
  EXPECT_EQ(state_word(status), "restarting");
  EXPECT_FALSE(has_ended_for_good(status));
  status.stop_wanted = true;
  EXPECT_EQ(state_word(status), "exited");
  status.stop_wanted = false;
  status.config.restart.mode = schemas::RestartMode::OnFailure;
  EXPECT_EQ(state_word(status), "restarting");
  status.exit->code = 0;
  EXPECT_TRUE(has_ended_for_good(status));
}

TEST(Ps, ShowsWhyAContainerDidNotStart) {
  ContainerStatus status = web();
  status.state = ContainerState::FailedToStart;
  status.failure = "exec nginx: not found";
  EXPECT_EQ(state_word(status), "dead");
  EXPECT_EQ(status_text(status, kNow), "Failed to start: exec nginx: not found");
}

TEST(Ps, WritesOneJsonObjectALineWithComposeFields) {
  const std::string text = write_ps_json({web(), web()}, kNow);
  const auto end = text.find('\n');
  EXPECT_EQ(text.substr(0, end), text.substr(end + 1, end));
  auto object = schemas::read_json(text.substr(0, end), "ps");
  ASSERT_TRUE(object);
  std::vector<std::string> keys;
  for (const auto& entry : object->entries) keys.push_back(entry.key);
  EXPECT_EQ(keys, (std::vector<std::string>{
                      "Command", "CreatedAt",    "ExitCode", "Health",     "ID",         "Image",
                      "Labels",  "LocalVolumes", "Mounts",   "Name",       "Names",      "Networks",
                      "Pid",     "Ports",        "Project",  "Publishers", "RunningFor", "Service",
                      "Size",    "State",        "Status"}));
  EXPECT_EQ(object->find("State")->text, "running");
  EXPECT_EQ(object->find("Service")->text, "web");
  EXPECT_EQ(object->find("ID")->text.size(), 12U);
  EXPECT_EQ(schemas::write_json(*object->find("Publishers")),
            R"([{"URL":"0.0.0.0","TargetPort":80,"PublishedPort":8080,"Protocol":"tcp"}])");
}

}  // namespace
}  // namespace orchestrator
