// Pure: what the tar reader makes of archives, honest and hostile.
#include "runtime/image/tar_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/image/tar_builder.hpp"

namespace {

using runtime::TarEntry;
using runtime::TarLimits;
using runtime::TarType;
using schemas::Result;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::TarBuilder;

class Listing final : public runtime::TarSink {
 public:
  Result<> begin(const TarEntry& entry) override {
    entries.push_back(entry);
    contents.emplace_back();
    return {};
  }
  Result<> data(std::span<const std::byte> bytes) override {
    contents.back().append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  Result<> end() override {
    ++ended;
    return {};
  }

  std::vector<TarEntry> entries;
  std::vector<std::string> contents;
  std::size_t ended{0};
};

Result<Listing> list(const std::string& archive, std::size_t piece = 100'000,
                     const TarLimits& limits = {}) {
  Listing listing;
  runtime::TarReader reader(listing, limits);
  const auto bytes = std::as_bytes(std::span(archive.data(), archive.size()));
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    auto fed = reader.feed(bytes.subspan(at, std::min(piece, bytes.size() - at)));
    if (!fed) return pass_up(fed);
  }
  auto finished = reader.finish();
  if (!finished) return pass_up(finished);
  return listing;
}

std::string refusal(const std::string& archive, const TarLimits& limits = {}) {
  auto listing = list(archive, 100'000, limits);
  return listing ? "accepted" : listing.error().text();
}

TEST(TarReader, ReadsMembersWhateverTheSizeOfThePieces) {
  const std::string archive = TarBuilder()
                                  .directory("etc/")
                                  .file("etc/hosts", std::string(1000, 'x'), 0600)
                                  .symlink("etc/link", "hosts")
                                  .file("empty", "")
                                  .finish();
  for (const std::size_t piece : {1U, 7U, 511U, 512U, 513U, 100'000U}) {
    auto listing = list(archive, piece);
    ASSERT_TRUE(listing) << listing.error().text();
    ASSERT_EQ(listing->entries.size(), 4U);
    EXPECT_EQ(listing->ended, 4U);
    EXPECT_EQ(listing->entries[0].type, TarType::Directory);
    EXPECT_EQ(listing->entries[1].mode, 0600U);
    EXPECT_EQ(listing->contents[1], std::string(1000, 'x'));
    EXPECT_EQ(listing->entries[2].link_target, "hosts");
  }
}

TEST(TarReader, PaxOverridesTheNextMemberOnly) {
  auto listing = list(TarBuilder()
                          .pax({{"path", "a/very/long/name"},
                                {"mtime", "1700000000.25"},
                                {"uid", "3000000000"},
                                {"SCHILY.xattr.user.color", std::string("r\0d", 3)}})
                          .file("short", "1")
                          .file("next", "2")
                          .finish());
  ASSERT_TRUE(listing) << listing.error().text();
  EXPECT_EQ(listing->entries[0].path, "a/very/long/name");
  EXPECT_EQ(listing->entries[0].uid, 3000000000U);
  EXPECT_EQ(listing->entries[0].modified, (runtime::TarTime{1700000000, 250000000}));
  EXPECT_EQ(listing->entries[0].xattrs.at("user.color").size(), 3U);
  EXPECT_EQ(listing->entries[1].path, "next");
  EXPECT_TRUE(listing->entries[1].xattrs.empty());
}

TEST(TarReader, PaxSizeRulesOverTheHeader) {
  const std::string content = "0123456789";
  auto listing = list(TarBuilder()
                          .pax({{"size", "10"}})
                          .raw(tests::tar_header({.path = "f"}, 3))
                          .raw(content + std::string(502, '\0'))
                          .finish());
  ASSERT_TRUE(listing) << listing.error().text();
  EXPECT_EQ(listing->contents[0], content);
}

TEST(TarReader, GlobalPaxHeadersHoldUntilTheyAreOverridden) {
  auto listing = list(TarBuilder()
                          .pax({{"uid", "7"}, {"comment", "a git hash"}}, 'g')
                          .file("a", "")
                          .pax({{"uid", "8"}})
                          .file("b", "")
                          .file("c", "")
                          .finish());
  ASSERT_TRUE(listing) << listing.error().text();
  EXPECT_EQ(listing->entries[0].uid, 7U);
  EXPECT_EQ(listing->entries[1].uid, 8U);
  EXPECT_EQ(listing->entries[2].uid, 7U);
}

TEST(TarReader, ReadsGnuLongNamesAndBase256) {
  const std::string name(300, 'n');
  std::string header = tests::tar_header({.path = "cut"}, 0);
  header.replace(108, 8, std::string("\x80\0\0\0\xff\0\0\1", 8));
  auto listing = list(TarBuilder().long_name(name).raw(tests::with_checksum(header)).finish());
  ASSERT_TRUE(listing) << listing.error().text();
  EXPECT_EQ(listing->entries[0].path, name);
  EXPECT_EQ(listing->entries[0].uid, 0xff000001U);
}

TEST(TarReader, ReadsTimesBefore1970) {
  auto listing = list(TarBuilder().pax({{"mtime", "-1.5"}}).file("old", "").finish());
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->entries[0].modified, (runtime::TarTime{-2, 500000000}));
}

TEST(TarReader, JoinsTheUstarPrefix) {
  std::string header = tests::tar_header({.path = "name"}, 0);
  header.replace(345, 3, "dir");
  auto listing = list(TarBuilder().raw(tests::with_checksum(header)).finish());
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->entries[0].path, "dir/name");
}

TEST(TarReader, IgnoresTheSizeOfMembersWithoutData) {
  auto listing = list(TarBuilder()
                          .raw(tests::tar_header({.path = "d", .type = '5'}, 4096))
                          .file("f", "x")
                          .finish());
  ASSERT_TRUE(listing) << listing.error().text();
  EXPECT_EQ(listing->entries[1].path, "f");
}

TEST(TarReader, IgnoresWhatFollowsTheEndMarker) {
  EXPECT_EQ(refusal(TarBuilder().file("f", "x").finish() + "rubbish"), "accepted");
}

TEST(TarReader, RefusesWhatIsCutShort) {
  const std::string whole = TarBuilder().file("f", std::string(600, 'x')).finish();
  for (const std::size_t size : {0U, 100U, 512U, 700U, 1024U, 1536U}) {
    EXPECT_THAT(refusal(whole.substr(0, size)), HasSubstr("cut short")) << size;
  }
}

TEST(TarReader, RefusesBadChecksums) {
  std::string archive = TarBuilder().file("f", "x").finish();
  archive[0] = 'g';
  EXPECT_THAT(refusal(archive), HasSubstr("checksum"));
}

TEST(TarReader, RefusesWhatGoesBeyondItsLimits) {
  EXPECT_THAT(refusal(TarBuilder().file("a", "").file("b", "").finish(), {.entries = 1}),
              HasSubstr("too many entries"));
  EXPECT_THAT(refusal(TarBuilder().file("a", "123").finish(), {.bytes = 2}),
              HasSubstr("too large"));
  EXPECT_THAT(refusal(TarBuilder().long_name(std::string(5000, 'x')).file("a", "").finish()),
              HasSubstr("too long"));
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "d/";
  EXPECT_THAT(refusal(TarBuilder().long_name(deep).file("a", "").finish()), HasSubstr("too deep"));
  EXPECT_THAT(
      refusal(TarBuilder().raw(tests::tar_header({.path = "x", .type = 'x'}, 1U << 30U)).finish()),
      HasSubstr("extended header is too large"));
}

TEST(TarReader, RefusesABombOfEmptyHeaders) {
  TarBuilder bomb;
  for (int i = 0; i < 50; ++i) bomb.pax({{"comment", "x"}});
  EXPECT_THAT(refusal(bomb.file("f", "").finish(), {.entries = 20}), HasSubstr("too many"));
}

TEST(TarReader, RefusesMalformedPax) {
  for (const char* record :
       {"x", "5 a=b\n", "99 a=b\n", "6 a=bc\n7", "4 =\n", "0 a=b\n", "-6 a=b\n"}) {
    const std::string archive =
        TarBuilder().add({.path = "p", .type = 'x', .content = record}).file("f", "").finish();
    EXPECT_NE(refusal(archive), "accepted") << record;
  }
  EXPECT_NE(refusal(TarBuilder().pax({{"size", "-1"}}).file("f", "").finish()), "accepted");
  EXPECT_NE(refusal(TarBuilder().pax({{"size", "99999999999999999999"}}).file("f", "").finish()),
            "accepted");
  EXPECT_THAT(refusal(TarBuilder().pax({{"path", std::string("a\0b", 3)}}).file("f", "").finish()),
              HasSubstr("NUL"));
}

TEST(TarReader, RefusesSparseFilesAndUnknownKinds) {
  EXPECT_THAT(refusal(TarBuilder().pax({{"GNU.sparse.major", "1"}}).file("f", "").finish()),
              HasSubstr("sparse"));
  EXPECT_THAT(refusal(TarBuilder().add({.path = "s", .type = 'S'}).finish()), HasSubstr("kind"));
}

TEST(TarReader, RefusesOwnersThatChownWouldIgnore) {
  EXPECT_THAT(refusal(TarBuilder().pax({{"uid", "4294967295"}}).file("f", "").finish()),
              HasSubstr("out of range"));
}

TEST(TarReader, NamesTheEntryThatItRefuses) {
  EXPECT_THAT(refusal(TarBuilder().add({.path = "bad\nname", .type = 'Q'}).finish()),
              HasSubstr("entry \"bad\\nname\""));
}

}  // namespace
