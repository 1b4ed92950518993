package org.pglynx.proxy.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.http.Method;
import org.pglynx.proxy.http.Request;

class LoginEndpointsTest {
  private final NonceSource nonces = NonceSource.secure();
  private boolean plaintext;
  private int entered;

  /** Nobody is let in: the tests look at who tries. */
  private final Call.Entrances entrances =
      new Call.Entrances(
          guest -> {
            entered++;
            throw new IOException("closed");
          },
          new LoginProof(nonces));

  private final LoginEndpoints endpoints =
      new LoginEndpoints(
          new Sessions(nonces, System::nanoTime),
          Set.of("pglynx"),
          () -> plaintext,
          System::nanoTime);

  private static Request from(String address, Map<String, String> headers) throws Exception {
    return new Request(
        Method.POST,
        "/api/login",
        Map.of(),
        headers,
        new byte[0],
        new InetSocketAddress(InetAddress.getByName(address), 5000),
        false);
  }

  /** The SQLSTATE of the refusal; null if the password was sent on. */
  private @Nullable String refusal(Request request) throws IOException {
    ObjectNode arguments =
        Json.object().put("database", "shop").put("user", "anna").put("password", "x");
    Endpoint login = endpoints.all().getFirst();
    int before = entered;
    try {
      login.action().answer(new Call(entrances, Cookies.guest(request), null, arguments));
      return null;
    } catch (FaultException e) {
      return e.fault().sqlState();
    } catch (IOException e) {
      assertThat(entered).isEqualTo(before + 1);
      return null;
    }
  }

  @Test
  void a_password_in_clear_over_a_network_is_not_even_tried() throws Exception {
    assertThat(refusal(from("192.0.2.7", Map.of()))).isEqualTo("28000");
    assertThat(entered).isZero();
  }

  @Test
  void a_password_from_the_own_machine_or_behind_tls_is_tried() throws Exception {
    for (Request request :
        List.of(
            from("127.0.0.1", Map.of()), from("192.0.2.7", Map.of("x-forwarded-proto", "https")))) {
      assertThat(refusal(request)).isNull();
    }
  }

  @Test
  void whoever_allows_passwords_in_clear_gets_them() throws Exception {
    plaintext = true;

    assertThat(refusal(from("192.0.2.7", Map.of()))).isNull();
  }
}
