// Where the kernel enters the keeper, and the four functions that the compiler itself calls.
#include <stddef.h>

#include "orchestrator/keeper/keeper.hpp"
#include "orchestrator/keeper/system_calls.hpp"

// The stack at entry: argc, argv..., NULL, envp..., NULL (ELF psABI, "Process Initialization").
#if defined(__x86_64__)
asm(".globl _start\n"
    "_start: xor %ebp, %ebp\n"
    "mov %rsp, %rdi\n"
    "and $-16, %rsp\n"
    "call keeper_entry\n");
#elif defined(__aarch64__)
asm(".globl _start\n"
    "_start: mov x29, #0\n"
    "mov x0, sp\n"
    "bl keeper_entry\n");
#endif

extern "C" {

void* memcpy(void* __restrict to, const void* __restrict from, size_t count) {
  auto* target = static_cast<unsigned char*>(to);
  const auto* source = static_cast<const unsigned char*>(from);
  for (size_t i = 0; i < count; ++i) target[i] = source[i];
  return to;
}

void* memmove(void* to, const void* from, size_t count) {
  auto* target = static_cast<unsigned char*>(to);
  const auto* source = static_cast<const unsigned char*>(from);
  if (target < source) return memcpy(to, from, count);
  for (size_t i = count; i > 0; --i) target[i - 1] = source[i - 1];
  return to;
}

void* memset(void* to, int value, size_t count) {
  auto* target = static_cast<unsigned char*>(to);
  for (size_t i = 0; i < count; ++i) target[i] = static_cast<unsigned char>(value);
  return to;
}

int memcmp(const void* left, const void* right, size_t count) {
  const auto* a = static_cast<const unsigned char*>(left);
  const auto* b = static_cast<const unsigned char*>(right);
  for (size_t i = 0; i < count; ++i)
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}

[[noreturn]] void keeper_entry(const long* stack);

// argv[0] is our own name, the rest the supervisor's argv; envp goes to the supervisor as it is.
[[noreturn]] void keeper_entry(const long* stack) {
  // All tables: no heap. Zero pages cost nothing until they are used.
  static orchestrator::Keeper keeper;
  const long count = stack[0];
  char** arguments = reinterpret_cast<char**>(const_cast<long*>(stack + 1));
  orchestrator::run(keeper, arguments + 1, arguments + count + 1);
}

}  // extern "C"
