// The keeper's system calls, raw: it has no C library. Each returns what the kernel returns, a
// negative errno on failure. Types and constants come from the C library's headers.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include <asm/unistd.h>

namespace orchestrator::kernel {

inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                 long f = 0) {
#if defined(__x86_64__)
  long result = number;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  register long x4 asm("x4") = e;
  register long x5 asm("x5") = f;
  asm volatile("svc 0"
               : "+r"(x0)
               : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
               : "memory");
  return x0;
#else
#error "the keeper knows the system calls of x86_64 and aarch64"
#endif
}

inline long address(const volatile void* pointer) {
  return static_cast<long>(reinterpret_cast<uintptr_t>(pointer));
}

[[noreturn]] inline void exit(int code) {
  while (true) call(__NR_exit_group, code);
}

inline long close(int fd) { return call(__NR_close, fd); }
inline long open_at(int directory, const char* path, int flags, int mode = 0) {
  return call(__NR_openat, directory, address(path), flags | O_CLOEXEC, mode);
}
inline long unlink_at(int directory, const char* path) {
  return call(__NR_unlinkat, directory, address(path), 0);
}
inline long rename_at(int directory, const char* from, const char* to) {
  return call(__NR_renameat2, directory, address(from), directory, address(to), 0);
}
inline long truncate(int fd, uint64_t size) {
  return call(__NR_ftruncate, fd, static_cast<long>(size));
}
inline long read(int fd, void* bytes, size_t count) {
  return call(__NR_read, fd, address(bytes), static_cast<long>(count));
}
inline long read_at(int fd, void* bytes, size_t count, uint64_t offset) {
  return call(__NR_pread64, fd, address(bytes), static_cast<long>(count),
              static_cast<long>(offset));
}
inline long write(int fd, const void* bytes, size_t count) {
  return call(__NR_write, fd, address(bytes), static_cast<long>(count));
}
inline long list_entries(int directory, void* buffer, size_t size) {
  return call(__NR_getdents64, directory, address(buffer), static_cast<long>(size));
}
inline long file_size(int fd) {
  struct stat facts;
  const long result = call(__NR_fstat, fd, address(&facts));
  return result < 0 ? result : facts.st_size;
}
// The number of the file within its file system.
inline uint64_t inode_of(int fd) {
  struct stat facts;
  return call(__NR_fstat, fd, address(&facts)) < 0 ? 0 : facts.st_ino;
}
inline long control(int fd, int command, long argument = 0) {
  return call(__NR_fcntl, fd, command, argument);
}
inline long lock_exclusively(int fd) { return call(__NR_flock, fd, 2 | 4); }  // LOCK_EX | LOCK_NB
inline long duplicate_to(int fd, int target) { return call(__NR_dup3, fd, target, 0); }
inline long device_control(int fd, unsigned long request, void* argument) {
  return call(__NR_ioctl, fd, static_cast<long>(request), address(argument));
}

// Moves at most `count` bytes from a pipe to `offset` of a file; never waits for the pipe.
inline long splice_at(int pipe, int file, uint64_t offset, size_t count) {
  int64_t position = static_cast<int64_t>(offset);
  return call(__NR_splice, pipe, 0, file, address(&position), static_cast<long>(count),
              1 | 2);  // SPLICE_F_MOVE | SPLICE_F_NONBLOCK
}

inline int64_t now(int clock) {
  timespec time;
  call(__NR_clock_gettime, clock, address(&time));
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

inline long create_epoll() { return call(__NR_epoll_create1, EPOLL_CLOEXEC); }
inline long epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = data;
  return call(__NR_epoll_ctl, epoll, operation, fd, address(&event));
}
inline long epoll_wait(int epoll, epoll_event* events, int count, int milliseconds) {
  return call(__NR_epoll_pwait, epoll, address(events), count, milliseconds);
}

inline long create_timer() {
  return call(__NR_timerfd_create, CLOCK_MONOTONIC, O_NONBLOCK | O_CLOEXEC);
}
inline long arm_timer(int timer, int64_t nanoseconds) {
  itimerspec spec{};
  spec.it_value.tv_sec = nanoseconds / 1'000'000'000;
  spec.it_value.tv_nsec = nanoseconds % 1'000'000'000;
  return call(__NR_timerfd_settime, timer, 0, address(&spec), 0);
}

inline long create_child_signals() {
  const uint64_t mask = uint64_t{1} << (SIGCHLD - 1);
  return call(__NR_signalfd4, -1, address(&mask), sizeof(mask), O_NONBLOCK | O_CLOEXEC);
}
inline long set_signal_mask(uint64_t mask) {
  return call(__NR_rt_sigprocmask, SIG_SETMASK, address(&mask), 0, sizeof(mask));
}
// Also undoes an ignored SIGCHLD, with which the kernel would reap behind our back.
inline void reset_signal_actions() {
  struct {
    void* handler;
    unsigned long flags;
    void* restorer;
    uint64_t mask;
  } const standard{};
  for (int signal = 1; signal <= 64; ++signal)
    call(__NR_rt_sigaction, signal, address(&standard), 0, sizeof(uint64_t));
}

inline long fork() { return call(__NR_clone, SIGCHLD); }
inline long wait_id(int type, int id, siginfo_t* facts, int options, rusage* usage) {
  return call(__NR_waitid, type, id, address(facts), options, address(usage));
}
inline long process_control(int option, long argument) {
  return call(__NR_prctl, option, argument, 0, 0, 0);
}
inline long limit_descriptors(const rlimit* wanted, rlimit* before) {
  return call(__NR_prlimit64, 0, RLIMIT_NOFILE, address(wanted), address(before));
}
inline long execute(int binary, char* const* argv, char* const* envp) {
  return call(__NR_execveat, binary, address(""), address(argv), address(envp), AT_EMPTY_PATH);
}

inline long create_socket_pair(int ends[2]) {
  return call(__NR_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, address(ends));
}
inline long send(int socket, const msghdr* message, int flags) {
  return call(__NR_sendmsg, socket, address(message), flags | MSG_NOSIGNAL);
}
inline long receive(int socket, msghdr* message, int flags) {
  return call(__NR_recvmsg, socket, address(message), flags | MSG_CMSG_CLOEXEC);
}

// True when the descriptor polls readable now.
inline bool is_readable(int fd) {
  struct {
    int fd;
    short events;
    short revents;
  } entry{fd, 1, 0};  // POLLIN
  const timespec at_once{};
  return call(__NR_ppoll, address(&entry), 1, address(&at_once), 0, 0) == 1;
}

}  // namespace orchestrator::kernel
