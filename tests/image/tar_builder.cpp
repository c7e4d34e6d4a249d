// Writes tar headers and members byte by byte.
#include "tests/image/tar_builder.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tests {
namespace {

constexpr std::size_t kBlock = 512;

void put(std::string& block, std::size_t offset, std::size_t size, std::string_view text) {
  std::copy_n(text.begin(), std::min(size, text.size()),
              block.begin() + static_cast<std::ptrdiff_t>(offset));
}

std::string padded(std::string_view content) {
  std::string bytes(content);
  bytes.resize((bytes.size() + kBlock - 1) / kBlock * kBlock);
  return bytes;
}

}  // namespace

std::string with_checksum(std::string block) {
  put(block, 148, 8, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(block, 148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return block;
}

std::string tar_header(const TarMember& member, std::size_t size) {
  std::string block(kBlock, '\0');
  put(block, 0, 100, member.path);
  put(block, 100, 8, fmt::format("{:07o}", member.mode));
  put(block, 108, 8, fmt::format("{:07o}", member.uid));
  put(block, 116, 8, fmt::format("{:07o}", member.gid));
  put(block, 124, 12, fmt::format("{:011o}", size));
  put(block, 136, 12, fmt::format("{:011o}", member.modified));
  block[156] = member.type;
  put(block, 157, 100, member.link);
  put(block, 257, 8, std::string_view("ustar\00000", 8));
  put(block, 329, 8, fmt::format("{:07o}", member.major));
  put(block, 337, 8, fmt::format("{:07o}", member.minor));
  return with_checksum(std::move(block));
}

TarBuilder& TarBuilder::add(const TarMember& member) {
  bytes_ += tar_header(member, member.content.size()) + padded(member.content);
  return *this;
}

TarBuilder& TarBuilder::directory(std::string_view path, unsigned mode) {
  return add({.path = std::string(path), .type = '5', .content = {}, .link = {}, .mode = mode});
}

TarBuilder& TarBuilder::file(std::string_view path, std::string_view content, unsigned mode) {
  return add(
      {.path = std::string(path), .content = std::string(content), .link = {}, .mode = mode});
}

TarBuilder& TarBuilder::symlink(std::string_view path, std::string_view target) {
  return add({.path = std::string(path), .type = '2', .content = {}, .link = std::string(target)});
}

TarBuilder& TarBuilder::hard_link(std::string_view path, std::string_view target) {
  return add({.path = std::string(path), .type = '1', .content = {}, .link = std::string(target)});
}

TarBuilder& TarBuilder::pax(const std::map<std::string, std::string>& records, char type) {
  std::string text;
  for (const auto& [key, value] : records) {
    const std::string body = " " + key + "=" + value + "\n";
    std::size_t length = body.size() + 1;
    while (fmt::format("{}", length).size() + body.size() != length) ++length;
    text += fmt::format("{}", length) + body;
  }
  return add({.path = "PaxHeader", .type = type, .content = text, .link = {}});
}

TarBuilder& TarBuilder::long_name(std::string_view path) {
  return add({.path = "././@LongLink",
              .type = 'L',
              .content = std::string(path) + std::string(1, '\0'),
              .link = {}});
}

TarBuilder& TarBuilder::raw(std::string_view bytes) {
  bytes_ += bytes;
  return *this;
}

}  // namespace tests
