// Server and client over a real socket: streams, refusals, and clients that behave badly.
#include "orchestrator/supervise/api_server.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <deque>
#include <filesystem>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "orchestrator/supervise/api_client.hpp"

namespace orchestrator {
namespace {

using runtime::FileDescriptor;
using schemas::ErrorKind;
using schemas::Event;
using schemas::EventKind;
using schemas::Result;

// Keeps the sinks of what it was asked for; the test plays the supervisor.
class ScriptedTarget : public ControlTarget {
 public:
  Result<> submit(const ControlRequest& request, std::shared_ptr<EventSink> sink) override {
    requests.push_back(request);
    if (says_first) sink->send(*says_first);
    if (refusal) return std::unexpected(*refusal);
    sinks.push_back(std::move(sink));
    return {};
  }
  [[nodiscard]] schemas::Node status() const override {
    schemas::Node node = schemas::Node::mapping();
    node.set("project", schemas::Node::string("shop"));
    return node;
  }

  std::vector<ControlRequest> requests;
  std::vector<std::shared_ptr<EventSink>> sinks;
  std::optional<schemas::Error> refusal;
  std::optional<Event> says_first;
};

Event an_event(std::string text) {
  return {.kind = EventKind::Step,
          .time = {},
          .subject = "web-1",
          .text = std::move(text),
          .reason = ""};
}

class ApiServerTest : public ::testing::Test {
 protected:
  ApiServerTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tutti-api-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    // Longer than sockaddr_un allows, as deep state directories are.
    path_ = directory_ + "/" + std::string(100, 'd');
    std::filesystem::create_directory(path_);
    path_ += "/socket";
    auto socket = create_api_socket(path_);
    EXPECT_TRUE(socket) << socket.error().text();
    server_ = std::make_unique<ApiServer>(loop_, std::move(*socket), target_);
  }
  ~ApiServerTest() override { std::filesystem::remove_all(directory_); }

  FileDescriptor connect() {
    auto socket = connect_api_socket(path_);
    EXPECT_TRUE(socket) << socket.error().text();
    return socket ? std::move(*socket) : FileDescriptor();
  }

  ApiCall ask(const ApiRequest& request) {
    auto call = ApiCall::begin(connect(), request);
    EXPECT_TRUE(call) << call.error().text();
    return std::move(*call);
  }

  // Runs the loop until the condition holds; fails the test when that takes too long.
  template <typename Condition>
  void run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "nothing happened";
      loop_.run_one_for(std::chrono::milliseconds(20));
      loop_.restart();
    }
  }

  // What a client that speaks no HTTP of ours reads until the server closes.
  std::string exchange(std::string_view bytes) {
    FileDescriptor socket = connect();
    EXPECT_EQ(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    std::string answer;
    bool closed = false;
    run_until([&] {
      std::array<char, 4096> block{};
      const ssize_t count = ::recv(socket.get(), block.data(), block.size(), MSG_DONTWAIT);
      if (count > 0) answer.append(block.data(), static_cast<std::size_t>(count));
      closed = count == 0 || (count < 0 && errno == ECONNRESET);
      return closed;
    });
    return answer;
  }

  boost::asio::io_context loop_{1};
  ScriptedTarget target_;
  std::string directory_;
  std::string path_;
  std::unique_ptr<ApiServer> server_;
};

struct Heard {
  std::vector<std::string> texts;
  bool ended{false};
  std::optional<schemas::Error> error;

  bool listen(ApiCall& call) {
    auto state = call.read([this](const Event& event) { texts.push_back(event.text); });
    if (!state) error = state.error();
    ended = !state || *state == ApiCall::State::Ended;
    return ended;
  }
};

TEST_F(ApiServerTest, StreamsEventsAsTheyComeAndEndsInGoodOrder) {
  ApiCall call = ask(ControlRequest{DownRequest{VolumeFate::Discard, std::nullopt}});
  run_until([&] { return target_.sinks.size() == 1; });
  EXPECT_EQ(target_.requests.front(), ControlRequest(DownRequest{VolumeFate::Discard, {}}));
  Heard heard;
  target_.sinks[0]->send(an_event("stop web-1"));
  run_until([&] { return heard.listen(call) || heard.texts.size() == 1; });
  EXPECT_FALSE(heard.ended);
  target_.sinks[0]->send(an_event("discard web-1"));
  target_.sinks[0]->close();
  run_until([&] { return heard.listen(call); });
  EXPECT_FALSE(heard.error);
  EXPECT_EQ(heard.texts, (std::vector<std::string>{"stop web-1", "discard web-1"}));
  EXPECT_FALSE(target_.sinks[0]->open());
}

TEST_F(ApiServerTest, HandsTheLastWordsToTheKernelBeforeTheLoopStops) {
  ApiCall call = ask(ControlRequest{DownRequest{}});
  run_until([&] { return target_.sinks.size() == 1; });
  target_.sinks[0]->send(an_event("settled"));
  target_.sinks[0]->close();  // and the loop is never run again
  server_.reset();
  Heard heard;
  heard.listen(call);
  EXPECT_TRUE(heard.ended);
  EXPECT_FALSE(heard.error);
  EXPECT_EQ(heard.texts, std::vector<std::string>{"settled"});
}

TEST_F(ApiServerTest, TellsARefusalInsteadOfAStream) {
  target_.refusal = schemas::Error(ErrorKind::NotFound, "web: no image demo/web");
  target_.says_first = an_event("never seen");
  ApiCall call = ask(ControlRequest{UpRequest{"{}", WaitFor::Started, std::nullopt}});
  Heard heard;
  run_until([&] { return heard.listen(call); });
  ASSERT_TRUE(heard.error);
  EXPECT_EQ(heard.error->kind(), ErrorKind::NotFound);
  EXPECT_EQ(heard.error->text(), "web: no image demo/web");
  EXPECT_TRUE(heard.texts.empty());
}

TEST_F(ApiServerTest, AnswersStatusAtOnce) {
  const std::string answer = exchange("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n{\"project\":\"shop\"}\n")) << answer;
}

TEST_F(ApiServerTest, RefusesGarbage) {
  const std::string answer = exchange("\x16\x03\x01 this is TLS or worse\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_TRUE(answer.contains("{\"error\":{\"kind\":\"invalid\"")) << answer;
}

TEST_F(ApiServerTest, RefusesAnUnknownPath) {
  EXPECT_TRUE(exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404 "));
}

TEST_F(ApiServerTest, RefusesABodyBeyondTheLimitBeforeReadingIt) {
  const std::string answer =
      exchange("POST /v1/up HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
}

TEST_F(ApiServerTest, RefusesAHeadBeyondTheLimit) {
  const std::string answer =
      exchange("GET /v1/status HTTP/1.1\r\nX: " + std::string(20000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 431 ")) << answer;
}

TEST_F(ApiServerTest, SaysGoOnToAClientThatAsksFirst) {
  const std::string answer =
      exchange("POST /v1/nothing HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 ")) << answer;
}

TEST_F(ApiServerTest, ServesOthersWhileOneIsSilent) {
  const FileDescriptor silent = connect();
  const FileDescriptor half = connect();
  ASSERT_EQ(::send(half.get(), "POST /v1/", 9, MSG_NOSIGNAL), 9);
  EXPECT_TRUE(exchange("GET /v1/status HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_F(ApiServerTest, DropsAClientThatDoesNotRead) {
  ApiCall call = ask(ControlRequest{WatchRequest{}});
  run_until([&] { return target_.sinks.size() == 1; });
  const Event large = an_event(std::string(10000, 'x'));
  int sent = 0;
  while (target_.sinks[0]->open() && sent < 10000) {
    target_.sinks[0]->send(large);
    ++sent;
  }
  EXPECT_LT(sent, 1000);
  EXPECT_FALSE(target_.sinks[0]->open());
  EXPECT_TRUE(exchange("GET /v1/status HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_F(ApiServerTest, CatchesUpWithASlowReader) {
  ApiCall call = ask(ControlRequest{WatchRequest{}});
  run_until([&] { return target_.sinks.size() == 1; });
  constexpr std::size_t kEvents = 200;  // two megabytes: more than the socket takes at once
  for (std::size_t i = 0; i < kEvents; ++i) {
    target_.sinks[0]->send(an_event(std::string(10000, 'x')));
  }
  target_.sinks[0]->close();
  Heard heard;
  run_until([&] { return heard.listen(call); });
  EXPECT_FALSE(heard.error);
  EXPECT_EQ(heard.texts.size(), kEvents);
}

TEST_F(ApiServerTest, NoticesAClientThatWentAway) {
  {
    ApiCall call = ask(ControlRequest{WatchRequest{}});
    run_until([&] { return target_.sinks.size() == 1; });
  }
  run_until([&] { return !target_.sinks[0]->open(); });
}

TEST_F(ApiServerTest, LeavesAHalfClosedClientItsAnswer) {
  FileDescriptor socket = connect();
  constexpr std::string_view kRequest = "GET /v1/events HTTP/1.1\r\n\r\n";
  ASSERT_EQ(::send(socket.get(), kRequest.data(), kRequest.size(), 0),
            static_cast<ssize_t>(kRequest.size()));
  ASSERT_EQ(::shutdown(socket.get(), SHUT_WR), 0);
  run_until([&] { return target_.sinks.size() == 1; });
  loop_.poll();
  loop_.restart();
  EXPECT_TRUE(target_.sinks[0]->open());
}

TEST_F(ApiServerTest, TellsTheClientWhenItsOwnEndCameTooEarly) {
  ApiCall call = ask(ControlRequest{WatchRequest{}});
  run_until([&] { return target_.sinks.size() == 1; });
  server_.reset();
  EXPECT_FALSE(target_.sinks[0]->open());
  Heard heard;
  heard.listen(call);
  ASSERT_TRUE(heard.error);
  EXPECT_EQ(heard.error->text(), "the supervisor went away before it had answered");
}

TEST_F(ApiServerTest, KeepsItsSocketForItsOwner) {
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST_F(ApiServerTest, TakesThePlaceOfADeadServersSocket) {
  server_.reset();
  EXPECT_EQ(connect_api_socket(path_).error().kind(), ErrorKind::NotFound);
  auto socket = create_api_socket(path_);
  ASSERT_TRUE(socket) << socket.error().text();
  EXPECT_TRUE(connect_api_socket(path_));
}

}  // namespace
}  // namespace orchestrator
