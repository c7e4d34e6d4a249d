// The little text the keeper needs: numbers in decimal, names, one field of /proc/<pid>/stat.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace orchestrator {

inline bool same_name(const char* left, const char* right) {
  while (*left != '\0' && *left == *right) ++left, ++right;
  return *left == *right;
}

// A text of bounded length that is built piece by piece; what does not fit is dropped.
template <size_t Size>
class Text {
 public:
  Text& add(const char* text) {
    for (; *text != '\0' && length_ + 1 < Size; ++text) bytes_[length_++] = *text;
    bytes_[length_] = '\0';
    return *this;
  }
  Text& add(uint64_t number) {
    char digits[21];
    char* first = digits + 20;
    *first = '\0';
    do *--first = static_cast<char>('0' + number % 10);
    while ((number /= 10) != 0);
    return add(first);
  }
  [[nodiscard]] const char* get() const { return bytes_; }
  [[nodiscard]] size_t length() const { return length_; }

 private:
  char bytes_[Size]{};
  size_t length_{0};
};

// The number at the beginning of `text`, which must end there; 0 when it is none.
inline uint32_t read_number(const char* text) {
  uint64_t number = 0;
  for (; *text >= '0' && *text <= '9' && number < UINT32_MAX; ++text)
    number = number * 10 + static_cast<uint64_t>(*text - '0');
  return *text == '\0' && number < UINT32_MAX ? static_cast<uint32_t>(number) : 0;
}

// Of stat(5): fields 3, 22 and 52.
struct ProcessFacts {
  bool zombie{false};
  uint64_t start_time{0};  // 0 when it cannot be read
  int32_t wait_status{0};  // of a zombie, as wait(2) will tell it; needs the right to trace it
};
ProcessFacts facts_of(int32_t pid);

// Field 22 (start time) of a process's stat(5), zombies included; 0 when it cannot be read.
uint64_t start_time_of(int32_t pid);

}  // namespace orchestrator
