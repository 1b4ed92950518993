// Bytes that grow, and PostgreSQL messages put behind each other in them.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct buffer {
  uint8_t *data;
  size_t length;
  size_t capacity;
};

void buffer_put(struct buffer *buffer, const void *bytes, size_t count);

// With the terminating zero, as the protocol has its strings.
void buffer_put_string(struct buffer *buffer, const char *text);

void buffer_put_int32(struct buffer *buffer, uint32_t value);

void buffer_put_int16(struct buffer *buffer, uint16_t value);

void buffer_free(struct buffer *buffer);

// Begins a message and returns where; message_end writes its length there. A message without a type
// byte (StartupMessage, SSLRequest) has the type 0.
size_t message_begin(struct buffer *buffer, char type);

void message_end(struct buffer *buffer, size_t begin);

// A whole message with this body.
void message_put(struct buffer *buffer, char type, const void *body, size_t count);

void message_put_string(struct buffer *buffer, char type, const char *text);

uint32_t read_int32(const uint8_t *bytes);
