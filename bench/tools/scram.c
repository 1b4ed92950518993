#include "scram.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

#define KEY_LENGTH 32

void scram_first(struct scram *scram, struct buffer *out) {
  unsigned char random[18];
  if (RAND_bytes(random, sizeof random) != 1) fail("no random bytes");
  EVP_EncodeBlock((unsigned char *)scram->nonce, random, sizeof random);
  // The server takes the name from the startup message and ignores n=.
  snprintf(scram->first_bare, sizeof scram->first_bare, "n=,r=%s", scram->nonce);
  char message[64];
  int length = snprintf(message, sizeof message, "n,,%s", scram->first_bare);
  size_t begin = message_begin(out, 'p');
  buffer_put_string(out, "SCRAM-SHA-256");
  buffer_put_int32(out, length);
  buffer_put(out, message, length);
  message_end(out, begin);
}

static void hmac(const uint8_t *key, const void *text, size_t length, uint8_t *result) {
  if (!HMAC(EVP_sha256(), key, KEY_LENGTH, text, length, result, NULL)) fail("HMAC failed");
}

struct keys {
  uint8_t client[KEY_LENGTH];
  uint8_t stored[KEY_LENGTH];
};

// Derives the keys, once for all logins with the same salt: a load that spends milliseconds on each
// login would measure itself.
static const struct keys *derive(const char *password, const uint8_t *salt, int salt_length,
                                 int iterations) {
  static struct keys keys;
  static uint8_t known_salt[64];
  static int known_length, known_iterations;
  if (salt_length == known_length && iterations == known_iterations &&
      !memcmp(salt, known_salt, salt_length))
    return &keys;
  uint8_t salted[KEY_LENGTH];
  if (!PKCS5_PBKDF2_HMAC(password, strlen(password), salt, salt_length, iterations, EVP_sha256(),
                         KEY_LENGTH, salted))
    fail("key derivation failed");
  hmac(salted, "Client Key", 10, keys.client);
  EVP_Digest(keys.client, KEY_LENGTH, keys.stored, NULL, EVP_sha256(), NULL);
  memcpy(known_salt, salt, salt_length);
  known_length = salt_length;
  known_iterations = iterations;
  return &keys;
}

void scram_final(const struct scram *scram, const char *password, const uint8_t *server_first,
                 size_t length, struct buffer *out) {
  char challenge[512], nonce[256], encoded_salt[88];
  int iterations;
  if (length >= sizeof challenge) fail("SCRAM challenge of %zu bytes", length);
  memcpy(challenge, server_first, length);
  challenge[length] = 0;
  if (sscanf(challenge, "r=%255[^,],s=%87[^,],i=%d", nonce, encoded_salt, &iterations) != 3)
    fail("no SCRAM challenge: %s", challenge);
  if (strncmp(nonce, scram->nonce, strlen(scram->nonce))) fail("the SCRAM nonce is not ours");

  uint8_t salt[66];
  size_t encoded = strlen(encoded_salt);
  int salt_length = EVP_DecodeBlock(salt, (unsigned char *)encoded_salt, encoded);
  if (salt_length < 0) fail("SCRAM salt: %s", encoded_salt);
  // EVP_DecodeBlock counts the padding as zero bytes.
  while (encoded && encoded_salt[--encoded] == '=') salt_length--;
  const struct keys *keys = derive(password, salt, salt_length, iterations);

  char without_proof[300], authenticated[1024];
  snprintf(without_proof, sizeof without_proof, "c=biws,r=%s", nonce);
  int count = snprintf(authenticated, sizeof authenticated, "%s,%s,%s", scram->first_bare,
                       challenge, without_proof);
  uint8_t proof[KEY_LENGTH];
  hmac(keys->stored, authenticated, count, proof);
  for (int i = 0; i < KEY_LENGTH; i++) proof[i] ^= keys->client[i];

  char encoded_proof[48];
  EVP_EncodeBlock((unsigned char *)encoded_proof, proof, KEY_LENGTH);
  size_t begin = message_begin(out, 'p');
  buffer_put(out, without_proof, strlen(without_proof));
  buffer_put(out, ",p=", 3);
  buffer_put(out, encoded_proof, strlen(encoded_proof));
  message_end(out, begin);
}
