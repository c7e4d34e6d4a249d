// Runs a fuzz body without libFuzzer: seeds from a folder, mutated by a fixed random sequence, for
// two seconds.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kMostBytes = 65536;

// Every file below the folders; sorted, so that a run repeats.
std::vector<Bytes> read_seeds(const std::vector<std::string>& folders) {
  std::vector<std::filesystem::path> files;
  for (const auto& folder : folders) {
    if (!std::filesystem::exists(folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<Bytes> seeds{{}};
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return seeds;
}

// Copies, cuts, flips and splices: mutations that keep most of a seed's structure.
class Mutator {
 public:
  explicit Mutator(std::vector<Bytes> seeds) : seeds_(std::move(seeds)) {}

  Bytes next() {
    Bytes bytes = seeds_[below(seeds_.size())];
    for (std::size_t rounds = 1 + below(6); rounds > 0; --rounds) mutate(bytes);
    if (bytes.size() > kMostBytes) bytes.resize(kMostBytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) {
    return limit == 0 ? 0 : static_cast<std::size_t>(random_()) % limit;
  }

  void mutate(Bytes& bytes) {
    const std::size_t at = below(bytes.size() + 1);
    const auto here = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    switch (below(5)) {
      case 0:
        bytes.insert(here, static_cast<std::uint8_t>(random_()));
        return;
      case 1:
        bytes.erase(here, here + static_cast<std::ptrdiff_t>(below(bytes.size() - at + 1)));
        return;
      case 2:
        if (at < bytes.size()) bytes[at] ^= static_cast<std::uint8_t>(1U << below(8));
        return;
      case 3:
        if (at < bytes.size()) bytes[at] = kInteresting[below(std::size(kInteresting))];
        return;
      default:
        splice(bytes, at);
        return;
    }
  }

  void splice(Bytes& bytes, std::size_t at) {
    const Bytes& other = seeds_[below(seeds_.size())];
    const std::size_t from = below(other.size() + 1);
    const std::size_t count = below(std::min<std::size_t>(other.size() - from, 256) + 1);
    const auto first = other.begin() + static_cast<std::ptrdiff_t>(from);
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), first,
                 first + static_cast<std::ptrdiff_t>(count));
  }

  static constexpr std::uint8_t kInteresting[] = {0,   1,   0x7f, 0x80, 0xc0, 0xff, '\n', ' ',
                                                  ':', '-', '{',  '[',  '"',  '&',  '*',  '$'};
  std::vector<Bytes> seeds_;
  std::mt19937_64 random_{20240229};
};

}  // namespace

int main(int argc, char** argv) {
  const auto seeds = read_seeds({argv + 1, argv + argc});
  for (const auto& seed : seeds) LLVMFuzzerTestOneInput(seed.data(), seed.size());
  Mutator mutator(seeds);
  std::size_t runs = 0;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (std::chrono::steady_clock::now() < until) {
    const Bytes bytes = mutator.next();
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    ++runs;
  }
  std::printf("%zu seeds, %zu mutated inputs\n", seeds.size(), runs);
  return 0;
}
