package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Parameter.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Coming and going. */
final class LoginEndpoints {
  private static final Logger LOG = LoggerFactory.getLogger(LoginEndpoints.class);
  private static final int FREE_FOR_ADDRESS = 5;
  private static final int FREE_FOR_USER = 20;
  private static final int MOST_SECONDS = 300;

  /** Else whoever knows a name could keep its owner out for long. */
  private static final int MOST_SECONDS_FOR_USER = 30;

  private final Sessions sessions;
  private final Set<String> consoles;
  private final BooleanSupplier plaintext;
  private final Throttle addresses;
  private final Throttle users;

  /**
   * @param consoles names of the admin databases
   * @param plaintext whether passwords may come in clear over a network
   * @param clock nanoseconds
   */
  LoginEndpoints(
      Sessions sessions, Set<String> consoles, BooleanSupplier plaintext, LongSupplier clock) {
    this.sessions = sessions;
    this.consoles = Set.copyOf(consoles);
    this.plaintext = plaintext;
    this.addresses = new Throttle(FREE_FOR_ADDRESS, MOST_SECONDS, clock);
    this.users = new Throttle(FREE_FOR_USER, MOST_SECONDS_FOR_USER, clock);
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.post(
            "/api/login",
            "Logs in: to the console with the database pglynx, or to a database. Who is logged in"
                + " already keeps that, and sends the token.",
            Access.ANYBODY,
            List.of(
                Parameter.needed("database", Kind.TEXT, "as clients name it"),
                Parameter.needed("user", Kind.TEXT, "the name"),
                Parameter.needed("password", Kind.TEXT, "the password")),
            this::login),
        Endpoint.post(
                "/api/logout",
                "Logs out, and cancels the trainings that were begun in the session.",
                Access.SOMEBODY,
                List.of(),
                this::logout)
            .in(Endpoint.Lane.ENDINGS),
        Endpoint.get(
            "/api/session",
            "Who has logged in, and the token that requests send which change something.",
            Access.ANYBODY,
            List.of(),
            call -> json(call.sessionOrNull())));
  }

  private JsonNode login(Call call) throws FaultException, IOException {
    Credentials who =
        new Credentials(call.text("database"), call.text("user"), call.text("password"));
    if (!call.guest().confidential() && !plaintext.getAsBoolean()) {
      throw Fault.of("28000", "passwords are not taken in clear over a network")
          .withHint("Use https (general.tls_certificate), or set allow_plaintext_password.")
          .toException();
    }
    String address = call.guest().address().getHostAddress();
    String name = who.user() + "\0" + who.database();
    begin(addresses, address);
    begin(users, name);
    try (SqlClient client = call.login(who)) {
      addresses.succeeded(address);
      users.succeeded(name);
    } catch (FaultException e) {
      LOG.info(
          "login to the dashboard failed: database={} user={} client={} sqlstate={}",
          who.database(),
          who.user(),
          address,
          e.fault().sqlState());
      throw e;
    }
    boolean console = consoles.contains(who.database());
    WebSession session =
        sessions.open(call.sessionOrNull(), console ? who : null, console ? null : who);
    call.become(session);
    return json(session);
  }

  private static void begin(Throttle throttle, String key) {
    long wait = throttle.begin(key);
    if (wait > 0) {
      throw new TooSoonException(wait);
    }
  }

  private JsonNode logout(Call call) {
    sessions.end(call.session());
    call.become(null);
    return json(null);
  }

  private static ObjectNode json(@Nullable WebSession session) {
    ObjectNode node = Json.object();
    who(node, "console", session == null ? null : session.console());
    who(node, "database", session == null ? null : session.database());
    return node.put("token", session == null ? null : session.token());
  }

  private static void who(ObjectNode node, String name, @Nullable Credentials credentials) {
    if (credentials == null) {
      node.putNull(name);
    } else {
      node.putObject(name).put("database", credentials.database()).put("user", credentials.user());
    }
  }
}
