// Control API requests as text: what is read, what is refused, and that both directions agree.
#include "orchestrator/supervise/api_request.hpp"

#include <gtest/gtest.h>

namespace orchestrator {
namespace {

using schemas::ErrorKind;

ApiRequest again(const ApiRequest& request) {
  const RequestText text = write_control_request(request);
  auto read = read_control_request(text.method, text.target, text.body);
  EXPECT_TRUE(read) << read.error().text();
  return read ? *read : ApiRequest{StatusRequest{}};
}

std::string refusal(std::string_view method, std::string_view target, std::string_view body) {
  const auto read = read_control_request(method, target, body);
  return read ? "accepted" : read.error().text();
}

TEST(ApiRequest, ReadsBackEveryRequestThatItWrites) {
  const UpRequest up{R"({"name":"shop","services":{}})", WaitFor::Healthy,
                     std::chrono::milliseconds(1500)};
  EXPECT_EQ(again(ControlRequest{up}), ApiRequest(ControlRequest{up}));
  const DownRequest down{VolumeFate::Discard, std::chrono::seconds(2)};
  EXPECT_EQ(again(ControlRequest{down}), ApiRequest(ControlRequest{down}));
  const StopRequest stop{Goal::Killed};
  EXPECT_EQ(again(ControlRequest{stop}), ApiRequest(ControlRequest{stop}));
  EXPECT_EQ(again(ControlRequest{WatchRequest{}}), ApiRequest(ControlRequest{WatchRequest{}}));
  EXPECT_EQ(again(StatusRequest{}), ApiRequest(StatusRequest{}));
}

TEST(ApiRequest, TakesDefaultsForWhatIsNotSaid) {
  const auto up = read_control_request("POST", "/v1/up", R"({"model":{}})");
  ASSERT_TRUE(up);
  EXPECT_EQ(*up, ApiRequest(ControlRequest{UpRequest{"{}", WaitFor::Started, std::nullopt}}));
  const auto down = read_control_request("POST", "/v1/down", "");
  ASSERT_TRUE(down);
  EXPECT_EQ(*down, ApiRequest(ControlRequest{DownRequest{}}));
}

TEST(ApiRequest, RefusesWhatItDoesNotKnowByName) {
  EXPECT_EQ(refusal("GET", "/v2/up", ""), "no such path: /v2/up");
  EXPECT_EQ(refusal("GET", "/v1/up", ""), "/v1/up takes POST, not GET");
  EXPECT_EQ(refusal("POST", "/v1/down", R"({"volume":true})"),
            "POST /v1/down: unknown key \"volume\" in the body");
  EXPECT_EQ(refusal("POST", "/v1/down", "[]"), "POST /v1/down: the body is no object");
}

TEST(ApiRequest, RefusesValuesOfTheWrongKind) {
  EXPECT_EQ(refusal("POST", "/v1/down", R"({"volumes":"true"})"),
            "POST /v1/down: \"volumes\" must be true or false");
  EXPECT_EQ(refusal("POST", "/v1/up", R"({"model":"x"})"),
            "POST /v1/up: \"model\" must be an object");
  EXPECT_EQ(refusal("POST", "/v1/up", R"({"model":{},"wait":"soon"})"),
            "POST /v1/up: \"wait\" must be \"started\" or \"healthy\"");
  for (const char* bad : {"-1", "1.5", "\"5\"", "99999999999999999999", "[]"}) {
    EXPECT_EQ(refusal("POST", "/v1/up", fmt::format(R"({{"model":{{}},"timeout_ms":{}}})", bad)),
              "POST /v1/up: \"timeout_ms\" must be a number of milliseconds")
        << bad;
  }
}

TEST(ApiRequest, RefusesABodyThatIsNotJson) {
  const auto read = read_control_request("POST", "/v1/stop", "{kill}");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind(), ErrorKind::Invalid);
}

TEST(ApiError, KeepsItsKindAcrossTheWire) {
  for (const auto kind :
       {ErrorKind::Invalid, ErrorKind::NotFound, ErrorKind::Conflict, ErrorKind::Busy,
        ErrorKind::Denied, ErrorKind::TimedOut, ErrorKind::Failed}) {
    const schemas::Error error(kind, "port 80 is taken");
    const auto read = read_error_body(http_status_of(kind), write_error_body(error));
    EXPECT_EQ(read.kind(), kind);
    EXPECT_EQ(read.text(), "port 80 is taken");
  }
}

TEST(ApiError, TellsAForeignBodyAsItIs) {
  EXPECT_EQ(read_error_body(502, "<html>").text(), "the supervisor answered 502: <html>");
}

}  // namespace
}  // namespace orchestrator
