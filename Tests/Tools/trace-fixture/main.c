// A program with known system calls, for the tests of syscall-trace. It works in its working
// folder; its argument chooses what it does.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void mark(const char *text) {
  if (write(-1, text, strlen(text)) >= 0) _exit(2);
}

static void put(int fd, const char *text) {
  if (write(fd, text, strlen(text)) < 0) _exit(2);
}

static int new_file(const char *name) { return open(name, O_CREAT | O_RDWR, 0640); }

// Every mutating call in its own fail point, two in one of SQLite's.
static void marked(void) {
  mark("fp:a.create:before");
  int fd = new_file("x");
  mark("fp:a.create:after");
  mark("fp:a.write:before");
  put(fd, "hello");
  mark("fp:a.write:after");
  mark("fp:sqlite.sync:before");
  fsync(fd);
  fdatasync(fd);
  mark("fp:sqlite.sync:after");
}

static void crowded(void) {
  mark("fp:a.create:before");
  put(new_file("x"), "hello");
  mark("fp:a.create:after");
}

static void unfinished(void) {
  mark("fp:a.create:before");
  new_file("x");
}

static void unbegun(void) { mark("fp:a.create:after"); }

static void *other_thread(void *unused) {
  new_file("y");
  return unused;
}

// The mark of one thread does not cover another one.
static void elsewhere(void) {
  pthread_t thread;
  mark("fp:a.create:before");
  pthread_create(&thread, NULL, other_thread, NULL);
  pthread_join(thread, NULL);
  mark("fp:a.create:after");
}

static void *writes_a_lot(void *digit) {
  char name[16];
  for (int i = 0; i < 40; i++) {
    snprintf(name, sizeof name, "%s-%d", (char *)digit, i);
    int fd = new_file(name);
    put(fd, digit);
    fsync(fd);
    close(fd);
    if (i % 3 == 0) unlink(name);
    if (i % 3 == 1) rename(name, "common");
  }
  return NULL;
}

static void threads(void) {
  pthread_t some[3];
  static const char *const digits[] = {"1", "22", "333"};
  for (int i = 0; i < 3; i++) pthread_create(&some[i], NULL, writes_a_lot, (void *)digits[i]);
  for (int i = 0; i < 3; i++) pthread_join(some[i], NULL);
}

// The less usual ways to change a file.
static void calls(void) {
  int here = open(".", O_DIRECTORY), x = new_file("x"), nameless = open(".", O_TMPFILE | O_RDWR, 0600);
  struct iovec two[2] = {{"12", 2}, {"345", 3}};
  put(x, "abcdefgh");
  if (pwritev(x, two, 2, 20) != 5 || writev(x, two, 2) != 5) _exit(2);
  put(nameless, "nameless");
  char link_name[64];
  snprintf(link_name, sizeof link_name, "/proc/self/fd/%d", nameless);
  linkat(AT_FDCWD, link_name, here, "linked", AT_SYMLINK_FOLLOW);
  struct open_how how = {.flags = O_CREAT | O_RDWR, .mode = 0600, .resolve = RESOLVE_IN_ROOT};
  int y = (int)syscall(SYS_openat2, here, "/../y", &how, sizeof how);
  off_t start = 0;
  if (sendfile(y, x, &start, 10) != 10) _exit(2);
  start = 2;
  if (copy_file_range(x, &start, y, &(off_t){4}, 12, 0) != 12) _exit(2);
  fallocate(y, 0, 0, 100);
  if (ftruncate(y, 50) != 0) _exit(2);
  fallocate(y, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 5);
  put(open("x", O_WRONLY | O_APPEND), "appended");
  syscall(SYS_renameat2, here, "x", here, "linked", 2 /* RENAME_EXCHANGE */);
  symlink("x", "s");
  chmod("s", 0600);
  mkdir("folder", 0750);
  rename("x", "folder/x");
  unlink("linked");
  put(x, "to a file without a name");
  close(open("y", O_WRONLY | O_TRUNC));
  pwrite(y, "sparse", 6, 9000);
}

static void maps(void) {
  int fd = new_file("x");
  if (ftruncate(fd, 4096) != 0) _exit(2);
  mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    void (*run)(void);
  } all[] = {{"marked", marked},       {"crowded", crowded},     {"unfinished", unfinished},
             {"unbegun", unbegun},     {"elsewhere", elsewhere}, {"threads", threads},
             {"calls", calls},         {"maps", maps}};
  for (size_t i = 0; argc == 2 && i < sizeof all / sizeof all[0]; i++)
    if (strcmp(all[i].name, argv[1]) == 0) {
      all[i].run();
      return 0;
    }
  return 64;
}
