#include <stddef.h>

// The Swift runtime of a static program looks, before anything of the program runs, for the tool that prints
// backtraces, beside the program itself; and gives up where /proc does not tell where that is. There is
// no such tool beside ours: this says so at once. Not seen by a dynamic program, whose runtime has its own.
// docs/decisions/0038.
__attribute__((visibility("hidden"))) const char *swift_copyAuxiliaryExecutablePath(const char *name) {
  (void)name;
  return NULL;
}
