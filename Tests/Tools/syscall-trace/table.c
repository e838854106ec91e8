// Which system calls change a file system, and where they keep their arguments.
#include "trace.h"

#include <sys/syscall.h>

#define ON_FD(nr, operation, ...)                                                              \
  {.number = __NR_##nr, .name = #nr, .op = operation, .dir = NONE, .path = NONE, .dir2 = NONE, \
   .path2 = NONE, .flags = NONE, .value = NONE, .offset = NONE, .length = NONE, __VA_ARGS__}
#define ON_PATH(nr, operation, ...)                                                            \
  {.number = __NR_##nr, .name = #nr, .op = operation, .fd = NONE, .dir = CWD, .dir2 = NONE,    \
   .path2 = NONE, .flags = NONE, .value = NONE, .offset = NONE, .length = NONE, __VA_ARGS__}

#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#endif

static const struct call calls[] = {
#ifdef __NR_open
    ON_PATH(open, OP_OPEN, .path = 0, .flags = 1, .value = 2, .follow = true),
    ON_PATH(creat, OP_OPEN, .path = 0, .value = 1, .follow = true),
#endif
    ON_PATH(openat, OP_OPEN, .dir = 0, .path = 1, .flags = 2, .value = 3, .follow = true),
    ON_PATH(openat2, OP_OPEN, .dir = 0, .path = 1, .value = 2, .follow = true),

    ON_FD(write, OP_WRITE, .fd = 0, .source = FROM_BUFFER, .length = 2),
    ON_FD(pwrite64, OP_WRITE, .fd = 0, .source = FROM_BUFFER, .length = 2, .offset = 3),
    ON_FD(writev, OP_WRITE, .fd = 0, .source = FROM_VECTOR, .length = 2),
    ON_FD(pwritev, OP_WRITE, .fd = 0, .source = FROM_VECTOR, .length = 2, .offset = 3),
    ON_FD(pwritev2, OP_WRITE, .fd = 0, .source = FROM_VECTOR, .length = 2, .offset = 3),
    ON_FD(sendfile, OP_WRITE, .fd = 0, .source = FROM_FILE, .length = 3),
    ON_FD(copy_file_range, OP_WRITE, .fd = 2, .source = FROM_FILE, .length = 4, .value = 3),
    ON_FD(splice, OP_WRITE, .fd = 2, .source = FROM_FILE, .length = 4, .value = 3),

    ON_FD(ftruncate, OP_TRUNCATE, .fd = 0, .value = 1),
    ON_PATH(truncate, OP_TRUNCATE, .path = 0, .value = 1, .follow = true),
    ON_FD(fallocate, OP_ALLOCATE, .fd = 0, .flags = 1, .offset = 2, .length = 3),
    ON_FD(fsync, OP_SYNC, .fd = 0),
    ON_FD(fdatasync, OP_DATASYNC, .fd = 0),
    ON_FD(syncfs, OP_SYNCFS, .fd = 0),
    ON_FD(sync_file_range, OP_RANGESYNC, .fd = 0),
    ON_FD(sync, OP_SYNCALL, .fd = NONE),

#ifdef __NR_rename
    ON_PATH(rename, OP_RENAME, .path = 0, .dir2 = CWD, .path2 = 1),
#endif
#ifdef __NR_renameat
    ON_PATH(renameat, OP_RENAME, .dir = 0, .path = 1, .dir2 = 2, .path2 = 3),
#endif
    ON_PATH(renameat2, OP_RENAME, .dir = 0, .path = 1, .dir2 = 2, .path2 = 3, .flags = 4),
#ifdef __NR_link
    ON_PATH(link, OP_LINK, .path = 0, .dir2 = CWD, .path2 = 1),
    ON_PATH(symlink, OP_SYMLINK, .value = 0, .path = 1),
    ON_PATH(unlink, OP_UNLINK, .path = 0),
    ON_PATH(rmdir, OP_RMDIR, .path = 0),
    ON_PATH(mkdir, OP_MKDIR, .path = 0),
    ON_PATH(mknod, OP_MKNOD, .path = 0),
#endif
    ON_PATH(linkat, OP_LINK, .dir = 0, .path = 1, .dir2 = 2, .path2 = 3, .flags = 4),
    ON_PATH(symlinkat, OP_SYMLINK, .value = 0, .dir = 1, .path = 2),
    ON_PATH(unlinkat, OP_UNLINK, .dir = 0, .path = 1, .flags = 2),
    ON_PATH(mkdirat, OP_MKDIR, .dir = 0, .path = 1),
    ON_PATH(mknodat, OP_MKNOD, .dir = 0, .path = 1),

#ifdef __NR_chmod
    ON_PATH(chmod, OP_CHMOD, .path = 0, .value = 1, .follow = true),
    ON_PATH(chown, OP_CHOWN, .path = 0, .value = 1, .follow = true),
    ON_PATH(lchown, OP_CHOWN, .path = 0, .value = 1),
    ON_PATH(utime, OP_UTIMES, .path = 0, .follow = true),
    ON_PATH(utimes, OP_UTIMES, .path = 0, .follow = true),
    ON_PATH(futimesat, OP_UTIMES, .dir = 0, .path = 1, .follow = true),
#endif
    ON_FD(fchmod, OP_CHMOD, .fd = 0, .value = 1),
    ON_PATH(fchmodat, OP_CHMOD, .dir = 0, .path = 1, .value = 2, .follow = true),
#ifdef __NR_fchmodat2
    ON_PATH(fchmodat2, OP_CHMOD, .dir = 0, .path = 1, .value = 2, .flags = 3, .follow = true),
#endif
    ON_FD(fchown, OP_CHOWN, .fd = 0, .value = 1),
    ON_PATH(fchownat, OP_CHOWN, .dir = 0, .path = 1, .value = 2, .flags = 4, .follow = true),
    ON_PATH(utimensat, OP_UTIMES, .dir = 0, .path = 1, .flags = 3, .follow = true),
    ON_PATH(setxattr, OP_SETXATTR, .path = 0, .value = 1, .follow = true),
    ON_PATH(lsetxattr, OP_SETXATTR, .path = 0, .value = 1),
    ON_FD(fsetxattr, OP_SETXATTR, .fd = 0, .value = 1),
    ON_PATH(removexattr, OP_REMOVEXATTR, .path = 0, .value = 1, .follow = true),
    ON_PATH(lremovexattr, OP_REMOVEXATTR, .path = 0, .value = 1),
    ON_FD(fremovexattr, OP_REMOVEXATTR, .fd = 0, .value = 1),
    ON_FD(ioctl, OP_IOCTL, .fd = 0, .value = 1),
    ON_FD(mmap, OP_MMAP, .fd = 4),
#ifdef __NR_io_uring_setup
    ON_FD(io_uring_setup, OP_URING, .fd = NONE),
#endif
};

const struct call *call_find(long number) {
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
    if (calls[i].number == number) return &calls[i];
  return NULL;
}
