// The command line.
#include "trace.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct options options;

static int error_number(const char *name) {
  char *end;
  long number = strtol(name, &end, 10);
  if (*name && !*end) return (int)number;
  for (int e = 1; e < 134; e++) {
    const char *known = strerrorname_np(e);
    if (known && strcmp(known, name) == 0) return e;
  }
  die("unknown error name: %s", name);
}

static unsigned long point(const char *text, const char **suffix) {
  char *end;
  unsigned long n = strtoul(text, &end, 10);
  if (end == text || n == 0 || (*end && *end != ':')) die("not the number of a call: %s", text);
  *suffix = *end ? end + 1 : "";
  return n;
}

static void parse_kill(const char *text) {
  const char *mode;
  options.kill_at = point(text, &mode);
  if (!*mode || strcmp(mode, "before") == 0)
    options.kill_mode = KILL_BEFORE;
  else if (strcmp(mode, "after") == 0)
    options.kill_mode = KILL_AFTER;
  else if (strcmp(mode, "torn") == 0)
    options.kill_mode = KILL_TORN;
  else
    die("--kill-at N[:before|after|torn]");
}

static const char usage[] =
    "usage: syscall-trace --root DIR [OPTION...] [--] COMMAND [ARGUMENT...]\n"
    "  --root DIR           watch the calls that change files at or below DIR\n"
    "  --output FILE        write the trace to FILE and the written bytes to FILE.data\n"
    "  --list[=FILE]        print one readable line per call (standard output)\n"
    "  --check-markers      report calls outside of fail points, exit 1 if there are any\n"
    "  --kill-at N[:MODE]   SIGKILL everything before (default), after or torn at call N\n"
    "  --fail-at N:ERRNO    let call N fail with ERRNO (a name or a number)\n"
    "  --short-at N         let call N write only half of its bytes\n";

// Fills `options` and gives back the command and its arguments; ends the program on a mistake.
char **options_parse(int argc, char **argv) {
  static const struct option known[] = {
      {"root", required_argument, 0, 'r'},       {"output", required_argument, 0, 'o'},
      {"list", optional_argument, 0, 'l'},       {"check-markers", no_argument, 0, 'c'},
      {"kill-at", required_argument, 0, 'k'},    {"fail-at", required_argument, 0, 'f'},
      {"short-at", required_argument, 0, 's'},   {"help", no_argument, 0, 'h'},
      {0}};
  const char *rest;
  for (int c; (c = getopt_long(argc, argv, "+o:h", known, NULL)) != -1;) {
    switch (c) {
    case 'r': options.root = realpath(optarg, NULL);
      if (!options.root) die("%s: %s", optarg, strerror(errno));
      break;
    case 'o': options.output = optarg; break;
    case 'l': options.list = optarg ? optarg : "-"; break;
    case 'c': options.check_markers = true; break;
    case 'k': parse_kill(optarg); break;
    case 's': options.short_at = point(optarg, &rest); break;
    case 'f':
      options.fail_at = point(optarg, &rest);
      options.fail_errno = error_number(rest);
      break;
    case 'h': fputs(usage, stdout); exit(0);
    default: fputs(usage, stderr); exit(125);
    }
  }
  if (!options.root || optind >= argc) {
    fputs(usage, stderr);
    exit(125);
  }
  return argv + optind;
}
