// The relay's engine with io_uring: one system call submits and reaps the work of many connections.
#define _GNU_SOURCE
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "relay.h"

#define ENTRIES 4096
// Registered files have the numbers of their descriptors; so have buffers where each peer has its own.
#define MOST_FILES 32768
// Each client that waits keeps one. The kernel goes round in them, so all of them are to fit into a
// core's cache.
#define BUFFERS 2048
#define BUFFER_BYTES 512
#define GROUP 0
// Bytes that are nobody's to give back.
#define NO_BUFFER -1

// What a completion is of; the low bits of a peer's address, or of a buffer's number.
enum operation { ACCEPT, POLL, RECEIVE, SEND, OPERATIONS = 4 };

static struct io_uring ring;
static struct io_uring_buf_ring *provided;
static uint8_t *buffers;
static int files;

static uint64_t tag(const void *of, enum operation operation) {
  return (uint64_t)(uintptr_t)of | operation;
}

static uint8_t *buffer_at(int number) { return buffers + (size_t)number * BUFFER_BYTES; }

static bool uses_ring(const struct relay *relay) { return relay->receive >= RECEIVE_RING; }

static void provide(int number) {
  io_uring_buf_ring_add(provided, buffer_at(number), BUFFER_BYTES, number,
                        io_uring_buf_ring_mask(BUFFERS), 0);
  io_uring_buf_ring_advance(provided, 1);
}

static struct io_uring_sqe *next_entry(void) {
  struct io_uring_sqe *entry = io_uring_get_sqe(&ring);
  if (entry) return entry;
  io_uring_submit(&ring);
  return io_uring_get_sqe(&ring);
}

static void prepared(const struct relay *relay, struct io_uring_sqe *entry, uint64_t data) {
  if (!relay->without_files) entry->flags |= IOSQE_FIXED_FILE;
  io_uring_sqe_set_data64(entry, data);
  if (relay->without_batch) io_uring_submit(&ring);
}

static void accept_next(const struct relay *relay) {
  struct io_uring_sqe *entry = next_entry();
  io_uring_prep_multishot_accept(entry, relay->listener.fd, NULL, NULL, SOCK_CLOEXEC);
  prepared(relay, entry, tag(&relay->listener, ACCEPT));
}

// Without a ring a peer has one buffer to itself, and is read again once that is empty.
static void receive(const struct relay *relay, struct peer *from) {
  struct io_uring_sqe *entry = next_entry();
  if (relay->receive == RECEIVE_MULTISHOT) {
    io_uring_prep_recv_multishot(entry, from->fd, NULL, 0, 0);
  } else if (relay->receive == RECEIVE_RING) {
    io_uring_prep_recv(entry, from->fd, NULL, BUFFER_BYTES, 0);
  } else {
    io_uring_prep_recv(entry, from->fd, buffer_at(from->fd), BUFFER_BYTES, 0);
  }
  if (uses_ring(relay)) {
    entry->flags |= IOSQE_BUFFER_SELECT;
    entry->buf_group = GROUP;
  }
  // Behind a poll there is something to receive, else hardly ever.
  if (relay->receive != RECEIVE_POLL && !relay->without_first)
    entry->ioprio |= IORING_RECVSEND_POLL_FIRST;
  prepared(relay, entry, tag(from, RECEIVE));
}

static void await(const struct relay *relay, struct peer *from) {
  if (relay->receive != RECEIVE_POLL) {
    receive(relay, from);
    return;
  }
  struct io_uring_sqe *entry = next_entry();
  io_uring_prep_poll_add(entry, from->fd, POLLIN | POLLRDHUP);
  prepared(relay, entry, tag(from, POLL));
}

static void give_back(const struct relay *relay, int buffer) {
  if (buffer != NO_BUFFER && uses_ring(relay)) provide(buffer);
}

// What a client that leaves does not get is lost.
static void pass_on(const struct relay *relay, const struct peer *to, struct piece piece) {
  if (!to || to->gone) {
    give_back(relay, piece.buffer);
    return;
  }
  struct io_uring_sqe *entry = next_entry();
  io_uring_prep_send(entry, to->fd, piece.bytes, piece.length, MSG_NOSIGNAL | MSG_WAITALL);
  prepared(relay, entry, (uint64_t)(piece.buffer + 1) * OPERATIONS | SEND);
}

static void add_file(const struct relay *relay, int fd) {
  if (relay->without_files) return;
  if (fd >= files || io_uring_register_files_update(&ring, fd, &fd, 1) != 1)
    fail("file %d cannot be registered", fd);
}

static void leave(struct relay *relay, struct peer *client) {
  if (client->waits) give_back(relay, client->sent.buffer);
  int none = -1;
  if (!relay->without_files) io_uring_register_files_update(&ring, client->fd, &none, 1);
  close(client->fd);
  pairing_left(&relay->pairing, client);
}

static void release(struct relay *relay, struct peer *server) {
  struct peer *client = pairing_release(&relay->pairing, server);
  if (client) pass_on(relay, server, client->sent);
}

static void from_client(struct relay *relay, struct peer *client, struct piece piece) {
  if (relay_is_goodbye(piece.bytes, piece.length)) {
    give_back(relay, piece.buffer);
    return;
  }
  struct peer *server = pairing_server(&relay->pairing, client);
  if (server) {
    pass_on(relay, server, piece);
  } else {
    client->sent = piece;
  }
}

static void from_server(struct relay *relay, struct peer *server, struct piece piece) {
  pass_on(relay, server->partner, piece);
  if (pairing_ends(server, piece.bytes, piece.length)) release(relay, server);
}

static void greet(struct relay *relay, struct peer *newcomer, struct piece piece) {
  give_back(relay, piece.buffer);
  newcomer->role = CLIENT;
  piece = (struct piece){(uint8_t *)RELAY_GREETING, RELAY_GREETING_BYTES, NO_BUFFER};
  pass_on(relay, newcomer, piece);
}

static void received(struct relay *relay, struct peer *from, struct piece piece) {
  switch (from->role) {
    case NEWCOMER: greet(relay, from, piece); break;
    case CLIENT: from_client(relay, from, piece); break;
    case SERVER: from_server(relay, from, piece); break;
    case LISTENER: break;
  }
}

static void on_receive(struct relay *relay, struct peer *from, const struct io_uring_cqe *cqe) {
  if (cqe->res == -ENOBUFS) fail("more clients wait than there are buffers (%d)", BUFFERS);
  if (cqe->res <= 0) {
    if (from->role == SERVER) fail("the server has left");
    leave(relay, from);
    return;
  }
  int buffer = uses_ring(relay) ? (int)(cqe->flags >> IORING_CQE_BUFFER_SHIFT) : from->fd;
  received(relay, from, (struct piece){buffer_at(buffer), cqe->res, buffer});
  if (!(cqe->flags & IORING_CQE_F_MORE)) await(relay, from);
}

static void on_accept(struct relay *relay, const struct io_uring_cqe *cqe) {
  if (cqe->res < 0) fail("accept: %s", strerror(-cqe->res));
  add_file(relay, cqe->res);
  await(relay, relay_peer(cqe->res, NEWCOMER));
  if (!(cqe->flags & IORING_CQE_F_MORE)) accept_next(relay);
}

static void serve(struct relay *relay, const struct io_uring_cqe *cqe) {
  uint64_t data = cqe->user_data;
  struct peer *peer = (struct peer *)(uintptr_t)(data - data % OPERATIONS);
  switch ((enum operation)(data % OPERATIONS)) {
    case ACCEPT: on_accept(relay, cqe); break;
    case POLL: receive(relay, peer); break;
    case RECEIVE: on_receive(relay, peer, cqe); break;
    case SEND: give_back(relay, (int)(data / OPERATIONS) - 1); break;
    case OPERATIONS: break;
  }
}

static int file_limit(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur < MOST_FILES ? limit.rlim_cur : MOST_FILES;
}

static void set_up(const struct relay *relay) {
  unsigned flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN;
  if (!relay->without_defer) flags |= IORING_SETUP_DEFER_TASKRUN;
  int error = io_uring_queue_init(ENTRIES, &ring, flags);
  if (error) fail("io_uring: %s", strerror(-error));
  io_uring_register_ring_fd(&ring);
  if (!relay->without_files && io_uring_register_files_sparse(&ring, files))
    fail("files cannot be registered");
}

static void set_up_buffers(const struct relay *relay) {
  size_t count = uses_ring(relay) ? BUFFERS : files;
  if (posix_memalign((void **)&buffers, 4096, count * BUFFER_BYTES)) fail("out of memory");
  if (!uses_ring(relay)) return;
  if (posix_memalign((void **)&provided, 4096, BUFFERS * sizeof(struct io_uring_buf)))
    fail("out of memory");
  struct io_uring_buf_reg reg = {(uintptr_t)provided, BUFFERS, GROUP, 0, {0}};
  int error = io_uring_register_buf_ring(&ring, &reg, 0);
  if (error) fail("a ring of buffers: %s", strerror(-error));
  io_uring_buf_ring_init(provided);
  for (int i = 0; i < BUFFERS; i++) provide(i);
}

void relay_run_uring(struct relay *relay) {
  files = file_limit();
  set_up(relay);
  set_up_buffers(relay);
  add_file(relay, relay->listener.fd);
  accept_next(relay);
  for (int i = 0; i < relay->server_count; i++) {
    add_file(relay, relay->servers[i]->fd);
    await(relay, relay->servers[i]);
  }
  for (;;) {
    io_uring_submit_and_wait(&ring, 1);
    unsigned head, count = 0;
    struct io_uring_cqe *cqe;
    io_uring_for_each_cqe(&ring, head, cqe) {
      serve(relay, cqe);
      count++;
    }
    io_uring_cq_advance(&ring, count);
    pairing_bury(&relay->pairing);
  }
}
