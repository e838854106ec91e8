// syscall-trace --root DIR [OPTION...] [--] COMMAND [ARGUMENT...]
//
// Runs the command under ptrace(2), with all its threads and children, and watches the system
// calls that change files below DIR. They are numbered from 1 in the order in which they run;
// calls of different threads are serialised, so that the order is the truth.
//
// Exit status: the command's, 128 + signal when it was killed (137 also by --kill-at), 1 when
// --check-markers found something, 125 when tracing itself failed.
#include "trace.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/ptrace.h>
#include <linux/audit.h>

static struct tracee *tracees;
static struct tracee *busy;      // is inside a mutating call
static unsigned long ordinal;
static pid_t main_pid;
static int main_status = -1;
static bool started;             // the command's image runs
static bool killing;

static struct tracee *tracee_of(pid_t tid) {
  for (struct tracee *t = tracees; t; t = t->next)
    if (t->tid == tid) return t;
  struct tracee *t = checked(calloc(1, sizeof *t));
  t->tid = t->pid = tid;
  t->next = tracees;
  tracees = t;
  char name[64], line[128];
  snprintf(name, sizeof name, "/proc/%d/status", tid);
  FILE *file = fopen(name, "re");
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "Tgid: %d", &t->pid) == 1) break;
  if (file) fclose(file);
  return t;
}

static void resume(struct tracee *t, int signal) {
  if (ptrace(PTRACE_SYSCALL, t->tid, 0, signal) != 0 && errno != ESRCH)
    die("PTRACE_SYSCALL: %s", strerror(errno));
}

static void kill_everything(void) {
  killing = true;
  for (struct tracee *t = tracees; t; t = t->next) kill(t->pid, SIGKILL);
}

// Runs the mutating call at whose entry `t` stands, unless it is the one to be tampered with.
static void begin_call(struct tracee *t) {
  busy = t;
  t->ordinal = ++ordinal;
  marker_check_call(t);
  if (t->ordinal == options.kill_at) {
    if (options.kill_mode == KILL_BEFORE) {
      registers_skip_call(t->tid);
      kill_everything();
      return;
    }
    if (options.kill_mode == KILL_TORN) call_shorten(t);
    t->kill_at_exit = true;
  }
  if (t->ordinal == options.short_at) call_shorten(t);
  if (t->ordinal == options.fail_at) {
    registers_skip_call(t->tid);
    t->injected = true;
    t->inject_errno = options.fail_errno;
  }
  resume(t, 0);
}

// Lets the next thread in that waits at the entry of a mutating call.
static void release_busy(void) {
  busy = NULL;
  for (struct tracee *t = tracees; t && !busy; t = t->next) {
    if (!t->held) continue;
    t->held = false;
    if (call_enter(t)) // again: the world may have changed while it waited
      begin_call(t);
    else {
      call_forget(t);
      resume(t, 0);
    }
  }
}

static void on_entry(struct tracee *t, const struct ptrace_syscall_info *info) {
  t->call = started ? call_find((long)info->entry.nr) : NULL;
  for (int i = 0; i < 6; i++) t->args[i] = info->entry.args[i];
  t->in_call = true;
  bool ours = t->call && !marker_consume(t) && call_enter(t);
  if (!ours) {
    call_forget(t);
    t->in_call = true;
    resume(t, 0);
  } else if (busy) {
    t->held = true;
  } else {
    begin_call(t);
  }
}

static void on_exit_of_call(struct tracee *t, const struct ptrace_syscall_info *info) {
  if (!t->call) {
    t->in_call = false;
    resume(t, 0);
    return;
  }
  long result = (long)info->exit.rval;
  if (t->injected) {
    result = -t->inject_errno;
    registers_set_result(t->tid, result);
  }
  call_leave(t, result);
  bool kill_now = t->kill_at_exit;
  call_forget(t);
  if (kill_now) {
    kill_everything();
    return;
  }
  resume(t, 0);
  release_busy();
}

static void on_syscall(struct tracee *t) {
  struct ptrace_syscall_info info;
  if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof info, &info) <= 0) {
    if (errno == ESRCH) return;
    die("PTRACE_GET_SYSCALL_INFO: %s (Linux 5.3 or newer is needed)", strerror(errno));
  }
#if defined(__x86_64__)
  if (info.arch != AUDIT_ARCH_X86_64) die("a 32-bit program cannot be traced");
#endif
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
    on_entry(t, &info);
  else
    on_exit_of_call(t, &info);
}

static void forget(pid_t tid, int status) {
  for (struct tracee **link = &tracees; *link; link = &(*link)->next) {
    struct tracee *t = *link;
    if (t->tid != tid) continue;
    *link = t->next;
    bool was_busy = busy == t;
    marker_thread_ended(t, WIFSIGNALED(status));
    call_forget(t);
    if (t->tid == t->pid) {
      t->ordinal = 0;
      output_begin(t, "-", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                   t->pid == main_pid ? "end" : "exit");
      output_end();
    }
    free(t);
    if (was_busy) release_busy();
    return;
  }
}

// After execve the calling thread takes over the leader's id and the other threads are gone.
static void on_exec(struct tracee *t) {
  unsigned long former = 0;
  ptrace(PTRACE_GETEVENTMSG, t->tid, 0, &former);
  if ((pid_t)former != t->tid) forget((pid_t)former, 0);
  if (busy == t) busy = NULL;
  t->held = false;
  call_forget(t);
  t->in_call = true; // the exit of execve comes next
  started = true;
  resume(t, 0);
  if (!busy) release_busy();
}

static void on_stop(struct tracee *t, int status) {
  int signal = WSTOPSIG(status), event = status >> 16;
  if (signal == (SIGTRAP | 0x80)) {
    on_syscall(t);
  } else if (event == PTRACE_EVENT_EXEC) {
    on_exec(t);
  } else if (event == PTRACE_EVENT_STOP) {
    bool group = signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
    if (group)
      ptrace(PTRACE_LISTEN, t->tid, 0, 0);
    else
      resume(t, 0);
  } else {
    resume(t, event ? 0 : signal);
  }
}

static void loop(void) {
  for (;;) {
    int status;
    pid_t tid = waitpid(-1, &status, __WALL);
    if (tid < 0) {
      if (errno == EINTR) continue;
      if (errno == ECHILD) return;
      die("waitpid: %s", strerror(errno));
    }
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (tid == main_pid) main_status = status;
      forget(tid, status);
    } else if (WIFSTOPPED(status)) {
      struct tracee *t = tracee_of(tid);
      if (killing)
        kill(t->pid, SIGKILL);
      else
        on_stop(t, status);
    }
  }
}

static void start(char **argv) {
  int gate[2];
  if (pipe(gate) != 0) die("pipe: %s", strerror(errno));
  main_pid = fork();
  if (main_pid < 0) die("fork: %s", strerror(errno));
  if (main_pid == 0) {
    char byte;
    close(gate[1]);
    while (read(gate[0], &byte, 1) < 0 && errno == EINTR) {}
    close(gate[0]);
    execvp(argv[0], argv);
    fprintf(stderr, "syscall-trace: %s: %s\n", argv[0], strerror(errno));
    _exit(127);
  }
  close(gate[0]);
  long seize = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
               PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SEIZE, main_pid, 0, seize) != 0) die("PTRACE_SEIZE: %s", strerror(errno));
  if (ptrace(PTRACE_INTERRUPT, main_pid, 0, 0) != 0)
    die("PTRACE_INTERRUPT: %s", strerror(errno));
  close(gate[1]); // lets the child go on to its exec
}

int main(int argc, char **argv) {
  char **command = options_parse(argc, argv);
  output_open();
  start(command);
  loop();
  output_close();
  if (violations && options.check_markers) return 1;
  if (killing) return 128 + SIGKILL;
  return WIFEXITED(main_status) ? WEXITSTATUS(main_status) : 128 + WTERMSIG(main_status);
}
