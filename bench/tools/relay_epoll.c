// The relay's engine with epoll: edge-triggered, one receive and one send a message.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail.h"
#include "relay.h"

static int epoll;
static uint8_t input[16 * 1024];

static void watch(struct peer *peer) {
  struct epoll_event event = {EPOLLIN | EPOLLRDHUP | EPOLLET, {.ptr = peer}};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, peer->fd, &event)) fail("epoll_ctl: %s", strerror(errno));
}

// Sockets block, but a transaction's bytes find room in them. What a client that leaves does not get is
// lost.
static void pass_on(struct peer *to, const uint8_t *bytes, size_t length) {
  if (to && !to->gone) send(to->fd, bytes, length, MSG_NOSIGNAL);
}

static ssize_t receive(struct peer *from) {
  return recv(from->fd, input, sizeof input, MSG_DONTWAIT);
}

static void leave(struct relay *relay, struct peer *client) {
  close(client->fd);
  pairing_left(&relay->pairing, client);
}

// Passes on what a client with a server has sent. False if that began no transaction.
static bool ask(struct relay *relay, struct peer *client) {
  ssize_t count = receive(client);
  if (count > 0 && !relay_is_goodbye(input, count)) {
    pass_on(client->partner, input, count);
    return true;
  }
  if (count >= 0 || errno != EAGAIN) leave(relay, client);
  return false;
}

// Lets clients that wait have the server, until one needs it.
static void release(struct relay *relay, struct peer *server) {
  struct peer *client = pairing_release(&relay->pairing, server);
  while (client && !ask(relay, client)) client = pairing_release(&relay->pairing, server);
}

// A client that gets no server stays unread: its bytes wait in its socket.
static void from_client(struct relay *relay, struct peer *client) {
  bool begins = !client->partner;
  struct peer *server = pairing_server(&relay->pairing, client);
  if (server && !ask(relay, client) && begins) release(relay, server);
}

static void from_server(struct relay *relay, struct peer *server) {
  ssize_t count;
  do {
    count = receive(server);
    if (count == 0 || (count < 0 && errno != EAGAIN)) fail("the server has left");
    if (count < 0) return;
    pass_on(server->partner, input, count);
    if (pairing_ends(server, input, count)) release(relay, server);
  } while (count == sizeof input);
}

static void greet(struct relay *relay, struct peer *newcomer) {
  if (receive(newcomer) <= 0) {
    leave(relay, newcomer);
    return;
  }
  newcomer->role = CLIENT;
  pass_on(newcomer, RELAY_GREETING, RELAY_GREETING_BYTES);
}

static void accept_all(struct peer *listener) {
  int fd;
  while ((fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    watch(relay_peer(fd, NEWCOMER));
}

static void serve(struct relay *relay, struct peer *peer) {
  if (peer->gone) return;
  switch (peer->role) {
    case LISTENER: accept_all(peer); break;
    case NEWCOMER: greet(relay, peer); break;
    case CLIENT: from_client(relay, peer); break;
    case SERVER: from_server(relay, peer); break;
  }
}

void relay_run_epoll(struct relay *relay) {
  epoll = epoll_create1(EPOLL_CLOEXEC);
  fcntl(relay->listener.fd, F_SETFL, O_NONBLOCK);
  watch(&relay->listener);
  for (int i = 0; i < relay->server_count; i++) watch(relay->servers[i]);
  struct epoll_event events[512];
  for (;;) {
    int ready = epoll_wait(epoll, events, 512, -1);
    for (int i = 0; i < ready; i++) serve(relay, events[i].data.ptr);
    pairing_bury(&relay->pairing);
  }
}
