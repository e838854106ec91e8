// Linux calls and constants that Swift's Glibc overlay does not show, because they need
// _GNU_SOURCE, are variadic, or are macros. Nothing here decides anything: each function is the
// system call of the same name. Manual pages: section 2 unless said otherwise.
#ifndef UMOCI_TX_CLINUX_H
#define UMOCI_TX_CLINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// open(2)
extern const int clinux_O_PATH;
extern const int clinux_O_NOFOLLOW;
extern const int clinux_O_TMPFILE;
extern const int clinux_AT_EMPTY_PATH;

// openat2(2): resolve flags.
extern const uint64_t clinux_RESOLVE_BENEATH;
extern const uint64_t clinux_RESOLVE_IN_ROOT;
extern const uint64_t clinux_RESOLVE_NO_SYMLINKS;
extern const uint64_t clinux_RESOLVE_NO_MAGICLINKS;
extern const uint64_t clinux_RESOLVE_NO_XDEV;

// renameat2(2)
extern const unsigned int clinux_RENAME_NOREPLACE;
extern const unsigned int clinux_RENAME_EXCHANGE;

// utimensat(2)
extern const long clinux_UTIME_NOW;
extern const long clinux_UTIME_OMIT;

// lseek(2)
extern const int clinux_SEEK_DATA;
extern const int clinux_SEEK_HOLE;

int clinux_open(const char *path, int flags, mode_t mode);
int clinux_openat(int dir, const char *path, int flags, mode_t mode);
int clinux_openat2(int dir, const char *path, int flags, mode_t mode, uint64_t resolve);
int clinux_renameat2(int old_dir, const char *old_path, int new_dir, const char *new_path,
                     unsigned int flags);
int clinux_syncfs(int fd);
// Changes the mode of a name, never of what a link leads to: fchmodat2(2) of Linux 6.6. Before it only a folder
// can be changed without proc(5), by opening it; for anything else glibc goes through /proc/self/fd.
int clinux_fchmodat(int dir, const char *path, mode_t mode);
// An unnamed file in memory, memfd_create(2), closed on exec.
int clinux_memory_file(const char *name);
// FICLONE of ioctl_ficlonerange(2): share the blocks of source with destination.
int clinux_clone_file(int destination, int source);
int clinux_fallocate(int fd, int mode, off_t offset, off_t length);
ssize_t clinux_copy_file_range(int from, int to, size_t count);

// Extended attributes, xattr(7). The `l` forms never follow a final symbolic link.
ssize_t clinux_flistxattr(int fd, char *list, size_t size);
ssize_t clinux_fgetxattr(int fd, const char *name, void *value, size_t size);
int clinux_fsetxattr(int fd, const char *name, const void *value, size_t size);
int clinux_fremovexattr(int fd, const char *name);
ssize_t clinux_llistxattr(const char *path, char *list, size_t size);
ssize_t clinux_lgetxattr(const char *path, const char *name, void *value, size_t size);
int clinux_lsetxattr(const char *path, const char *name, const void *value, size_t size);
int clinux_lremovexattr(const char *path, const char *name);

// Device numbers, makedev(3).
uint64_t clinux_makedev(uint32_t major, uint32_t minor);
uint32_t clinux_major(uint64_t device);
uint32_t clinux_minor(uint64_t device);

// The `f_type` of statfs(2), or 0 when it fails.
int64_t clinux_filesystem_magic(int fd);
// The `f_flags` of statfs(2), or 0 when it fails.
int64_t clinux_filesystem_flags(int fd);
// The `f_fsid` of statfs(2), or 0 when it fails.
uint64_t clinux_filesystem_id(int fd);

// Makes the kernel send `signal` to the calling process when its parent dies; prctl(2).
int clinux_set_parent_death_signal(int signal);

// Starts `argv[0]` (searched in PATH) as a child that dies with this process, runs in folder
// `directory` (or the current one when null) and has no signal blocked. Returns its pid, or -1 with
// errno set, also when the exec in the child failed.
pid_t clinux_spawn(char *const argv[], const char *directory);

// The same with a child that inherits descriptor `kept`.
pid_t clinux_spawn_keeping(char *const argv[], const char *directory, int kept);

// Whether folder `path`, and the regular file `name` in it where there is one, can be opened and read within
// `milliseconds`, or at least refuse to: 1 or 0 (also when a signal comes), or -1 with errno set. A child asks, which
// has none of our descriptors open: who waits for a mount that hangs can perhaps not even be killed.
int clinux_answers(const char *path, const char *name, int milliseconds);

// Makes orphans among the descendants children of this process; PR_SET_CHILD_SUBREAPER, prctl(2).
int clinux_adopt_orphans(void);

// Whether anybody has the file open for writing, told by a read lease (F_SETLEASE, fcntl(2)) that is
// given back at once: 1 or 0, or -1 with errno set where the kernel gives no lease. The descriptor
// must be open for reading only.
int clinux_has_writer(int fd);

// The arguments of this process, its name first; Swift's library reads them from /proc.
char *const *clinux_arguments(int *count);

// WIFEXITED and friends of waitpid(2): the exit status, or 128 + signal.
int clinux_exit_status(int wait_status);

// Installs `handler` for `signal` without SA_RESTART, so that blocking calls see EINTR.
int clinux_on_signal(int signal, void (*handler)(int));

// Sends SIGKILL to this very process and does not return; nothing is flushed.
void clinux_die(void) __attribute__((noreturn));

// A system call that changes nothing (it fails with EBADF) and that a tracer can see: the fail
// points write their names with it when a trace asks for it.
void clinux_trace_marker(const char *text, size_t length);

#endif
