package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.wire.Choices;

/**
 * Fuzz target: messages of any bytes to both halves of a login, and stored secrets of any text.
 *
 * <p>Holds: nothing but the documented exceptions; nobody is let in, and no server is believed, on
 * such messages.
 */
public final class ScramFuzz {
  private static final ScramVerifier VERIFIER =
      ScramVerifier.derive("sesame open", new byte[16], 1);
  private static final List<String> PIECES =
      List.of(
          "n,,",
          "y,,",
          "p=tls-server-end-point,,",
          "n=",
          "r=",
          ",",
          "=",
          "c=biws",
          "p=",
          "s=",
          "i=1",
          "i=0",
          "i=2147483648",
          "v=",
          "e=other-error",
          "m=",
          "AAAA",
          "QUJD",
          "==",
          "\0",
          "SCRAM-SHA-256",
          "SCRAM-SHA-256-PLUS",
          "SCRAM-SHA-256$1:",
          "$",
          ":",
          "md5",
          "a",
          "\u00ad");

  private final Choices choices;
  private final Logins logins = new Logins();

  private ScramFuzz(Choices choices) {
    this.choices = choices;
  }

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    new ScramFuzz(new Choices(input)).run();
  }

  private void run() {
    switch (choices.below(3)) {
      case 0 -> client();
      case 1 -> server();
      default -> stored();
    }
  }

  private byte[] text() {
    List<String> parts = new ArrayList<>();
    for (int i = choices.below(12); i > 0; i--) {
      parts.add(
          choices.flag()
              ? choices.of(PIECES)
              : new String(choices.bytes(choices.below(8)), StandardCharsets.UTF_8));
    }
    return String.join("", parts).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] initial() {
    byte[] data = text();
    String mechanism = choices.flag() ? "SCRAM-SHA-256" : "SCRAM-SHA-256-PLUS";
    int length = choices.below(4) > 0 ? data.length : ByteBuffer.wrap(fourBytes()).getInt();
    return ByteBuffer.allocate(mechanism.length() + 5 + data.length)
        .put(Logins.latin1(mechanism))
        .put((byte) 0)
        .putInt(length)
        .put(data)
        .array();
  }

  private byte[] fourBytes() {
    return new byte[] {choices.next(), choices.next(), choices.next(), choices.next()};
  }

  private void client() {
    ClientAuthenticator half = logins.clients.begin(AuthMethod.SCRAM_SHA_256, "bob", VERIFIER);
    Step step = half.first();
    for (int i = 0; i < 4 && step instanceof Step.Continue; i++) {
      step = half.next(i == 0 && choices.flag() ? initial() : text());
    }
    assertThat(step).isNotInstanceOf(Step.Success.class);
  }

  private void server() {
    ServerAuthenticator half = logins.withPassword("bob", "sesame open");
    boolean asked = false;
    for (int i = 0; i < 5; i++) {
      int code = choices.below(14);
      byte[] data = text();
      Reply reply = half.on(ByteBuffer.allocate(4 + data.length).putInt(code).put(data).array());
      if (reply instanceof Reply.Derive(ScramKeyRequest request)) {
        reply = half.resume(ScramKeys.derive("sesame open", new byte[16], 1));
      }
      // One that asks for no proof is let off, as by libpq; one that has begun must finish.
      assertThat(asked && reply instanceof Reply.Done).as("a server that proves nothing").isFalse();
      asked |= code == AuthMessage.SASL && reply instanceof Reply.Send;
    }
  }

  private void stored() {
    String text = new String(text(), StandardCharsets.UTF_8);
    try {
      assertThat(StoredSecret.parse(text)).isNotNull();
    } catch (IllegalArgumentException documented) {
      assertThat(documented.getMessage()).isNotBlank();
    }
  }
}
