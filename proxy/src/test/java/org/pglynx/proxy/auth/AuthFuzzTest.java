package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.auth.Logins.latin1;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Mutated messages in every phase of both halves: any answer of the closed set is right, an
 * exception or an accepted login is not. The seed is fixed; change it to search further.
 */
class AuthFuzzTest {
  private static final long SEED = 20261122L;
  private static final int ROUNDS = 10_000;

  private static final ScramVerifier VERIFIER = ScramVerifier.derive("sesame", new byte[16], 1);
  private static final ScramKeys KEYS = ScramKeys.derive("sesame", new byte[16], 1);

  private final Random random = new Random(SEED);
  private final Logins logins = new Logins();

  @Test
  void aClientGetsInOnlyWithUnchangedMessages() {
    int in = 0;
    for (int i = 0; i < ROUNDS; i++) {
      ClientAuthenticator server = logins.clients.begin(AuthMethod.SCRAM_SHA_256, "bob", VERIFIER);
      server.first();
      ScramClient client = new ScramClient("", "abcdef", ChannelBinding.NONE);
      byte[] initial =
          SaslInitialResponse.encode("SCRAM-SHA-256", client.first(ScramMechanism.BARE));
      byte[] sentInitial = perhapsMutated(initial);
      Step step = server.next(sentInitial);
      boolean changed = !Arrays.equals(initial, sentInitial);
      for (int more = 0; step instanceof Step.Continue(AuthMessage message) && more < 4; more++) {
        byte[] last = proof(client, message);
        byte[] sentLast = perhapsMutated(last);
        changed |= !Arrays.equals(last, sentLast);
        step = server.next(sentLast);
      }
      in += step instanceof Step.Success ? 1 : 0;
      assertThat(step)
          .as("seed %s round %s", SEED, i)
          .isInstanceOf(changed ? Step.Failure.class : Step.Success.class);
    }
    assertThat(in).isGreaterThan(ROUNDS / 10);
  }

  private static byte[] proof(ScramClient client, AuthMessage message) {
    try {
      client.challenge(message.data());
    } catch (ScramException e) {
      return latin1("c=biws,r=abc");
    }
    return latin1(client.last(KEYS));
  }

  @Test
  void aServerIsBelievedOnlyWithUnchangedMessages() throws ScramException {
    int believed = 0;
    for (int i = 0; i < ROUNDS; i++) {
      ServerAuthenticator client = logins.withPassword("bob", "sesame");
      ScramServer server = new ScramServer(VERIFIER, "xyz", ChannelBinding.NONE);
      byte[] initial = Logins.sent(client.on(request(10, "SCRAM-SHA-256\0\0")));
      byte[] first =
          request(
              AuthMessage.SASL_CONTINUE,
              server.first(Arrays.copyOfRange(initial, 18, initial.length)));
      byte[] sentFirst = perhapsMutated(first);
      Reply reply = cheaplyDerived(client, client.on(sentFirst));
      if (reply instanceof Reply.Send && Arrays.equals(first, sentFirst)) {
        byte[] last =
            request(AuthMessage.SASL_FINAL, server.last(((Reply.Send) reply).body()).serverFinal());
        byte[] sentLast = perhapsMutated(last);
        reply = client.on(sentLast);
        believed += reply instanceof Reply.Await ? 1 : 0;
        assertThat(reply instanceof Reply.Await)
            .as("seed %s round %s", SEED, i)
            .isEqualTo(Arrays.equals(last, sentLast));
      } else {
        assertThat(client.on(request(AuthMessage.OK, ""))).isInstanceOf(Reply.Refused.class);
      }
    }
    assertThat(believed).isGreaterThan(ROUNDS / 10);
  }

  private Reply cheaplyDerived(ServerAuthenticator client, Reply reply) {
    return reply instanceof Reply.Derive(ScramKeyRequest request) && request.iterations() > 100
        ? client.resume(KEYS)
        : logins.derived(client, reply);
  }

  @Test
  void noMutationOfAnOpeningRequestOrAStoredSecretThrowsAnythingUndocumented() {
    String stored = VERIFIER.text();
    for (int i = 0; i < ROUNDS; i++) {
      byte[] request = request(new int[] {0, 3, 5, 10}[i % 4], "SCRAM-SHA-256\0\0");
      assertThat(logins.withPassword("bob", "sesame").on(mutated(request))).isNotNull();
      String text = new String(mutated(latin1(stored)), StandardCharsets.ISO_8859_1);
      try {
        assertThat(StoredSecret.parse(text)).isNotNull();
      } catch (IllegalArgumentException documented) {
        assertThat(documented).hasMessageNotContaining(stored.substring(40));
      }
    }
  }

  private static byte[] request(int code, String data) {
    byte[] bytes = latin1(data);
    return ByteBuffer.allocate(4 + bytes.length).putInt(code).put(bytes).array();
  }

  private byte[] perhapsMutated(byte[] message) {
    return random.nextBoolean() ? message : mutated(message);
  }

  /**
   * One to three changes: a byte replaced, flipped, inserted, removed, or the tail cut or doubled.
   */
  private byte[] mutated(byte[] message) {
    byte[] result = message;
    for (int i = random.nextInt(3); i >= 0; i--) {
      result = result.length == 0 ? new byte[] {(byte) random.nextInt()} : once(result);
    }
    return result;
  }

  private byte[] once(byte[] message) {
    int at = random.nextInt(message.length);
    byte[] copy = message.clone();
    return switch (random.nextInt(6)) {
      case 0 -> {
        copy[at] = (byte) random.nextInt();
        yield copy;
      }
      case 1 -> {
        copy[at] ^= (byte) (1 << random.nextInt(8));
        yield copy;
      }
      case 2 ->
          spliced(message, at, at, new byte[] {(byte) ",=rnspcimv\0-1".charAt(random.nextInt(13))});
      case 3 -> spliced(message, at, at + 1, new byte[0]);
      case 4 -> Arrays.copyOf(message, at);
      default -> spliced(message, at, at, Arrays.copyOfRange(message, at, message.length));
    };
  }

  private static byte[] spliced(byte[] message, int from, int to, byte[] middle) {
    return ByteBuffer.allocate(message.length - (to - from) + middle.length)
        .put(message, 0, from)
        .put(middle)
        .put(message, to, message.length - to)
        .array();
  }
}
