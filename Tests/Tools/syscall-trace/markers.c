// Fail points of the traced program announce themselves by write(-1, "fp:<name>:before|after"):
// a call that fails and changes nothing. Every mutating call has to happen between the two marks
// of its own thread.
#include "trace.h"

#include <stdlib.h>
#include <string.h>

enum { MARK_LIMIT = 256 };
unsigned long violations;

static const char *shown(const char *path) {
  size_t n = strlen(options.root);
  if (!path) return "?";
  return path_is_inside(path) && path[n] ? path + n + 1 : path;
}

// Reports something that the check found, with what helps to find the place in the source.
void violation(const struct tracee *t, const char *what) {
  violations++;
  const char *open = t->bracket ? t->bracket->name : NULL;
  fprintf(stderr, "violation: #%lu %s %s%s%s: %s (thread %d; %s %s)\n", t->call ? t->ordinal : 0,
          t->call ? t->call->name : "-", t->a.path ? shown(t->a.path) : "-",
          t->b.path ? " -> " : "", t->b.path ? shown(t->b.path) : "", what, t->tid,
          open ? "inside fail point" : "last fail point",
          open ? open : t->last_marker ? t->last_marker : "none yet");
}

static void bracket_close(struct tracee *t) {
  struct bracket *inner = t->bracket;
  t->bracket = inner->outer;
  free(inner->name);
  free(inner);
}

static void mark(struct tracee *t, const char *name, const char *phase) {
  if (strcmp(phase, "before") == 0) {
    struct bracket *inner = checked(calloc(1, sizeof *inner));
    inner->name = checked(strdup(name));
    inner->outer = t->bracket;
    t->bracket = inner;
  } else if (strcmp(phase, "after") == 0) {
    if (t->bracket && strcmp(t->bracket->name, name) == 0)
      bracket_close(t);
    else if (options.check_markers)
      violation(t, "a fail point ends that did not begin");
  }
  free(t->last_marker);
  t->last_marker = checked(strdup(name));
}

// Takes in the call at whose entry `t` stands when it is a mark.
bool marker_consume(struct tracee *t) {
  char text[MARK_LIMIT];
  if (t->call->op != OP_WRITE || t->call->source != FROM_BUFFER || (int)t->args[0] != -1)
    return false;
  size_t count = t->args[2];
  if (count >= sizeof text || !memory_read(t->tid, t->args[1], text, count)) return false;
  text[count] = 0;
  char *colon = strrchr(text, ':');
  if (strncmp(text, "fp:", 3) != 0 || colon < text + 3) return false;
  unsigned long ordinal = t->ordinal;
  t->ordinal = 0;
  output_begin(t, "-", 0, "marker");
  output_text("name", text + 3, (size_t)(colon - text - 3));
  output_text("phase", colon + 1, strlen(colon + 1));
  output_end();
  t->ordinal = ordinal;
  *colon = 0;
  mark(t, text + 3, colon + 1);
  return true;
}

// Judges a mutating call that is about to run.
void marker_check_call(struct tracee *t) {
  if (!options.check_markers) return;
  if (!t->bracket)
    violation(t, "outside of any fail point");
  else if (++t->bracket->calls == 2 && strncmp(t->bracket->name, "sqlite.", 7) != 0)
    violation(t, "a second mutating call in one fail point");
}

void marker_thread_ended(struct tracee *t, bool by_signal) {
  if (t->bracket && options.check_markers && !by_signal)
    violation(t, "the thread ended inside a fail point");
  while (t->bracket) bracket_close(t);
  free(t->last_marker);
  t->last_marker = NULL;
}
