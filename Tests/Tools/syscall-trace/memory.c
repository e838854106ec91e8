// Memory and registers of a stopped tracee.
#include "trace.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

bool memory_read(pid_t tid, uint64_t address, void *into, size_t count) {
  while (count > 0) {
    struct iovec here = {into, count}, there = {(void *)(uintptr_t)address, count};
    ssize_t n = process_vm_readv(tid, &here, 1, &there, 1, 0);
    if (n <= 0) return false;
    into = (char *)into + n;
    address += (uint64_t)n;
    count -= (size_t)n;
  }
  return true;
}

bool memory_write(pid_t tid, uint64_t address, const void *from, size_t count) {
  struct iovec here = {(void *)(uintptr_t)from, count};
  struct iovec there = {(void *)(uintptr_t)address, count};
  return process_vm_writev(tid, &here, 1, &there, 1, 0) == (ssize_t)count;
}

// The C string at `address`, at most PATH_MAX bytes; NULL when it cannot be read. Reads never
// cross into a page that the string does not need.
char *memory_string(pid_t tid, uint64_t address) {
  char *text = checked(malloc(PATH_MAX + 1));
  size_t count = 0;
  while (address != 0 && count < PATH_MAX) {
    size_t chunk = 4096 - (address & 4095);
    if (chunk > PATH_MAX - count) chunk = PATH_MAX - count;
    if (!memory_read(tid, address, text + count, chunk)) break;
    if (memchr(text + count, 0, chunk)) return text;
    count += chunk;
    address += chunk;
  }
  free(text);
  return NULL;
}

#if defined(__x86_64__)
typedef struct user_regs_struct registers;

static unsigned long long *argument(registers *r, int index) {
  unsigned long long *all[6] = {(void *)&r->rdi, (void *)&r->rsi, (void *)&r->rdx,
                                (void *)&r->r10, (void *)&r->r8,  (void *)&r->r9};
  return all[index];
}
#elif defined(__aarch64__)
typedef struct user_regs_struct registers;

static unsigned long long *argument(registers *r, int index) { return &r->regs[index]; }
#else
#error "syscall-trace knows x86_64 and aarch64 only"
#endif

static void registers_get(pid_t tid, registers *r) {
  struct iovec v = {r, sizeof *r};
  if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &v) != 0 && errno != ESRCH)
    die("PTRACE_GETREGSET: %s", strerror(errno));
}

static void registers_set(pid_t tid, registers *r) {
  struct iovec v = {r, sizeof *r};
  if (ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &v) != 0 && errno != ESRCH)
    die("PTRACE_SETREGSET: %s", strerror(errno));
}

// Makes the kernel do nothing for the call at whose entry the tracee stands.
void registers_skip_call(pid_t tid) {
#if defined(__x86_64__)
  registers r;
  registers_get(tid, &r);
  r.orig_rax = (unsigned long long)-1;
  registers_set(tid, &r);
#else
  int number = -1;
  struct iovec v = {&number, sizeof number};
  ptrace(PTRACE_SETREGSET, tid, 0x404 /* NT_ARM_SYSTEM_CALL */, &v);
#endif
}

void registers_set_argument(pid_t tid, int index, uint64_t value) {
  registers r;
  registers_get(tid, &r);
  *argument(&r, index) = value;
  registers_set(tid, &r);
}

void registers_set_result(pid_t tid, long value) {
  registers r;
  registers_get(tid, &r);
#if defined(__x86_64__)
  r.rax = (unsigned long long)value;
#else
  r.regs[0] = (unsigned long long)value;
#endif
  registers_set(tid, &r);
}
