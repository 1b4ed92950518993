package org.pglynx.proxy.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Both halves of a login with few iterations and predictable randomness, for the tests. */
final class Logins {
  static final int ITERATIONS = 2;

  final NonceSource random = new CountingNonces();
  final ProcessSecret process = ProcessSecret.random(random);
  final VerifierCache verifiers = new VerifierCache(process, ITERATIONS, 10);
  final ClientAuthentication clients = new ClientAuthentication(process, verifiers, random);
  final ScramKeyCache keys = new ScramKeyCache(10);

  ServerAuthenticator toServer(String user, ServerCredential credential) {
    return toServer(user, credential, ChannelBinding.NONE);
  }

  ServerAuthenticator toServer(String user, ServerCredential credential, ChannelBinding binding) {
    return new ServerAuthenticator(user, credential, false, binding, keys, random);
  }

  ServerAuthenticator withPassword(String user, String password) {
    return toServer(user, new ServerCredential.Secret(new StoredSecret.Plain(password)));
  }

  /** Lets the two halves talk until one of them says how it ended. */
  Outcome run(ClientAuthenticator server, ServerAuthenticator client) {
    Step step = server.first();
    Reply last = new Reply.Await();
    while (step instanceof Step.Continue(AuthMessage message)) {
      last = derived(client, client.on(message.body()));
      if (!(last instanceof Reply.Send send)) {
        return new Outcome(step, last);
      }
      step = server.next(send.body());
    }
    if (step instanceof Step.Success success) {
      for (AuthMessage message : success.messages()) {
        last = client.on(message.body());
      }
    }
    return new Outcome(step, last);
  }

  Reply derived(ServerAuthenticator client, Reply reply) {
    return reply instanceof Reply.Derive(ScramKeyRequest request)
        ? client.resume(keys.derive(request))
        : reply;
  }

  static byte[] latin1(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static AuthMessage continued(Step step) {
    assertThat(step).isInstanceOf(Step.Continue.class);
    return ((Step.Continue) step).message();
  }

  static String continuedText(Step step) {
    return new String(continued(step).data(), ISO_8859_1);
  }

  static Step.Failure failure(Step step) {
    assertThat(step).isInstanceOf(Step.Failure.class);
    return (Step.Failure) step;
  }

  static byte[] sent(Reply reply) {
    assertThat(reply).isInstanceOf(Reply.Send.class);
    return ((Reply.Send) reply).body();
  }

  static String refusal(Reply reply) {
    assertThat(reply).isInstanceOf(Reply.Refused.class);
    return ((Reply.Refused) reply).why();
  }

  /** How a login ended, as each side sees it. */
  record Outcome(Step server, Reply client) {}

  private static final class CountingNonces implements NonceSource {
    private byte next;

    @Override
    public byte[] bytes(int count) {
      byte[] bytes = new byte[count];
      Arrays.fill(bytes, ++next);
      return bytes;
    }
  }
}
