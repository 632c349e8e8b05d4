// System calls that fail for one test, as on a file system or in a sandbox that does not have them.
#pragma once

#include <cstddef>
#include <functional>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <thread>
#include <vector>

namespace medbench::testing {

// Not every processor has the older ones.
inline std::vector<int> calls_that_link() {
  return {
#ifdef SYS_link
      SYS_link,
#endif
      SYS_linkat};
}
inline std::vector<int> calls_that_rename() {
  return {
#ifdef SYS_rename
      SYS_rename,
#endif
#ifdef SYS_renameat
      SYS_renameat,
#endif
      SYS_renameat2};
}

inline std::vector<int> calls_that_make_links() {
  return {
#ifdef SYS_symlink
      SYS_symlink,
#endif
      SYS_symlinkat};
}
inline std::vector<int> calls_that_make_folders() {
  return {
#ifdef SYS_mkdir
      SYS_mkdir,
#endif
      SYS_mkdirat};
}

// Runs `body`, in which the kernel does `action` at each of these calls, on a thread of its own: a filter is
// never lifted, and the programs that the body starts inherit it. False where the kernel has no filters.
inline bool with_action(const std::vector<int>& calls, unsigned action, const std::function<void()>& body) {
  std::vector<sock_filter> filter{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const int call : calls) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, action));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  bool is_filtered = false;
  std::thread thread([&] {
    sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    is_filtered = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
    if (is_filtered) body();
  });
  thread.join();
  return is_filtered;
}

// Each of these calls fails with `error`.
inline bool without_calls(const std::vector<int>& calls, int error, const std::function<void()>& body) {
  return with_action(calls, SECCOMP_RET_ERRNO | static_cast<unsigned>(error), body);
}

// A program that the body starts dies by SIGSYS at each of these calls: it proves that it makes none.
inline bool deadly_calls(const std::vector<int>& calls, const std::function<void()>& body) {
  return with_action(calls, SECCOMP_RET_KILL_PROCESS, body);
}

}  // namespace medbench::testing
