// The init program: pid 1 of a container with `init: true`. Starts the command, passes signals on,
// reaps orphans, ends as the command ends. No libc: it is embedded, and every container pays for
// it.
//
// argv: "tutti-init", the path to execute, then the command's own argv.
#include <linux/signal.h>
#include <sys/syscall.h>

namespace {

using Word = long;

Word system_call(Word number, Word a = 0, Word b = 0, Word c = 0, Word d = 0, Word e = 0) {
#if defined(__x86_64__)
  Word result = number;
  register Word r10 asm("r10") = d;
  register Word r8 asm("r8") = e;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
               : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register Word x8 asm("x8") = number;
  register Word x0 asm("x0") = a;
  register Word x1 asm("x1") = b;
  register Word x2 asm("x2") = c;
  register Word x3 asm("x3") = d;
  register Word x4 asm("x4") = e;
  asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return x0;
#else
#error "the init program has no system call for this architecture"
#endif
}

template <typename T>
Word word(T* pointer) {
  return reinterpret_cast<Word>(pointer);
}

[[noreturn]] void leave(Word code) {
  for (;;) system_call(SYS_exit_group, code);
}

constexpr Word kChild = SIGCHLD;
constexpr Word kNoHang = 1;
constexpr Word kTerminalSetGroup = 0x5410;  // TIOCSPGRP
constexpr Word kSetMask = 2;
constexpr Word kNotExecutable = 126;
constexpr Word kNotFound = 127;
constexpr Word kNoEntry = -2;  // -ENOENT

using SignalSet = unsigned long;  // 64 signals, as the kernel has them

// In the child: its own process group (a terminal's signals must reach it), then the command.
[[noreturn]] void run_command(const char* path, char** arguments, char** environment) {
  system_call(SYS_setpgid, 0, 0);
  int group = static_cast<int>(system_call(SYS_getpid));
  system_call(SYS_ioctl, 0, kTerminalSetGroup, word(&group));  // fails when stdin is no terminal
  const SignalSet none = 0;
  system_call(SYS_rt_sigprocmask, kSetMask, word(&none), 0, sizeof(none));
  const Word error = system_call(SYS_execve, word(path), word(arguments), word(environment));
  leave(error == kNoEntry ? kNotFound : kNotExecutable);
}

// Reaps all that has ended; the command's end is ours.
void reap(Word command) {
  for (;;) {
    int status = 0;
    const Word pid = system_call(SYS_wait4, -1, word(&status), kNoHang, 0);
    if (pid <= 0) return;
    if (pid != command) continue;
    const int signal = status & 0x7f;
    leave(signal == 0 ? (status >> 8) & 0xff : 128 + signal);
  }
}

[[noreturn]] void run(char** arguments, char** environment) {
  const SignalSet all = ~SignalSet{0};
  system_call(SYS_rt_sigprocmask, kSetMask, word(&all), 0, sizeof(all));
  // clone(SIGCHLD) without sharing anything is fork(2).
  const Word command = system_call(SYS_clone, kChild, 0, 0, 0, 0);
  if (command == 0) run_command(arguments[1], arguments + 2, environment);
  if (command < 0) leave(kNotExecutable);
  system_call(SYS_setpgid, command, command);  // here too: a signal may come before the child's own
  for (;;) {
    siginfo_t happened;
    const Word signal =
        system_call(SYS_rt_sigtimedwait, word(&all), word(&happened), 0, sizeof(all));
    if (signal == SIGCHLD)
      reap(command);
    else if (signal > 0)
      system_call(SYS_kill, -command, signal);  // the whole group, as a terminal would
  }
}

}  // namespace

// Called by _start with the stack as the kernel made it: argc, argv, NULL, envp.
extern "C" [[noreturn]] void init_main(Word* stack) {
  const Word count = *stack;
  auto** arguments = reinterpret_cast<char**>(stack + 1);
  if (count < 3) leave(kNotFound);
  run(arguments, arguments + count + 1);
}

#if defined(__x86_64__)
asm(".global _start\n_start:\n xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call init_main\n");
#else
asm(".global _start\n_start:\n mov x29,#0\n mov x0,sp\n bl init_main\n");
#endif
