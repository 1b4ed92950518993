#include "pairing.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t READY_IDLE[READY_BYTES] = {'Z', 0, 0, 0, 5, 'I'};

static void pair(struct peer *client, struct peer *server) {
  client->partner = server;
  server->partner = client;
}

static void append(struct queue *queue, struct peer *peer) {
  peer->next = NULL;
  if (queue->first) {
    queue->last->next = peer;
  } else {
    queue->first = peer;
  }
  queue->last = peer;
}

static struct peer *take_first(struct queue *queue) {
  struct peer *first = queue->first;
  if (first) queue->first = first->next;
  return first;
}

struct peer *pairing_server(struct pairing *pairing, struct peer *client) {
  if (client->partner || client->waits) return client->partner;
  struct peer *server = pairing->free;
  if (server) {
    pairing->free = server->next;
    pair(client, server);
  } else {
    client->waits = true;
    append(&pairing->waiting, client);
  }
  return server;
}

static void lay_out(struct pairing *pairing, struct peer *client) {
  if (!client->gone || client->waits || client->partner) return;
  client->next = pairing->left;
  pairing->left = client;
}

static void part(struct pairing *pairing, struct peer *server) {
  struct peer *client = server->partner;
  server->partner = NULL;
  if (!client) return;
  client->partner = NULL;
  lay_out(pairing, client);
}

struct peer *pairing_release(struct pairing *pairing, struct peer *server) {
  part(pairing, server);
  struct peer *client;
  while ((client = take_first(&pairing->waiting))) {
    client->waits = false;
    if (!client->gone) {
      pair(client, server);
      return client;
    }
    lay_out(pairing, client);
  }
  server->next = pairing->free;
  pairing->free = server;
  return NULL;
}

void pairing_left(struct pairing *pairing, struct peer *client) {
  client->gone = true;
  lay_out(pairing, client);
}

void pairing_bury(struct pairing *pairing) {
  while (pairing->left) {
    struct peer *client = pairing->left;
    pairing->left = client->next;
    free(client);
  }
}

bool pairing_ends(struct peer *server, const uint8_t *bytes, size_t length) {
  if (length >= READY_BYTES) {
    memcpy(server->tail, bytes + length - READY_BYTES, READY_BYTES);
  } else {
    memmove(server->tail, server->tail + length, READY_BYTES - length);
    memcpy(server->tail + READY_BYTES - length, bytes, length);
  }
  return !memcmp(server->tail, READY_IDLE, READY_BYTES);
}
