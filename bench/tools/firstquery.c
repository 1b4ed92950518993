// firstquery: starts a pooler and times what its first client sees; one connection, one query at a time (protocol 3.0, trust).
//   gcc -O2 -o firstquery firstquery.c
//   firstquery -p PORT [-m simple|extended|prepared] [-n 1000] [-l SECONDS] [-o FILE] [-u USER] [-d DATABASE] [-- COMMAND...]
// Prints "key value" lines. Milliseconds since COMMAND was executed: exec_ms (it has become another program, as a shell's
// exec does), accept_ms (a connection is accepted), login_ms (ReadyForQuery), answer_ms (the first query is answered).
// Microseconds of a query: first_* of the first n, later_* the medians over ten times n after l seconds of the same load.
// With -o the first n are written to a file, in order. rss_kb and cpu_ms of the process at the first answer, rss_later_kb after the load. The command is ended with SIGTERM.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;
static char first_program[64], program[64];

static void fail(const char *what) {
  fprintf(stderr, "firstquery: %s: %s\n", what, errno ? strerror(errno) : "the pooler has closed the connection");
  if (child > 0) kill(child, SIGTERM);
  exit(1);
}

static double now(void) {  // ms
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void read_line(const char *name, char *into, int size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", child, name);
  FILE *f = fopen(path, "r");
  into[0] = 0;
  if (f) {
    if (!fgets(into, size, f)) into[0] = 0;
    fclose(f);
  }
}

static long rss_kb(void) {
  char line[256];
  long size = 0, resident = 0;
  read_line("statm", line, sizeof line);
  sscanf(line, "%ld %ld", &size, &resident);
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static long cpu_ms(void) {
  char line[1024];
  unsigned long user = 0, system = 0;
  read_line("stat", line, sizeof line);
  char *fields = strrchr(line, ')');
  if (fields) sscanf(fields + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
  return (user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

static int fd;
static uint8_t out[1024], in[65536];
static int out_length;

static void begin(char tag) {
  out[out_length++] = tag;
  memset(out + out_length, 0, 4);
  out_length += 4;
}
static void bytes(const void *p, int n) { memcpy(out + out_length, p, n); out_length += n; }
static void text(const char *s) { bytes(s, strlen(s) + 1); }
static void end(int start) { uint32_t n = htonl(out_length - start - 1); memcpy(out + start + 1, &n, 4); }
static void message(char tag, const void *body, int n) { int s = out_length; begin(tag); bytes(body, n); end(s); }

static void request(const char *mode) {
  out_length = 0;
  if (!strcmp(mode, "simple")) { message('Q', "SELECT 1", 9); return; }
  int named = !strcmp(mode, "prepared");
  if (!named) message('P', "\0SELECT 1\0\0", 12);
  int s = out_length;
  begin('B'); text(""); text(named ? "s" : ""); bytes("\0\0\0\0\0", 6); end(s);
  if (!named) message('D', "P", 2);
  message('E', "\0\0\0\0", 5);
  message('S', "", 0);
}

static void send_all(const uint8_t *p, int n) {
  while (n > 0) {
    int sent = send(fd, p, n, MSG_NOSIGNAL);
    if (sent <= 0) fail("send");
    p += sent; n -= sent;
  }
}

// Reads up to a ReadyForQuery, which is the last message of an answer.
static void await_ready(void) {
  int have = 0, at = 0;
  for (;;) {
    while (have - at >= 5) {
      uint32_t n;
      memcpy(&n, in + at + 1, 4);
      n = ntohl(n) + 1;
      if ((uint32_t)(have - at) < n) break;
      if (in[at] == 'E') { errno = 0; fprintf(stderr, "firstquery: %.*s\n", (int)n - 5, in + at + 5); fail("error"); }
      if (in[at] == 'Z') return;
      at += n;
    }
    errno = 0;
    int got = recv(fd, in + have, sizeof in - have, 0);
    if (got <= 0) fail("receive");
    have += got;
  }
}

static void log_in(const char *user, const char *database) {
  uint32_t n, version = htonl(0x30000);
  out_length = 4;
  bytes(&version, 4);
  text("user"); text(user); text("database"); text(database); text("");
  n = htonl(out_length);
  memcpy(out, &n, 4);
  send_all(out, out_length);
  await_ready();
}

static int try_connect(int port) {
  struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
  int one = 1;
  fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (!connect(fd, (void *)&address, sizeof address)) return 1;
  close(fd);
  return 0;
}

static double ask(void) {  // µs
  double before = now();
  send_all(out, out_length);
  await_ready();
  return (now() - before) * 1e3;
}

static int by_value(const void *a, const void *b) { double d = *(double *)a - *(double *)b; return d < 0 ? -1 : d > 0; }
static double quantile(double *sorted, int n, double share) { int i = share * n; return sorted[i < n ? i : n - 1]; }

int main(int ac, char **av) {
  int port = 0, n = 1000, option;
  double load = 0;
  const char *order = 0, *mode = "simple", *user = "bench", *database = "bench";
  while ((option = getopt(ac, av, "+p:m:n:l:o:u:d:")) != -1) switch (option) {
    case 'p': port = atoi(optarg); break;
    case 'm': mode = optarg; break;
    case 'n': n = atoi(optarg); break;
    case 'l': load = atof(optarg); break;
    case 'o': order = optarg; break;
   
    case 'u': user = optarg; break;
    case 'd': database = optarg; break;
    default: return 64;
  }
  double *times = malloc(n * sizeof *times), p50[10], p99[10], exec_ms = 0;
  double start = now();
  if (optind < ac) {
    child = fork();
    if (!child) { execvp(av[optind], av + optind); perror(av[optind]); _exit(127); }
  }
  while (!try_connect(port)) {
    if (now() - start > 60000) fail("connect");
    if (child > 0) {
      int status;
      if (waitpid(child, &status, WNOHANG) == child) { child = 0; fail("the command has ended"); }
      if (!exec_ms) {
        read_line("comm", program, sizeof program);
        // Before it is the shell of a script it is still ourselves.
        if (strncmp(program, "firstquery", 10)) {
          if (!first_program[0]) strcpy(first_program, program);
          if (strcmp(program, first_program)) exec_ms = now() - start;
        }
      }
    }
    usleep(500);
  }
  double accept_ms = now() - start;
  log_in(user, database);
  double login_ms = now() - start;
  if (!strcmp(mode, "prepared")) {
    out_length = 0;
    message('P', "s\0SELECT 1\0\0", 13);
    message('S', "", 0);
    send_all(out, out_length);
    await_ready();
  }
  request(mode);
  times[0] = ask();
  double answer_ms = now() - start;
  if (child > 0) printf("exec_ms %.1f\naccept_ms %.1f\nlogin_ms %.1f\nanswer_ms %.1f\nrss_kb %ld\ncpu_ms %ld\n", exec_ms, accept_ms, login_ms, answer_ms, rss_kb(), cpu_ms());
  for (int i = 1; i < n; i++) times[i] = ask();
  if (order) {
    FILE *f = fopen(order, "w");
    if (!f) fail(order);
    for (int i = 0; i < n; i++) fprintf(f, "%.1f\n", times[i]);
    fclose(f);
  }
  printf("first_us %.1f\n", times[0]);
  qsort(times, n, sizeof *times, by_value);
  printf("first_p50_us %.1f\nfirst_p99_us %.1f\nfirst_max_us %.1f\n", quantile(times, n, .5), quantile(times, n, .99), times[n - 1]);
  if (load > 0) {
    for (double until = now() + load * 1e3; now() < until;) ask();
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < n; i++) times[i] = ask();
      qsort(times, n, sizeof *times, by_value);
      p50[round] = quantile(times, n, .5);
      p99[round] = quantile(times, n, .99);
    }
    qsort(p50, 10, sizeof *p50, by_value);
    qsort(p99, 10, sizeof *p99, by_value);
    printf("later_p50_us %.1f\nlater_p99_us %.1f\nrss_later_kb %ld\n", p50[5], p99[5], child > 0 ? rss_kb() : 0);
  }
  if (child > 0) {
    close(fd);
    kill(child, SIGTERM);
    waitpid(child, 0, 0);
  }
  return 0;
}
