// A relay that does nothing but receive and send: the floor under what a pooler of transactions can cost
// on this kernel. It logs in to the server at its start, trusts every client, gives a free server
// connection to a client that sends something, and takes it back behind ReadyForQuery. It neither parses
// nor limits nor times anything; a client may ask only once it was answered, and one that leaves within a
// transaction block leaves its server in it.
#define _GNU_SOURCE
#include "relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buffer.h"
#include "fail.h"

#define PROTOCOL_3_0 196608

static const char HELP[] =
    "usage: relay [options] PORT SERVER_PORT     both on 127.0.0.1\n"
    "  --engine epoll|uring   (epoll)\n"
    "  -n CONNECTIONS         to the server (20)\n"
    "  -u USER -d DATABASE    of the server (bench, bench)\n"
    "  --congestion NAME      congestion control of all connections (the system's)\n"
    "  of io_uring:\n"
    "  --receive poll|single|ring|multishot   (multishot) a poll and then a receive; a receive;\n"
    "                         one into a ring of provided buffers; one for ever, into a ring\n"
    "  --without files,defer,batch,first      registered files; DEFER_TASKRUN; one submission for\n"
    "                         many; waiting before the first attempt to receive\n";

const uint8_t RELAY_GREETING[] = {'R', 0, 0, 0, 8, 0, 0, 0, 0, 'Z', 0, 0, 0, 5, 'I'};
const size_t RELAY_GREETING_BYTES = sizeof RELAY_GREETING;

struct arguments {
  bool uring;
  int servers;
  const char *user;
  const char *database;
  const char *congestion;
  struct relay relay;
};

struct peer *relay_peer(int fd, enum role role) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct peer *peer = calloc(1, sizeof *peer);
  if (!peer) fail("out of memory");
  peer->fd = fd;
  peer->role = role;
  return peer;
}

bool relay_is_goodbye(const uint8_t *bytes, size_t length) {
  static const uint8_t TERMINATE[] = {'X', 0, 0, 0, 4};
  return length == sizeof TERMINATE && !memcmp(bytes, TERMINATE, sizeof TERMINATE);
}

static enum receive receive_of(const char *name) {
  static const char *const NAMES[] = {"poll", "single", "ring", "multishot"};
  for (int i = 0; i < 4; i++)
    if (!strcmp(name, NAMES[i])) return i;
  fail("--receive %s: expected poll, single, ring or multishot", name);
}

static void do_without(struct relay *relay, char *names) {
  for (char *name = strtok(names, ","); name; name = strtok(NULL, ",")) {
    bool *without = !strcmp(name, "files")   ? &relay->without_files
                    : !strcmp(name, "defer") ? &relay->without_defer
                    : !strcmp(name, "batch") ? &relay->without_batch
                    : !strcmp(name, "first") ? &relay->without_first
                                             : NULL;
    if (!without) fail("--without %s: expected files, defer, batch or first", name);
    *without = true;
  }
}

static bool is_uring(const char *engine) {
  bool uring = !strcmp(engine, "uring");
  if (!uring && strcmp(engine, "epoll")) fail("--engine %s: expected epoll or uring", engine);
  return uring;
}

static void parse(int count, char **values, struct arguments *to) {
  static const struct option OPTIONS[] = {
      {"engine", required_argument, NULL, 'e'},  {"receive", required_argument, NULL, 'r'},
      {"without", required_argument, NULL, 'w'}, {"congestion", required_argument, NULL, 'c'},
      {"help", no_argument, NULL, 'h'},          {0},
  };
  int option;
  while ((option = getopt_long(count, values, "n:u:d:h", OPTIONS, NULL)) != -1) {
    switch (option) {
      case 'e': to->uring = is_uring(optarg); break;
      case 'r': to->relay.receive = receive_of(optarg); break;
      case 'w': do_without(&to->relay, optarg); break;
      case 'c': to->congestion = optarg; break;
      case 'n': to->servers = atoi(optarg); break;
      case 'u': to->user = optarg; break;
      case 'd': to->database = optarg; break;
      case 'h': fputs(HELP, stdout); exit(0);
      default: fputs(HELP, stderr); exit(2);
    }
  }
  if (count - optind != 2 || to->servers < 1) {
    fputs(HELP, stderr);
    exit(2);
  }
}

static struct sockaddr_in local(int port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET,
      .sin_port = htons(port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
}

static int new_socket(const char *congestion) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket: %s", strerror(errno));
  if (congestion &&
      setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, congestion, strlen(congestion)))
    fail("--congestion %s: %s", congestion, strerror(errno));
  return fd;
}

static void send_startup(int fd, const struct arguments *arguments) {
  struct buffer startup = {0};
  size_t begin = message_begin(&startup, 0);
  buffer_put_int32(&startup, PROTOCOL_3_0);
  buffer_put_string(&startup, "user");
  buffer_put_string(&startup, arguments->user);
  buffer_put_string(&startup, "database");
  buffer_put_string(&startup, arguments->database);
  buffer_put_string(&startup, "");
  message_end(&startup, begin);
  send(fd, startup.data, startup.length, MSG_NOSIGNAL);
  buffer_free(&startup);
}

static struct peer *log_in(int port, const struct arguments *arguments) {
  struct sockaddr_in address = local(port);
  struct peer *server = relay_peer(new_socket(arguments->congestion), SERVER);
  if (connect(server->fd, (struct sockaddr *)&address, sizeof address))
    fail("connecting to port %d: %s", port, strerror(errno));
  send_startup(server->fd, arguments);
  uint8_t input[4096];
  ssize_t count;
  do {
    count = recv(server->fd, input, sizeof input, 0);
    if (count <= 0) fail("the server on port %d ended the login", port);
  } while (!pairing_ends(server, input, count));
  return server;
}

static void log_in_all(struct relay *relay, int port, const struct arguments *arguments) {
  relay->server_count = arguments->servers;
  relay->servers = calloc(arguments->servers, sizeof *relay->servers);
  if (!relay->servers) fail("out of memory");
  for (int i = 0; i < arguments->servers; i++) {
    relay->servers[i] = log_in(port, arguments);
    pairing_release(&relay->pairing, relay->servers[i]);
  }
}

// Accepted sockets inherit the listener's congestion control.
static void listen_on(struct relay *relay, int port, const char *congestion) {
  int fd = new_socket(congestion);
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = local(port);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096))
    fail("port %d: %s", port, strerror(errno));
  relay->listener = (struct peer){.fd = fd, .role = LISTENER};
}

static void raise_file_limit(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int count, char **values) {
  struct arguments arguments = {
      .servers = 20,
      .user = "bench",
      .database = "bench",
      .relay = {.receive = RECEIVE_MULTISHOT},
  };
  parse(count, values, &arguments);
  signal(SIGPIPE, SIG_IGN);
  raise_file_limit();
  struct relay *relay = &arguments.relay;
  log_in_all(relay, atoi(values[optind + 1]), &arguments);
  listen_on(relay, atoi(values[optind]), arguments.congestion);
  if (arguments.uring) relay_run_uring(relay);
  relay_run_epoll(relay);
}
