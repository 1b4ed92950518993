#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"

#define PROTOCOL_3_0 196608
#define SSL_REQUEST 80877103
#define SASL 10
#define SASL_CONTINUE 11

static const char *const PHASES[] = {"connecting",  "asking for TLS", "the TLS handshake", "login",
                                     "preparation", "idling",         "running"};

static void broken(const struct connection *connection, const char *what) {
  unsigned long tls = ERR_peek_error();
  const char *why = tls ? ERR_reason_error_string(tls) : errno ? strerror(errno) : "closed";
  fail("%s failed during %s: %s", what, PHASES[connection->phase], why);
}

static void set_interest(struct connection *connection, uint32_t interest) {
  if (connection->interest == interest) return;
  struct epoll_event event = {interest, {.ptr = connection}};
  int operation = connection->interest ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (epoll_ctl(connection->target->epoll, operation, connection->fd, &event))
    fail("epoll_ctl: %s", strerror(errno));
  connection->interest = interest;
}

// Whether a call with this result has to be repeated later, and for what epoll then has to wait.
static bool would_block(const struct connection *connection, ssize_t result, uint32_t *wait_for) {
  if (connection->ssl) {
    int error = SSL_get_error(connection->ssl, result);
    *wait_for = error == SSL_ERROR_WANT_WRITE ? EPOLLIN | EPOLLOUT : EPOLLIN;
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  }
  *wait_for = EPOLLIN | EPOLLOUT;
  return result < 0 && errno == EAGAIN;
}

static void write_out(struct connection *connection) {
  while (connection->out_left) {
    errno = 0;
    ssize_t written =
        connection->ssl
            ? SSL_write(connection->ssl, connection->out, connection->out_left)
            : send(connection->fd, connection->out, connection->out_left, MSG_NOSIGNAL);
    if (written <= 0) {
      uint32_t wait_for;
      if (!would_block(connection, written, &wait_for)) broken(connection, "writing");
      set_interest(connection, wait_for);
      return;
    }
    connection->out += written;
    connection->out_left -= written;
    connection->target->bytes_out += written;
  }
  set_interest(connection, EPOLLIN);
}

static void send_bytes(struct connection *connection, const struct buffer *bytes) {
  connection->out = bytes->data;
  connection->out_left = bytes->length;
  write_out(connection);
}

static void send_startup(struct connection *connection) {
  struct buffer *own = &connection->own;
  own->length = 0;
  size_t begin = message_begin(own, 0);
  buffer_put_int32(own, PROTOCOL_3_0);
  buffer_put_string(own, "user");
  buffer_put_string(own, connection->target->user);
  buffer_put_string(own, "database");
  buffer_put_string(own, connection->target->database);
  buffer_put_string(own, "");
  message_end(own, begin);
  connection->phase = LOGGING_IN;
  send_bytes(connection, own);
}

static void ask_for_tls(struct connection *connection) {
  connection->own.length = 0;
  size_t begin = message_begin(&connection->own, 0);
  buffer_put_int32(&connection->own, SSL_REQUEST);
  message_end(&connection->own, begin);
  connection->phase = ASKING_TLS;
  send_bytes(connection, &connection->own);
}

static void shake_hands(struct connection *connection) {
  errno = 0;
  int result = SSL_connect(connection->ssl);
  if (result == 1) {
    send_startup(connection);
    return;
  }
  uint32_t wait_for;
  if (!would_block(connection, result, &wait_for)) broken(connection, "the TLS handshake");
  set_interest(connection, wait_for);
}

// The answer to an SSLRequest is one byte; nothing may follow it before the handshake.
static void read_tls_answer(struct connection *connection) {
  char answer;
  ssize_t count = recv(connection->fd, &answer, 1, 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count != 1) broken(connection, "reading");
  if (answer != 'S') fail("port %d does not offer TLS", connection->target->port);
  connection->ssl = SSL_new(connection->target->tls);
  SSL_set_fd(connection->ssl, connection->fd);
  connection->phase = SHAKING_HANDS;
  shake_hands(connection);
}

void connection_open(struct connection *connection, struct load_target *target) {
  struct buffer own = connection->own;
  *connection = (struct connection){.target = target, .own = own, .begun = clock_ns()};
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection->fd < 0) fail("socket: %s", strerror(errno));
  int on = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons(target->port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
    fail("connecting to port %d: %s", target->port, strerror(errno));
  set_interest(connection, EPOLLOUT);
}

static void connected(struct connection *connection) {
  int error;
  socklen_t length = sizeof error;
  getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error) fail("connecting to port %d: %s", connection->target->port, strerror(error));
  if (connection->target->tls) {
    ask_for_tls(connection);
  } else {
    send_startup(connection);
  }
}

static void send_step(struct connection *connection, const struct step *step) {
  connection->awaited = step->count;
  send_bytes(connection, &step->bytes);
}

void connection_run(struct connection *connection, uint64_t begun) {
  connection->begun = begun;
  connection->step = 0;
  connection->phase = RUNNING;
  send_step(connection, &connection->target->script->steps[0]);
}

void connection_close(struct connection *connection) {
  static const uint8_t TERMINATE[] = {'X', 0, 0, 0, 4};
  if (connection->ssl) {
    SSL_write(connection->ssl, TERMINATE, sizeof TERMINATE);
    SSL_free(connection->ssl);
  } else {
    send(connection->fd, TERMINATE, sizeof TERMINATE, MSG_NOSIGNAL);
  }
  close(connection->fd);
}

static void authenticate(struct connection *connection) {
  const char *password = connection->target->password;
  connection->own.length = 0;
  switch (read_int32(connection->body)) {
    case SASL:
      if (!password) fail("a password is asked for; give one with -W");
      scram_first(&connection->scram, &connection->own);
      send_bytes(connection, &connection->own);
      break;
    case SASL_CONTINUE:
      scram_final(&connection->scram, password, connection->body + 4, connection->body_kept - 4,
                  &connection->own);
      send_bytes(connection, &connection->own);
      break;
    default:
      // AuthenticationOk, or SASLFinal with a proof of the server that a load need not check.
      break;
  }
}

// The fields of an ErrorResponse, readable in one line.
static void refused(struct connection *connection) {
  char text[sizeof connection->body];
  uint32_t length = connection->body_kept < sizeof text ? connection->body_kept : sizeof text - 1;
  for (uint32_t i = 0; i < length; i++) text[i] = connection->body[i] ? connection->body[i] : ' ';
  text[length] = 0;
  fail("error during %s: %s", PHASES[connection->phase], text);
}

static void logged_in(struct connection *connection, uint64_t now) {
  const struct step *preparation = &connection->target->script->preparation;
  if (connection->phase == LOGGING_IN && preparation->bytes.length) {
    connection->phase = PREPARING;
    send_step(connection, preparation);
    return;
  }
  connection->phase = IDLE;
  connection->target->logged_in(connection, now);
}

static void answered(struct connection *connection, uint64_t now) {
  if (--connection->awaited) return;
  const struct script *script = connection->target->script;
  if (++connection->step < script->length) {
    send_step(connection, &script->steps[connection->step]);
    return;
  }
  connection->phase = IDLE;
  connection->target->passed(connection, now);
}

static void message_ended(struct connection *connection, uint64_t now) {
  char type = connection->header[0];
  if (type == 'E') refused(connection);
  switch (connection->phase) {
    case LOGGING_IN:
      if (type == 'R') authenticate(connection);
      if (type == 'Z') logged_in(connection, now);
      break;
    case PREPARING:
      if (type == 'Z') logged_in(connection, now);
      break;
    case RUNNING:
      if (type == connection->target->script->steps[connection->step].awaited)
        answered(connection, now);
      break;
    default:
      break;
  }
}

static const uint8_t *read_header(struct connection *connection, const uint8_t *at,
                                  const uint8_t *end) {
  while (connection->header_length < 5 && at < end)
    connection->header[connection->header_length++] = *at++;
  if (connection->header_length == 5) {
    connection->body_left = read_int32(connection->header + 1) - 4;
    connection->body_kept = 0;
  }
  return at;
}

static const uint8_t *read_body(struct connection *connection, const uint8_t *at,
                                const uint8_t *end) {
  uint32_t count = end - at < connection->body_left ? end - at : connection->body_left;
  char type = connection->header[0];
  if (type == 'E' || type == 'R') {
    uint32_t room = sizeof connection->body - connection->body_kept;
    uint32_t kept = count < room ? count : room;
    memcpy(connection->body + connection->body_kept, at, kept);
    connection->body_kept += kept;
  }
  connection->body_left -= count;
  return at + count;
}

// False if the connection was closed and opened again meanwhile: what is left is of the former one.
static bool parse(struct connection *connection, const uint8_t *at, const uint8_t *end,
                  uint64_t now) {
  while (at < end) {
    if (connection->header_length < 5) at = read_header(connection, at, end);
    if (connection->header_length < 5) return true;
    at = read_body(connection, at, end);
    if (connection->body_left) return true;
    connection->header_length = 0;
    message_ended(connection, now);
    if (connection->phase == CONNECTING) return false;
  }
  return true;
}

static void read_in(struct connection *connection) {
  static uint8_t input[128 * 1024];
  for (;;) {
    errno = 0;
    ssize_t count = connection->ssl ? SSL_read(connection->ssl, input, sizeof input)
                                    : recv(connection->fd, input, sizeof input, 0);
    if (count <= 0) {
      uint32_t wait_for;
      if (would_block(connection, count, &wait_for)) return;
      broken(connection, "reading");
    }
    connection->target->bytes_in += count;
    if (!parse(connection, input, input + count, clock_ns())) return;
    // A plain read that did not fill the buffer has emptied the socket; TLS tells record by record.
    if (!connection->ssl && count < (ssize_t)sizeof input) return;
  }
}

void connection_event(struct connection *connection, uint32_t events) {
  switch (connection->phase) {
    case CONNECTING:
      connected(connection);
      return;
    case ASKING_TLS:
      read_tls_answer(connection);
      return;
    case SHAKING_HANDS:
      shake_hands(connection);
      return;
    default:
      if (events & EPOLLOUT) write_out(connection);
      if (events & ~EPOLLOUT) read_in(connection);
  }
}
