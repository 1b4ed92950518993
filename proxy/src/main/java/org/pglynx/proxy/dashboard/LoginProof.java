package org.pglynx.proxy.dashboard;

import java.io.IOException;
import org.pglynx.proxy.auth.ChannelBinding;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.auth.Reply;
import org.pglynx.proxy.auth.ScramKeyCache;
import org.pglynx.proxy.auth.ServerAuthenticator;
import org.pglynx.proxy.auth.ServerCredential;
import org.pglynx.proxy.auth.StoredSecret;

/** Proves to the proxy that a browser's user knows the password. */
final class LoginProof {
  /** Sessions of the dashboard have one each, and some come again. */
  private static final int KEYS = 512;

  private final NonceSource nonces;
  private final ScramKeyCache keys = new ScramKeyCache(KEYS);

  LoginProof(NonceSource nonces) {
    this.nonces = nonces;
  }

  /** Begins a login. */
  Exchange exchange(Credentials who, Frames frames) throws FaultException {
    return new Exchange(authenticator(who), frames);
  }

  private ServerAuthenticator authenticator(Credentials who) throws FaultException {
    try {
      return new ServerAuthenticator(
          who.user(),
          new ServerCredential.Secret(new StoredSecret.Plain(who.password())),
          // It does not leave the process.
          true,
          ChannelBinding.NONE,
          keys,
          nonces);
    } catch (IllegalArgumentException _) {
      throw Fault.of("28P01", "a password is needed").toException();
    }
  }

  private Reply derived(ServerAuthenticator authenticator, Reply.Derive derive) {
    return authenticator.resume(keys.derive(derive.request()));
  }

  /** One login's exchange. */
  final class Exchange {
    private final ServerAuthenticator authenticator;
    private final Frames frames;
    private boolean asked;

    Exchange(ServerAuthenticator authenticator, Frames frames) {
      this.authenticator = authenticator;
      this.frames = frames;
    }

    void on(Frames.Frame frame) throws IOException, FaultException {
      byte[] body = new byte[frame.body().remaining()];
      frame.body().get(body);
      Reply reply = authenticator.on(body);
      if (reply instanceof Reply.Derive derive) {
        reply = derived(authenticator, derive);
      }
      switch (reply) {
        case Reply.Send send -> {
          asked = true;
          frames.add('p', out -> out.write(send.body())).send();
        }
        case Reply.Await _ -> asked = true;
        case Reply.Done _ -> checkAsked();
        case Reply.Derive _ -> throw new IllegalStateException("derived twice");
        case Reply.Refused(String why) -> throw Fault.of("28000", why).toException();
      }
    }

    /**
     * Who is believed without a password is not let in here: whatever page somebody looks at can
     * send requests to the ports of the own machine.
     */
    private void checkAsked() throws FaultException {
      if (!asked) {
        throw Fault.of("28000", "this user logs in without a password, which the dashboard refuses")
            .withHint("Give the user a password, and another method than trust.")
            .toException();
      }
    }
  }
}
