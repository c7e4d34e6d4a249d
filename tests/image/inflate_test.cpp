// Pure: stored layer streams, whole, several in a row, damaged and growing beyond measure.
#include "runtime/image/inflate.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using runtime::Compression;
using runtime::FileDescriptor;
using ::testing::HasSubstr;

// gzip of "hello\n", and of 60000 zeros.
const std::string kHello(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x48\xcd\xc9\xc9\xe7\x02\x00\x20\x30\x3a\x36\x06"
    "\x00\x00\x00",
    26);
const std::string kZeros(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xed\xc1\x31\x01\x00\x00\x00\xc2\xa0\xf5\x4f\x6d\x0d"
    "\x0f\xa0\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xbe\x0c\x05\xaa\x27\x51\x60\xea\x00"
    "\x00",
    93);

std::string inflated(const std::string& stored, const runtime::InflateLimits& limits = {}) {
  const FileDescriptor file(::memfd_create("stored", MFD_CLOEXEC));
  EXPECT_EQ(::write(file.get(), stored.data(), stored.size()), static_cast<ssize_t>(stored.size()));
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
  std::string text;
  auto done = runtime::inflate(
      file, Compression::Gzip, limits, [&](std::span<const std::byte> bytes) -> schemas::Result<> {
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return {};
      });
  return done ? text : done.error().text();
}

TEST(Inflate, JoinsSeveralMembers) {
  EXPECT_EQ(inflated(kHello), "hello\n");
  EXPECT_EQ(inflated(kHello + kHello), "hello\nhello\n");
  EXPECT_EQ(inflated(kHello + std::string(512, '\0')), "hello\n");
  EXPECT_EQ(inflated(kZeros).size(), 60000U);
}

TEST(Inflate, RefusesDamage) {
  std::string bad_checksum = kHello;
  bad_checksum[bad_checksum.size() - 6] ^= 1;
  EXPECT_THAT(inflated(bad_checksum), HasSubstr("damaged"));
  for (std::size_t size = 1; size < kHello.size(); ++size)
    EXPECT_THAT(inflated(kHello.substr(0, size)), HasSubstr("cut short")) << size;
  EXPECT_THAT(inflated(kHello + "rubbish"), HasSubstr("damaged"));
  EXPECT_THAT(inflated(kHello + std::string(4, '\0') + kHello), HasSubstr("follows"));
}

TEST(Inflate, RefusesWhatGrowsBeyondMeasure) {
  EXPECT_THAT(inflated(kZeros, {.bytes = 50000}), HasSubstr("beyond"));
  EXPECT_THAT(inflated(kZeros, {.free_bytes = 1000, .ratio = 100}), HasSubstr("beyond"));
}

TEST(Inflate, NamesTheCompressionThatItDoesNotRead) {
  const std::string zstd = "\x28\xb5\x2f\xfd";
  auto refused = runtime::compression_of(std::as_bytes(std::span(zstd.data(), zstd.size())));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("zstd"));
}

}  // namespace
