// From what a tracee passed to a call to the absolute name of a file. Everything goes through the
// tracee's own links in /proc, so that its working folder, descriptors and chroot are honoured.
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

bool path_is_inside(const char *path) {
  size_t n = strlen(options.root);
  return strncmp(path, options.root, n) == 0 && (path[n] == '/' || path[n] == 0);
}

void place_free(struct place *place) {
  free(place->path);
  *place = (struct place){0};
}

static char *read_link(const char *link) {
  char *text = checked(malloc(PATH_MAX + 1));
  ssize_t n = readlink(link, text, PATH_MAX);
  if (n < 0) {
    free(text);
    return NULL;
  }
  text[n] = 0;
  return text;
}

static void strip_deleted(char *path) {
  static const char suffix[] = " (deleted)";
  size_t n = strlen(path), m = sizeof suffix - 1;
  if (n > m && strcmp(path + n - m, suffix) == 0) path[n - m] = 0;
}

// The file offset and open flags of a descriptor, from fdinfo; -1 when unknown.
long long fd_position(pid_t tid, int fd, unsigned long *flags) {
  char name[64];
  snprintf(name, sizeof name, "/proc/%d/fdinfo/%d", tid, fd);
  FILE *file = fopen(name, "re");
  if (!file) return -1;
  long long position = -1;
  if (fscanf(file, "pos: %lld flags: %lo", &position, flags) != 2) position = -1;
  fclose(file);
  return position;
}

static struct place place_of_link(const char *link) {
  struct place place = {.path = read_link(link)};
  if (!place.path) return place;
  strip_deleted(place.path);
  place.inside = path_is_inside(place.path);
  place.exists = stat(link, &place.st) == 0;
  return place;
}

struct place place_of_fd(pid_t tid, int fd) {
  char link[64];
  snprintf(link, sizeof link, "/proc/%d/fd/%d", tid, fd);
  return place_of_link(link);
}

static struct place place_of_own_fd(int fd) { return place_of_fd(getpid(), fd); }

// The path by which this process reaches what the tracee calls `raw`.
static char *access_path(const struct tracee *t, int dir, const char *raw) {
  char *path;
  if (raw[0] != '/')
    path = dir == AT_FDCWD ? text("/proc/%d/cwd/%s", t->tid, raw)
                           : text("/proc/%d/fd/%d/%s", t->tid, dir, raw);
  else if (strncmp(raw, "/proc/self/", 11) == 0)
    path = text("/proc/%d/%s", t->pid, raw + 11);
  else if (strncmp(raw, "/proc/thread-self/", 18) == 0)
    path = text("/proc/%d/%s", t->tid, raw + 18);
  else
    path = text("/proc/%d/root%s", t->tid, raw);
  for (size_t end = strlen(path); end > 1 && path[end - 1] == '/'; end--) path[end - 1] = 0;
  return path;
}

// Opens the folder `raw` inside descriptor `dir` of the tracee, which no part of it leaves.
static int open_in_root(const struct tracee *t, int dir, const char *raw) {
  char *base = dir == AT_FDCWD ? text("/proc/%d/cwd", t->tid) : text("/proc/%d/fd/%d", t->tid, dir);
  int root = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
  int fd = root < 0 ? -1 : (int)syscall(SYS_openat2, root, *raw ? raw : ".", &how, sizeof how);
  if (root >= 0) close(root);
  free(base);
  return fd;
}

static struct place place_of_missing_folder(const char *raw) {
  struct place place = {.path = checked(strdup(raw))};
  place.inside = path_is_inside(raw);
  return place;
}

static struct place place_in_folder(int parent, const char *name, bool follow) {
  struct place folder = place_of_own_fd(parent), place = {0};
  bool at_top = folder.path && strcmp(folder.path, "/") == 0;
  place.path = text("%s/%s", folder.path && !at_top ? folder.path : "", name);
  place_free(&folder);
  place.exists = fstatat(parent, name, &place.st, AT_SYMLINK_NOFOLLOW) == 0;
  if (place.exists && S_ISLNK(place.st.st_mode) && follow) {
    int fd = openat(parent, name, O_PATH | O_CLOEXEC);
    if (fd >= 0) {
      place_free(&place);
      place = place_of_own_fd(fd);
      close(fd);
    }
  }
  place.inside = path_is_inside(place.path);
  return place;
}

static struct place place_in_root(const struct tracee *t, int dir, const char *raw, bool follow) {
  char *folder = text("%s", raw);
  char *slash = strrchr(folder, '/');
  const char *name = slash ? raw + (slash - folder) + 1 : raw;
  if (slash) slash[slash == folder] = 0;
  int parent = open_in_root(t, dir, slash ? folder : ".");
  free(folder);
  if (parent < 0) return place_of_missing_folder(raw);
  struct place place = place_in_folder(parent, name, follow);
  close(parent);
  return place;
}

// What `raw` (relative to descriptor `dir`) names. `in_root`: RESOLVE_IN_ROOT of openat2(2).
struct place place_of_path(const struct tracee *t, int dir, const char *raw, bool follow,
                           bool in_root) {
  if (raw[0] == 0) return place_of_fd(t->tid, dir);
  if (in_root) return place_in_root(t, dir, raw, follow);
  char *path = access_path(t, dir, raw);
  char *slash = strrchr(path, '/');
  const char *name = slash + 1;
  bool whole = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || raw[strspn(raw, "/")] == 0;
  struct place place;
  if (whole) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    place = fd >= 0 ? place_of_own_fd(fd) : place_of_missing_folder(raw);
    if (fd >= 0) close(fd);
  } else {
    *slash = 0;
    int parent = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    place = parent >= 0 ? place_in_folder(parent, name, follow) : place_of_missing_folder(raw);
    if (parent >= 0) close(parent);
  }
  free(path);
  return place;
}
