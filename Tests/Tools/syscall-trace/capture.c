// One mutating call, from its entry (what does it name, does it concern us?) to its exit (what
// did it do?).
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define TMPFILE_BIT 020000000 // O_TMPFILE without O_DIRECTORY

static uint64_t argument(const struct tracee *t, int index) {
  return index >= 0 ? t->args[index] : 0;
}

static int descriptor(const struct tracee *t, int index) {
  return index == CWD ? AT_FDCWD : (int)argument(t, index);
}

// The place that a folder and a path argument name; empty when the path is unreadable.
static struct place named(const struct tracee *t, int dir, int path, bool follow, bool in_root) {
  uint64_t address = argument(t, path);
  if (address == 0 && t->call->op == OP_UTIMES && dir >= 0)
    return place_of_fd(t->tid, descriptor(t, dir));
  char *raw = memory_string(t->tid, address);
  if (!raw) return (struct place){0};
  struct place place = place_of_path(t, descriptor(t, dir), raw, follow, in_root);
  free(raw);
  return place;
}

static bool enter_open(struct tracee *t) {
  struct open_how how = {0};
  if (t->call->flags >= 0)
    how.flags = (unsigned)argument(t, t->call->flags);
  else if (strcmp(t->call->name, "creat") == 0)
    how.flags = O_CREAT | O_WRONLY | O_TRUNC;
  else if (!memory_read(t->tid, argument(t, 2), &how, sizeof how))
    return false;
  t->flags = how.flags;
  bool anonymous = (t->flags & TMPFILE_BIT) != 0;
  if ((t->flags & O_PATH) || !(anonymous || (t->flags & (O_CREAT | O_TRUNC)))) return false;
  bool exclusive = (t->flags & O_CREAT) && (t->flags & O_EXCL);
  bool follow = !(t->flags & O_NOFOLLOW) && !exclusive;
  t->a = named(t, t->call->dir, t->call->path, follow, how.resolve & RESOLVE_IN_ROOT);
  return t->a.inside && (anonymous || !t->a.exists || S_ISREG(t->a.st.st_mode));
}

static bool enter_descriptor(struct tracee *t) {
  if (t->call->op == OP_IOCTL) {
    unsigned long request = argument(t, t->call->value);
    if (request != FICLONE && request != FICLONERANGE && request != FS_IOC_SETFLAGS) return false;
  }
  if (t->call->op == OP_MMAP) {
    int kind = (int)t->args[3] & MAP_TYPE;
    if ((t->args[3] & MAP_ANONYMOUS) || !(t->args[2] & PROT_WRITE)) return false;
    if (kind != MAP_SHARED && kind != MAP_SHARED_VALIDATE) return false;
  }
  t->a = place_of_fd(t->tid, descriptor(t, t->call->fd));
  if (!t->a.exists || !(S_ISREG(t->a.st.st_mode) || S_ISDIR(t->a.st.st_mode))) return false;
  if (t->call->op == OP_SYNCFS) {
    struct stat root;
    return stat(options.root, &root) == 0 && root.st_dev == t->a.st.st_dev;
  }
  return t->a.inside;
}

static bool enter_path(struct tracee *t) {
  bool follow = t->call->follow;
  t->flags = argument(t, t->call->flags);
  if (t->call->flags >= 0 && t->call->op != OP_RENAME) {
    if (t->flags & AT_SYMLINK_NOFOLLOW) follow = false;
    if (t->flags & AT_SYMLINK_FOLLOW) follow = true;
  }
  t->a = named(t, t->call->dir, t->call->path, follow, false);
  if (t->call->path2 >= 0) t->b = named(t, t->call->dir2, t->call->path2, false, false);
  return t->a.inside || t->b.inside;
}

// Looks at the call at whose entry `t` stands: true when it would change something that we watch.
bool call_enter(struct tracee *t) {
  place_free(&t->a);
  place_free(&t->b);
  t->injected = false;
  t->kill_at_exit = false;
  switch (t->call->op) {
  case OP_OPEN: return enter_open(t);
  case OP_SYNCALL: return true;
  case OP_URING: return true;
  default: return t->call->fd >= 0 ? enter_descriptor(t) : enter_path(t);
  }
}

// Halves the bytes that a writing call is about to write; leaves other calls alone.
void call_shorten(struct tracee *t) {
  if (t->call->op != OP_WRITE) return;
  uint64_t length = argument(t, t->call->length);
  if (t->call->source == FROM_VECTOR && length <= 1) {
    struct iovec one;
    uint64_t address = t->args[1];
    if (!memory_read(t->tid, address, &one, sizeof one)) return;
    one.iov_len /= 2; // the caller's vector stays shortened: good enough for a test of it
    memory_write(t->tid, address, &one, sizeof one);
    return;
  }
  registers_set_argument(t->tid, t->call->length, length / 2);
}

static long long write_offset(const struct tracee *t, const struct stat *now, long result) {
  unsigned long flags = 0;
  long long position = fd_position(t->tid, descriptor(t, t->call->fd), &flags);
  if (flags & O_APPEND) return now->st_size - result;
  if (t->call->offset >= 0 && (int64_t)argument(t, t->call->offset) >= 0)
    return (long long)argument(t, t->call->offset);
  uint64_t address = argument(t, t->call->value);
  int64_t after;
  if (address != 0 && memory_read(t->tid, address, &after, sizeof after)) return after - result;
  return position - result;
}

static void leave_write(struct tracee *t, long result) {
  int fd = descriptor(t, t->call->fd);
  struct place now = place_of_fd(t->tid, fd);
  long long offset = write_offset(t, &now.st, result);
  output_stat(&now.st);
  output_number("offset", offset);
  if (t->call->source == FROM_BUFFER)
    output_data(t, t->args[1], (size_t)result);
  else if (t->call->source == FROM_VECTOR)
    output_vector(t, t->args[1], argument(t, t->call->length), (size_t)result);
  else
    output_data_of_file(t, fd, offset, result);
  place_free(&now);
}

static void leave_clone(struct tracee *t) {
  struct place now = place_of_fd(t->tid, descriptor(t, t->call->fd));
  output_stat(&now.st);
  output_number("offset", 0);
  output_data_of_file(t, descriptor(t, t->call->fd), 0, now.st.st_size);
  place_free(&now);
}

static void leave_open(struct tracee *t, long result) {
  struct place now = place_of_fd(t->tid, (int)result);
  if (now.path && !(t->flags & TMPFILE_BIT)) output_path("path", now.path);
  output_stat(&now.st);
  place_free(&now);
}

static void output_named_text(const struct tracee *t, const char *key) {
  char *text = memory_string(t->tid, argument(t, t->call->value));
  if (text) output_text(key, text, strlen(text));
  free(text);
}

// The state of the call's (first) file after the call.
static void output_stat_after(const struct tracee *t) {
  struct stat now;
  if (t->call->fd >= 0 || !t->a.path) {
    struct place place = place_of_fd(t->tid, descriptor(t, t->call->fd));
    output_stat(&place.st);
    place_free(&place);
  } else if (lstat(t->a.path, &now) == 0) {
    output_stat(&now);
  }
}

static void leave_names(struct tracee *t) {
  output_path("path", t->a.path);
  output_path("to", t->b.path);
  if (t->a.exists) output_stat(&t->a.st);
}

static const char *operation(const struct tracee *t, long result) {
  static const char *const names[] = {
      "open",   "write",  "truncate", "allocate", "sync",  "datasync", "syncfs",  "syncfs",
      "rangesync", "rename", "link", "symlink", "unlink", "rmdir", "mkdir", "mknod", "chmod",
      "chown", "utimes", "setxattr", "removexattr", "attributes", "mmap", "uring"};
  switch (t->call->op) {
  case OP_OPEN:
    if (t->flags & TMPFILE_BIT) return "tmpfile";
    if (!t->a.exists) return "create";
    return result >= 0 && (t->flags & O_TRUNC) ? "truncate" : "open";
  case OP_RENAME: return t->flags & RENAME_EXCHANGE ? "exchange" : "rename";
  case OP_UNLINK: return t->flags & AT_REMOVEDIR ? "rmdir" : "unlink";
  case OP_IOCTL: return t->args[1] == FS_IOC_SETFLAGS ? "attributes" : "write";
  default: return names[t->call->op];
  }
}

static void leave_success(struct tracee *t, long result) {
  switch (t->call->op) {
  case OP_OPEN: leave_open(t, result); return;
  case OP_RENAME:
  case OP_LINK: leave_names(t); return;
  case OP_SYNCALL:
  case OP_URING: return;
  default: output_path("path", t->a.path);
  }
  switch (t->call->op) {
  case OP_WRITE: leave_write(t, result); break;
  case OP_IOCTL:
    if (t->args[1] != FS_IOC_SETFLAGS) leave_clone(t);
    break;
  case OP_UNLINK:
  case OP_RMDIR: output_stat(&t->a.st); break;
  case OP_ALLOCATE:
    output_stat_after(t);
    output_number("flags", (int)t->flags);
    output_number("offset", (long long)argument(t, t->call->offset));
    output_number("length", (long long)argument(t, t->call->length));
    break;
  case OP_SYMLINK:
    output_stat_after(t);
    output_named_text(t, "target");
    break;
  case OP_SETXATTR:
  case OP_REMOVEXATTR:
    output_stat_after(t);
    output_named_text(t, "name");
    break;
  default: output_stat_after(t);
  }
}

// Writes down what the call did, `result` being what it returned.
void call_leave(struct tracee *t, long result) {
  if (t->call->op == OP_ALLOCATE) t->flags = argument(t, t->call->flags);
  const char *op = operation(t, result);
  output_begin(t, t->call->name, result, op);
  if (result >= 0)
    leave_success(t, result);
  else if (t->a.path)
    output_path("path", t->a.path);
  output_end();
  output_list(t, op, result, t->call->op == OP_WRITE && result >= 0 ? result : -1);
  if ((result == -EINTR || result <= -512) && t->bracket) t->bracket->calls--; // runs again
  if (t->call->op == OP_MMAP) violation(t, "a shared writable mapping cannot be traced");
  if (t->call->op == OP_URING) violation(t, "io_uring cannot be traced");
}

void call_forget(struct tracee *t) {
  place_free(&t->a);
  place_free(&t->b);
  t->call = NULL;
  t->in_call = false;
}
