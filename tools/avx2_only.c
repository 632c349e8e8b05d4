/* A preloaded library that hides AVX-512, VNNI, AMX and FP16 from whoever asks the processor by CPUID: what runtimes do on a
   processor with AVX2 alone, on one that has more. It makes CPUID fault (arch_prctl ARCH_CPUID) and answers in the signal
   handler. Code that reads /proc/cpuinfo is not deceived. For x86-64 Linux on processors with CPUID faulting; see as-avx2. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define ARCH_SET_CPUID 0x1012

static struct sigaction previous;

static unsigned without(unsigned bits, const int* hidden, int count) {
  for (int i = 0; i < count; ++i) bits &= ~(1u << hidden[i]);
  return bits;
}
#define WITHOUT(bits, ...) without(bits, (const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static void answer(int signal_number, siginfo_t* info, void* context) {
  (void)signal_number;
  (void)info;
  greg_t* registers = ((ucontext_t*)context)->uc_mcontext.gregs;
  const unsigned char* code = (const unsigned char*)registers[REG_RIP];
  if (code[0] != 0x0f || code[1] != 0xa2) { /* no CPUID: somebody else's fault */
    sigaction(SIGSEGV, &previous, NULL);
    return;
  }
  unsigned a = (unsigned)registers[REG_RAX], b = 0, c = (unsigned)registers[REG_RCX], d = 0;
  const unsigned leaf = a, part = c;
  syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1);
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0);
  if (leaf == 7 && part == 0) { /* Intel's manual, volume 2, CPUID: AVX-512 in all its parts, AMX */
    b = WITHOUT(b, 16, 17, 21, 26, 27, 28, 30, 31);
    c = WITHOUT(c, 1, 6, 11, 12, 14);
    d = WITHOUT(d, 2, 3, 8, 22, 23, 24, 25);
  } else if (leaf == 7 && part == 1) { /* AVX-VNNI, AVX-512 BF16, AMX FP16, AVX-IFMA, AVX-VNNI-INT8 */
    a = WITHOUT(a, 4, 5, 21, 23);
    d = 0;
  } else if (leaf == 0xd && part == 0) { /* x87, SSE and AVX state alone */
    a &= 7;
  }
  registers[REG_RAX] = a;
  registers[REG_RBX] = b;
  registers[REG_RCX] = c;
  registers[REG_RDX] = d;
  registers[REG_RIP] += 2;
}

__attribute__((constructor)) static void start(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = answer;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigaction(SIGSEGV, &action, &previous);
  if (syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0) != 0) {
    fputs("as-avx2: this processor or kernel has no CPUID faulting\n", stderr);
    exit(3);
  }
}
