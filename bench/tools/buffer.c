#include "buffer.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

static void reserve(struct buffer *buffer, size_t count) {
  if (buffer->length + count <= buffer->capacity) return;
  buffer->capacity = 2 * (buffer->length + count);
  buffer->data = realloc(buffer->data, buffer->capacity);
  if (!buffer->data) fail("out of memory");
}

void buffer_put(struct buffer *buffer, const void *bytes, size_t count) {
  if (count == 0) return;
  reserve(buffer, count);
  memcpy(buffer->data + buffer->length, bytes, count);
  buffer->length += count;
}

void buffer_put_string(struct buffer *buffer, const char *text) {
  buffer_put(buffer, text, strlen(text) + 1);
}

void buffer_put_int32(struct buffer *buffer, uint32_t value) {
  uint32_t ordered = htonl(value);
  buffer_put(buffer, &ordered, sizeof ordered);
}

void buffer_put_int16(struct buffer *buffer, uint16_t value) {
  uint16_t ordered = htons(value);
  buffer_put(buffer, &ordered, sizeof ordered);
}

void buffer_free(struct buffer *buffer) {
  free(buffer->data);
  *buffer = (struct buffer){0};
}

size_t message_begin(struct buffer *buffer, char type) {
  if (type) buffer_put(buffer, &type, 1);
  size_t begin = buffer->length;
  buffer_put_int32(buffer, 0);
  return begin;
}

void message_end(struct buffer *buffer, size_t begin) {
  uint32_t length = htonl(buffer->length - begin);
  memcpy(buffer->data + begin, &length, sizeof length);
}

void message_put(struct buffer *buffer, char type, const void *body, size_t count) {
  size_t begin = message_begin(buffer, type);
  buffer_put(buffer, body, count);
  message_end(buffer, begin);
}

void message_put_string(struct buffer *buffer, char type, const char *text) {
  message_put(buffer, type, text, strlen(text) + 1);
}

uint32_t read_int32(const uint8_t *bytes) {
  uint32_t ordered;
  memcpy(&ordered, bytes, sizeof ordered);
  return ntohl(ordered);
}
