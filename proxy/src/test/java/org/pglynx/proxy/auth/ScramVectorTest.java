package org.pglynx.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.auth.Logins.latin1;

import java.util.Base64;
import org.junit.jupiter.api.Test;

/** The exchange of RFC 7677 section 3, byte by byte. */
class ScramVectorTest {
  private static final String CLIENT_FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_FIRST =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  private static final String CLIENT_FINAL =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
          + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";
  private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");

  @Test
  void serverHalfSpeaksTheVector() throws ScramException {
    ScramServer server =
        new ScramServer(
            ScramVerifier.derive("pencil", SALT, 4096),
            "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
            ChannelBinding.NONE);

    assertThat(server.first(latin1(CLIENT_FIRST))).isEqualTo(SERVER_FIRST);
    ScramServer.Outcome outcome = server.last(latin1(CLIENT_FINAL));
    assertThat(outcome.proven()).isTrue();
    assertThat(outcome.serverFinal()).isEqualTo(SERVER_FINAL);
    assertThat(outcome.keys()).isEqualTo(ScramKeys.derive("pencil", SALT, 4096));
  }

  @Test
  void clientHalfSpeaksTheVector() throws ScramException {
    ScramClient client = new ScramClient("user", "rOprNGfwEbeRWgbNEkqO", ChannelBinding.NONE);

    assertThat(client.first(ScramMechanism.BARE)).isEqualTo(CLIENT_FIRST);
    ScramClient.Challenge challenge = client.challenge(latin1(SERVER_FIRST));
    ScramKeys keys = ScramKeys.derive("pencil", challenge.salt(), challenge.iterations());
    assertThat(client.last(keys)).isEqualTo(CLIENT_FINAL);
    client.verify(latin1(SERVER_FINAL));
  }
}
