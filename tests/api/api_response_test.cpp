// ResponseReader: the same answer whatever the pieces, and no trust in what is malformed.
#include "orchestrator/supervise/api_response.hpp"

#include <gtest/gtest.h>

namespace orchestrator {
namespace {

constexpr std::string_view kChunked =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    "6\r\nhello \r\n5;x=y\r\nworld\r\n0\r\n\r\n";

TEST(ResponseReader, ReadsChunksInPiecesOfAnySize) {
  for (std::size_t size = 1; size <= kChunked.size(); ++size) {
    ResponseReader reader;
    std::string body;
    for (std::size_t at = 0; at < kChunked.size(); at += size) {
      ASSERT_TRUE(reader.take(kChunked.substr(at, size)));
      body += reader.take_body();
    }
    EXPECT_TRUE(reader.complete()) << size;
    EXPECT_EQ(reader.status(), 200U);
    EXPECT_EQ(body, "hello world");
  }
}

TEST(ResponseReader, ReadsABodyOfKnownLength) {
  ResponseReader reader;
  ASSERT_TRUE(reader.take("HTTP/1.1 404 Not Found\r\ncontent-length:  3\r\n\r\nab"));
  EXPECT_FALSE(reader.complete());
  ASSERT_TRUE(reader.take("c"));
  EXPECT_TRUE(reader.complete());
  EXPECT_EQ(reader.status(), 404U);
  EXPECT_EQ(reader.take_body(), "abc");
}

TEST(ResponseReader, KnowsTheHeadBeforeTheBody) {
  ResponseReader reader;
  ASSERT_TRUE(reader.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_FALSE(reader.head_complete());
  ASSERT_TRUE(reader.take("\r\n"));
  EXPECT_TRUE(reader.head_complete());
  EXPECT_FALSE(reader.complete());
}

TEST(ResponseReader, RefusesWhatIsMalformed) {
  for (const std::string& text :
       {std::string("SSH-2.0-x\r\n\r\n"), std::string("HTTP/1.1 abc OK\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc"),
        std::string(10000, 'x')}) {
    ResponseReader reader;
    EXPECT_FALSE(reader.take(text)) << text.substr(0, 60);
  }
}

}  // namespace
}  // namespace orchestrator
