// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.
#pragma once

#include <stddef.h>

#include "buffer.h"

struct scram {
  char nonce[25];
  char first_bare[40];
};

// Appends the SASLInitialResponse.
void scram_first(struct scram *scram, struct buffer *out);

// Appends the SASLResponse that answers the server's first message.
void scram_final(const struct scram *scram, const char *password, const uint8_t *server_first,
                 size_t length, struct buffer *out);
