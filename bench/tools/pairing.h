// Which client has which server in a relay of transactions: the first that asks gets a free one, others
// wait in order.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What ReadyForQuery has: its type, its length, the status.
#define READY_BYTES 6

enum role { LISTENER, NEWCOMER, CLIENT, SERVER };

// Bytes that were received, and the buffer that they are in.
struct piece {
  uint8_t *bytes;
  uint32_t length;
  int buffer;
};

struct peer {
  int fd;
  enum role role;
  // Of a client its server, of a server its client, during a transaction.
  struct peer *partner;
  // Clients that wait, and servers that are free, are in a queue.
  struct peer *next;
  bool waits;
  // A client that has left: it is buried once it neither waits nor has a server.
  bool gone;
  // The last bytes of a server's answer, however many reads they came in.
  uint8_t tail[READY_BYTES];
  // What a waiting client has sent, where the engine has read it already.
  struct piece sent;
};

struct queue {
  struct peer *first;
  struct peer *last;
};

struct pairing {
  // The last freed is the first used: its memory is warm.
  struct peer *free;
  struct queue waiting;
  struct peer *left;
};

// The server of a client's transaction: the one that it has, or a free one. NULL: the client waits.
struct peer *pairing_server(struct pairing *pairing, struct peer *client);

// Ends the transaction of a server. Its next client, which has it now, or NULL: it is free.
struct peer *pairing_release(struct pairing *pairing, struct peer *server);

// Notes that a client has left. Its server, if it has one, still has to answer.
void pairing_left(struct pairing *pairing, struct peer *client);

// Frees the clients that have left, once no event of them can be at hand.
void pairing_bury(struct pairing *pairing);

// Whether a transaction ends with these bytes of a server: with ReadyForQuery, status I.
bool pairing_ends(struct peer *server, const uint8_t *bytes, size_t length);
