#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

const int clinux_O_PATH = O_PATH;
const int clinux_O_NOFOLLOW = O_NOFOLLOW;
const int clinux_O_TMPFILE = O_TMPFILE;
const int clinux_AT_EMPTY_PATH = AT_EMPTY_PATH;
const uint64_t clinux_RESOLVE_BENEATH = RESOLVE_BENEATH;
const uint64_t clinux_RESOLVE_IN_ROOT = RESOLVE_IN_ROOT;
const uint64_t clinux_RESOLVE_NO_SYMLINKS = RESOLVE_NO_SYMLINKS;
const uint64_t clinux_RESOLVE_NO_MAGICLINKS = RESOLVE_NO_MAGICLINKS;
const uint64_t clinux_RESOLVE_NO_XDEV = RESOLVE_NO_XDEV;
const unsigned int clinux_RENAME_NOREPLACE = RENAME_NOREPLACE;
const unsigned int clinux_RENAME_EXCHANGE = RENAME_EXCHANGE;
const long clinux_UTIME_NOW = UTIME_NOW;
const long clinux_UTIME_OMIT = UTIME_OMIT;
const int clinux_SEEK_DATA = SEEK_DATA;
const int clinux_SEEK_HOLE = SEEK_HOLE;

int clinux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

int clinux_openat(int dir, const char *path, int flags, mode_t mode) {
  return openat(dir, path, flags, mode);
}

int clinux_openat2(int dir, const char *path, int flags, mode_t mode, uint64_t resolve) {
  struct open_how how;
  memset(&how, 0, sizeof how);
  how.flags = (uint64_t)flags;
  how.mode = (flags & (O_CREAT | O_TMPFILE)) ? mode : 0;
  how.resolve = resolve;
  return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

int clinux_renameat2(int old_dir, const char *old_path, int new_dir, const char *new_path,
                     unsigned int flags) {
  return renameat2(old_dir, old_path, new_dir, new_path, flags);
}

int clinux_fchmodat(int dir, const char *path, mode_t mode) {
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
  int result = (int)syscall(SYS_fchmodat2, dir, path, mode, AT_SYMLINK_NOFOLLOW);
  // Old filters of system calls say EPERM for what they do not know.
  if (result == 0 || (errno != ENOSYS && errno != EPERM)) return result;
  int folder = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return fchmodat(dir, path, mode, AT_SYMLINK_NOFOLLOW);
  result = fchmod(folder, mode);
  int cause = errno;
  close(folder);
  errno = cause;
  return result;
}

int clinux_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int clinux_syncfs(int fd) { return syncfs(fd); }

int clinux_clone_file(int destination, int source) { return ioctl(destination, FICLONE, source); }

int clinux_fallocate(int fd, int mode, off_t offset, off_t length) {
  return fallocate(fd, mode, offset, length);
}

ssize_t clinux_copy_file_range(int from, int to, size_t count) {
  return copy_file_range(from, NULL, to, NULL, count, 0);
}

ssize_t clinux_flistxattr(int fd, char *list, size_t size) { return flistxattr(fd, list, size); }
ssize_t clinux_fgetxattr(int fd, const char *name, void *value, size_t size) {
  return fgetxattr(fd, name, value, size);
}
int clinux_fsetxattr(int fd, const char *name, const void *value, size_t size) {
  return fsetxattr(fd, name, value, size, 0);
}
int clinux_fremovexattr(int fd, const char *name) { return fremovexattr(fd, name); }
ssize_t clinux_llistxattr(const char *path, char *list, size_t size) {
  return llistxattr(path, list, size);
}
ssize_t clinux_lgetxattr(const char *path, const char *name, void *value, size_t size) {
  return lgetxattr(path, name, value, size);
}
int clinux_lsetxattr(const char *path, const char *name, const void *value, size_t size) {
  return lsetxattr(path, name, value, size, 0);
}
int clinux_lremovexattr(const char *path, const char *name) { return lremovexattr(path, name); }

uint64_t clinux_makedev(uint32_t major, uint32_t minor) { return makedev(major, minor); }
uint32_t clinux_major(uint64_t device) { return major(device); }
uint32_t clinux_minor(uint64_t device) { return minor(device); }

int64_t clinux_filesystem_magic(int fd) {
  struct statfs status;
  return fstatfs(fd, &status) == 0 ? (int64_t)status.f_type : 0;
}

int64_t clinux_filesystem_flags(int fd) {
  struct statfs status;
  return fstatfs(fd, &status) == 0 ? (int64_t)status.f_flags : 0;
}

uint64_t clinux_filesystem_id(int fd) {
  struct statfs status;
  uint64_t id = 0;
  if (fstatfs(fd, &status) != 0) return 0;
  memcpy(&id, &status.f_fsid, sizeof id < sizeof status.f_fsid ? sizeof id : sizeof status.f_fsid);
  return id;
}

int clinux_set_parent_death_signal(int signal) {
  return prctl(PR_SET_PDEATHSIG, (unsigned long)signal);
}

int clinux_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

int clinux_has_writer(int fd) {
  if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
    fcntl(fd, F_SETLEASE, F_UNLCK);
    return 0;
  }
  return errno == EAGAIN ? 1 : -1;
}

pid_t clinux_spawn(char *const argv[], const char *directory) {
  return clinux_spawn_keeping(argv, directory, -1);
}

pid_t clinux_spawn_keeping(char *const argv[], const char *directory, int kept) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return -1;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    // Only async-signal-safe calls from here to exec.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    // What is a wish for us ends the tool; ignored signals stay ignored.
    for (const int *number = (const int[]){SIGINT, SIGTERM, SIGHUP, 0}; *number != 0; number++) {
      struct sigaction action;
      if (sigaction(*number, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
        signal(*number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // Ignored here, and that would be inherited.
    signal(SIGXFSZ, SIG_DFL);
    if (kept >= 0) fcntl(kept, F_SETFD, 0);
    if (directory == NULL || chdir(directory) == 0) execvp(argv[0], argv);
    int cause = errno;
    ssize_t ignored = write(report[1], &cause, sizeof cause);
    (void)ignored;
    _exit(127);
  }
  int failure = child < 0 ? errno : 0;
  close(report[1]);
  if (child > 0) {
    int cause = 0;
    ssize_t got;
    do {
      got = read(report[0], &cause, sizeof cause);
    } while (got < 0 && errno == EINTR);
    if (got == (ssize_t)sizeof cause) {
      failure = cause;
      while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
      }
    }
  }
  close(report[0]);
  if (failure != 0) {
    errno = failure;
    return -1;
  }
  return child;
}

static void look(const char *path, const char *name) {
  struct stat status;
  char byte;
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  if (folder < 0 || fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (!S_ISREG(status.st_mode)) return;
  int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  ssize_t ignored = file < 0 ? 0 : read(file, &byte, 1);
  (void)ignored;
}

int clinux_answers(const char *path, const char *name, int milliseconds) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    // Only async-signal-safe calls. The end of the pipe tells that this process has ended; a lock that it held
    // would be ours.
    dup2(report[1], 0);
    if (syscall(SYS_close_range, 1, ~0U, 0) != 0) {
      for (int fd = getdtablesize() - 1; fd > 0; fd--) close(fd);
    }
    look(path, name);
    _exit(0);
  }
  int failure = child < 0 ? errno : 0;
  close(report[1]);
  int answered = 0;
  if (child > 0) {
    struct pollfd end = {.fd = report[0], .events = POLLIN};
    answered = poll(&end, 1, milliseconds) == 1;
    if (!answered) kill(child, SIGKILL);
    while (waitpid(child, NULL, answered ? 0 : WNOHANG) < 0 && errno == EINTR) {
    }
  }
  close(report[0]);
  if (failure == 0) return answered;
  errno = failure;
  return -1;
}

int clinux_exit_status(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

int clinux_on_signal(int signal, void (*handler)(int)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  return sigaction(signal, &action, NULL);
}

void clinux_die(void) {
  for (;;) kill(getpid(), SIGKILL);
}

void clinux_trace_marker(const char *text, size_t length) {
  ssize_t ignored = write(-1, text, length);
  (void)ignored;
}

static int argument_count;
static char **arguments;

// The C library gives every constructor what it gives main.
__attribute__((constructor)) static void remember_arguments(int count, char **values) {
  argument_count = count;
  arguments = values;
}

char *const *clinux_arguments(int *count) {
  *count = argument_count;
  return arguments;
}
