// The trace file: lines of tab-separated fields, and a side file with the bytes that were written.
//
//   umoci-tx-trace <TAB> 1 <TAB> root=<absolute path>
//   <ordinal> <TAB> <pid> <TAB> <tid> <TAB> <system call> <TAB> <result> <TAB> <operation> <TAB> key=value...
//
// The ordinal counts mutating calls from 1; it is 0 on lines that are no such call (`marker`,
// `exit`, `end`). The result is the call's, negative errno on failure. Values: numbers are
// decimal, modes octal, texts have every byte outside 0x21...0x7e and `%` written as %XX. Paths
// are relative to the root (the root itself is `.`), absolute when outside of it. `data=O:N` means
// N bytes at offset O of the side file, which has the trace's name and `.data`.
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static FILE *trace, *data, *list;
static unsigned long long data_offset;

void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("syscall-trace: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(125); // PTRACE_O_EXITKILL takes the tracees along
}

void *checked(void *pointer) {
  if (!pointer) die("out of memory");
  return pointer;
}

// A formatted string of its own.
char *text(const char *format, ...) {
  char *result = NULL;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&result, format, arguments) < 0) die("out of memory");
  va_end(arguments);
  return result;
}

static FILE *open_or_die(const char *path) {
  FILE *file = fopen(path, "we");
  if (!file) die("%s: %s", path, strerror(errno));
  return file;
}

static void put_escaped(const char *text, size_t count) {
  for (size_t i = 0; i < count; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c <= 0x20 || c >= 0x7f || c == '%')
      fprintf(trace, "%%%02X", c);
    else
      fputc(c, trace);
  }
}

bool output_open(void) {
  if (options.list)
    list = strcmp(options.list, "-") == 0 ? stdout : open_or_die(options.list);
  if (!options.output) return true;
  trace = open_or_die(options.output);
  char *name = text("%s.data", options.output);
  data = open_or_die(name);
  free(name);
  fputs("umoci-tx-trace\t1\troot=", trace);
  put_escaped(options.root, strlen(options.root));
  fputc('\n', trace);
  return true;
}

static void close_or_die(FILE *file) {
  if (file && (ferror(file) || fclose(file) != 0)) die("writing the trace failed");
}

void output_close(void) {
  close_or_die(trace);
  close_or_die(data);
  close_or_die(list);
}

void output_begin(const struct tracee *t, const char *kind, long result, const char *op) {
  if (trace)
    fprintf(trace, "%lu\t%d\t%d\t%s\t%ld\t%s", t->ordinal, t->pid, t->tid, kind, result, op);
}

static const char *shown(const char *path) {
  if (!path) return "?";
  if (!path_is_inside(path)) return path;
  path += strlen(options.root);
  return *path ? path + 1 : ".";
}

void output_path(const char *key, const char *path) {
  const char *text = shown(path);
  output_text(key, text, strlen(text));
}

void output_text(const char *key, const char *text, size_t count) {
  if (!trace) return;
  fprintf(trace, "\t%s=", key);
  put_escaped(text, count);
}

void output_number(const char *key, long long value) {
  if (trace) fprintf(trace, "\t%s=%lld", key, value);
}

void output_octal(const char *key, unsigned value) {
  if (trace) fprintf(trace, "\t%s=%o", key, value);
}

void output_stat(const struct stat *st) {
  if (!trace) return;
  fprintf(trace, "\tinode=%llu\ttype=%c\tmode=%o\tlinks=%lu\tsize=%lld",
          (unsigned long long)st->st_ino,
          S_ISREG(st->st_mode)   ? 'f'
          : S_ISDIR(st->st_mode) ? 'd'
          : S_ISLNK(st->st_mode) ? 'l'
                                 : 'o',
          st->st_mode & 07777, (unsigned long)st->st_nlink, (long long)st->st_size);
}

static void data_begin(size_t count) { fprintf(trace, "\tdata=%llu:%zu", data_offset, count); }

static void data_append(const void *bytes, size_t count) {
  if (fwrite(bytes, 1, count, data) != count) die("writing the data of the trace failed");
  data_offset += count;
}

static void data_from_memory(pid_t tid, uint64_t address, size_t count) {
  char block[65536];
  while (count > 0) {
    size_t n = count < sizeof block ? count : sizeof block;
    if (!memory_read(tid, address, block, n)) die("cannot read the memory of %d", tid);
    data_append(block, n);
    address += n;
    count -= n;
  }
}

void output_data(const struct tracee *t, uint64_t address, size_t count) {
  if (!trace) return;
  data_begin(count);
  data_from_memory(t->tid, address, count);
}

void output_vector(const struct tracee *t, uint64_t vector, size_t entries, size_t count) {
  if (!trace) return;
  data_begin(count);
  for (size_t i = 0; i < entries && count > 0; i++) {
    struct iovec one;
    if (!memory_read(t->tid, vector + i * sizeof one, &one, sizeof one))
      die("cannot read the memory of %d", t->tid);
    size_t n = one.iov_len < count ? one.iov_len : count;
    data_from_memory(t->tid, (uint64_t)(uintptr_t)one.iov_base, n);
    count -= n;
  }
}

// What `count` bytes at `offset` of the file behind a descriptor are by now.
void output_data_of_file(const struct tracee *t, int fd, long long offset, long long count) {
  if (!trace) return;
  char name[64], block[65536];
  snprintf(name, sizeof name, "/proc/%d/fd/%d", t->tid, fd);
  int file = open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) die("%s: %s", name, strerror(errno));
  data_begin((size_t)count);
  while (count > 0) {
    size_t want = count < (long long)sizeof block ? (size_t)count : sizeof block;
    ssize_t n = pread(file, block, want, offset);
    if (n <= 0) die("%s: cannot read back what was copied", name);
    data_append(block, (size_t)n);
    offset += n;
    count -= n;
  }
  close(file);
}

void output_end(void) {
  if (trace) fputc('\n', trace);
}

// One line for people: ordinal, call, operation, paths, bytes, result.
void output_list(const struct tracee *t, const char *op, long result, long long count) {
  if (!list) return;
  fprintf(list, "%4lu %-12s %-9s %s", t->ordinal, t->call->name, op, shown(t->a.path));
  if (t->b.path) fprintf(list, " -> %s", shown(t->b.path));
  if (count >= 0) fprintf(list, " [%lld bytes]", count);
  if (result < 0) fprintf(list, " = %s", strerrorname_np((int)-result) ?: "?");
  fputc('\n', list);
}
