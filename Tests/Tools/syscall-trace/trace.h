// syscall-trace: runs a command under ptrace(2) and records, counts, kills or fails its mutating
// file-system calls below one folder. See main.c for the use and output.c for the trace format.
#ifndef SYSCALL_TRACE_H
#define SYSCALL_TRACE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

enum op {
  OP_OPEN, OP_WRITE, OP_TRUNCATE, OP_ALLOCATE, OP_SYNC, OP_DATASYNC, OP_SYNCFS, OP_SYNCALL,
  OP_RANGESYNC, OP_RENAME, OP_LINK, OP_SYMLINK, OP_UNLINK, OP_RMDIR, OP_MKDIR, OP_MKNOD, OP_CHMOD,
  OP_CHOWN, OP_UTIMES, OP_SETXATTR, OP_REMOVEXATTR, OP_IOCTL, OP_MMAP, OP_URING,
};

// How the bytes of an OP_WRITE reach the kernel.
enum source { FROM_NOTHING, FROM_BUFFER, FROM_VECTOR, FROM_FILE };

enum { NONE = -1, CWD = -2 };

// One system call and where its arguments are: the index of the argument, NONE, or (for folders)
// CWD. A call names its file by `fd` or by `dir`+`path`; `dir2`+`path2` is the new name.
struct call {
  long number;
  const char *name;
  enum op op;
  signed char fd, dir, path, dir2, path2;
  signed char flags;          // open flags, AT_ flags, rename flags
  signed char value;          // mode, uid, size or attribute name, as the operation has it
  signed char offset, length; // of a write or an allocation
  enum source source;
  bool follow;                // follows a final symbolic link
};
const struct call *call_find(long number);

// A file as it was just before a call.
struct place {
  char *path;       // absolute, links resolved; NULL when the call has no such argument
  bool inside;      // at or below the root
  bool exists;
  struct stat st;   // when it exists
};

struct bracket {
  char *name;
  unsigned calls;
  struct bracket *outer;
};

struct tracee {
  pid_t tid, pid;
  bool in_call;                // between the entry and the exit of `call`
  const struct call *call;
  uint64_t args[6];
  unsigned long ordinal;
  unsigned long flags;         // resolved: open_how.flags, or the argument
  struct place a, b;
  bool injected;               // the call was replaced: return `inject_errno`
  int inject_errno;
  bool kill_at_exit;
  bool held;                   // waits at its entry until another thread's call is over
  struct bracket *bracket;
  char *last_marker;
  struct tracee *next;
};

struct options {
  char *root;
  const char *output;
  const char *list;
  bool check_markers;
  unsigned long kill_at, fail_at, short_at;
  enum { KILL_BEFORE, KILL_AFTER, KILL_TORN } kill_mode;
  int fail_errno;
};
extern struct options options;
char **options_parse(int argc, char **argv);
extern unsigned long violations;

// memory.c: what a stopped tracee has in memory and registers.
bool memory_read(pid_t tid, uint64_t address, void *into, size_t count);
bool memory_write(pid_t tid, uint64_t address, const void *from, size_t count);
char *memory_string(pid_t tid, uint64_t address);
void registers_skip_call(pid_t tid);
void registers_set_argument(pid_t tid, int index, uint64_t value);
void registers_set_result(pid_t tid, long value);

// paths.c
bool path_is_inside(const char *path);
struct place place_of_fd(pid_t tid, int fd);
struct place place_of_path(const struct tracee *t, int dir, const char *raw, bool follow,
                           bool in_root);
void place_free(struct place *place);
long long fd_position(pid_t tid, int fd, unsigned long *flags);

// capture.c: one call, from entry to exit.
bool call_enter(struct tracee *t);
void call_shorten(struct tracee *t);
void call_leave(struct tracee *t, long result);
void call_forget(struct tracee *t);

// markers.c
bool marker_consume(struct tracee *t);
void marker_check_call(struct tracee *t);
void marker_thread_ended(struct tracee *t, bool by_signal);
void violation(const struct tracee *t, const char *what);

// output.c
bool output_open(void);
void output_close(void);
void output_begin(const struct tracee *t, const char *kind, long result, const char *op);
void output_path(const char *key, const char *path);
void output_text(const char *key, const char *text, size_t count);
void output_number(const char *key, long long value);
void output_octal(const char *key, unsigned value);
void output_stat(const struct stat *st);
void output_data(const struct tracee *t, uint64_t address, size_t count);
void output_data_of_file(const struct tracee *t, int fd, long long offset, long long count);
void output_vector(const struct tracee *t, uint64_t vector, size_t entries, size_t count);
void output_end(void);
void output_list(const struct tracee *t, const char *op, long result, long long count);

void *checked(void *pointer);
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
