// A client's connection: TCP, TLS if asked, login, and the passes of a script. Everything waits in one
// epoll instance; nothing blocks.
//
//   CONNECTING -> ASKING_TLS -> SHAKING_HANDS -> LOGGING_IN -> PREPARING -> IDLE <-> RUNNING
//
// Without TLS a connection goes from CONNECTING to LOGGING_IN; without a preparation from LOGGING_IN
// to IDLE. Whatever goes wrong ends the program: a load with errors measures nothing.
#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "scram.h"
#include "script.h"

enum phase { CONNECTING, ASKING_TLS, SHAKING_HANDS, LOGGING_IN, PREPARING, IDLE, RUNNING };

struct connection;

// What all connections of a load share.
struct load_target {
  int epoll;
  int port;
  const char *user;
  const char *database;
  // NULL: the user is trusted.
  const char *password;
  // NULL: no TLS.
  SSL_CTX *tls;
  const struct script *script;
  // Bytes of all connections so far, above TLS.
  uint64_t bytes_in;
  uint64_t bytes_out;
  // Called when a connection has become IDLE: by its login, or by the end of a pass. now is the time
  // at which the bytes were read that told it.
  void (*logged_in)(struct connection *connection, uint64_t now);
  void (*passed)(struct connection *connection, uint64_t now);
};

struct connection {
  struct load_target *target;
  int fd;
  SSL *ssl;
  enum phase phase;
  uint32_t interest;

  // What is still to be written, of own or of the script.
  const uint8_t *out;
  size_t out_left;
  struct buffer own;

  // The message that is being read. Bodies are kept only of messages that are looked into.
  uint8_t header[5];
  unsigned header_length;
  uint32_t body_left;
  uint32_t body_kept;
  uint8_t body[512];
  struct scram scram;

  // The step of the script, the messages it still waits for, and when the pass (or with new logins
  // for each pass, the login) should have begun.
  int step;
  int awaited;
  uint64_t begun;
};

// Begins to connect and to log in.
void connection_open(struct connection *connection, struct load_target *target);

// Begins a pass of the script on an idle connection.
void connection_run(struct connection *connection, uint64_t begun);

// Says goodbye and closes.
void connection_close(struct connection *connection);

// Does what epoll says can be done.
void connection_event(struct connection *connection, uint32_t events);
