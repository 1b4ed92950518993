package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * A request that may be answered: its arguments, and the way into the proxy with the rights of
 * whoever asks.
 */
final class Call {
  /** A page that does not answer within that is taken for broken. */
  private static final int PATIENCE_MILLIS = 30_000;

  private final Entrances entrances;
  private final Guest guest;
  private final @Nullable WebSession session;
  private final ObjectNode arguments;
  private @Nullable WebSession changed;

  /**
   * The ways in.
   *
   * @param door leads to the proxy
   * @param proof makes the password's proof
   */
  record Entrances(GuestDoor door, LoginProof proof) {}

  Call(Entrances entrances, Guest guest, @Nullable WebSession session, ObjectNode arguments) {
    this.entrances = entrances;
    this.guest = guest;
    this.session = session;
    this.arguments = arguments;
    this.changed = session;
  }

  Guest guest() {
    return guest;
  }

  /** Whoever asks; only if the endpoint is not for anybody. */
  WebSession session() {
    WebSession present = session;
    if (present == null) {
      throw new IllegalStateException("nobody has logged in");
    }
    return present;
  }

  @Nullable WebSession sessionOrNull() {
    return session;
  }

  /** The session that the next request belongs to; null if that is none. */
  void become(@Nullable WebSession next) {
    changed = next;
  }

  @Nullable WebSession changedSession() {
    return changed;
  }

  // ---- arguments -------------------------------------------------------------------------------

  @Nullable String textOrNull(String name) {
    JsonNode value = arguments.get(name);
    return value == null ? null : value.asText();
  }

  String text(String name) {
    return arguments.path(name).asText();
  }

  long whole(String name, long otherwise) {
    return arguments.path(name).asLong(otherwise);
  }

  boolean has(String name) {
    return arguments.has(name);
  }

  boolean flag(String name) {
    return arguments.path(name).asBoolean();
  }

  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    arguments.path(name).forEach(each -> texts.add(each.asText()));
    return texts;
  }

  JsonNode json(String name) {
    return arguments.path(name);
  }

  // ---- the proxy -------------------------------------------------------------------------------

  /** Something to do with a session of the proxy. */
  @FunctionalInterface
  interface Work<T> {
    T with(SqlClient client) throws FaultException, IOException;
  }

  /** A statement of the console, with the rights of whoever asks. */
  Table say(String sql) throws FaultException, IOException {
    return console(client -> client.say(sql));
  }

  /** At the console. */
  <T> T console(Work<T> work) throws FaultException, IOException {
    return within(known(session().console()), PATIENCE_MILLIS, work);
  }

  /** In the database. */
  <T> T database(Work<T> work) throws FaultException, IOException {
    return database(PATIENCE_MILLIS, work);
  }

  /**
   * In the database.
   *
   * @param millis how long an answer may take, with all that comes before it is whole
   */
  <T> T database(int millis, Work<T> work) throws FaultException, IOException {
    return within(databaseUser(), millis, work);
  }

  /** All rows of a statement in the database. */
  Table ask(String sql, @Nullable String... values) throws FaultException, IOException {
    return database(client -> client.ask(sql, values));
  }

  /** Who asks in the database. */
  Credentials databaseUser() {
    return known(session().database());
  }

  private static Credentials known(@Nullable Credentials credentials) {
    if (credentials == null) {
      throw new IllegalStateException("not logged in there");
    }
    return credentials;
  }

  private <T> T within(Credentials who, int millis, Work<T> work)
      throws FaultException, IOException {
    try (SqlClient client = login(who, millis, notice -> {})) {
      return work.with(client);
    }
  }

  /** A session in the database that stays, and waits without end. */
  SqlClient stay(Consumer<Fault> notices) throws FaultException, IOException {
    return login(databaseUser(), 0, notices);
  }

  /** A session in the database that stays, and is asked for answers that come soon. */
  SqlClient stay() throws FaultException, IOException {
    return login(databaseUser(), PATIENCE_MILLIS, notice -> {});
  }

  /** Tries the credentials. */
  SqlClient login(Credentials who) throws FaultException, IOException {
    return login(who, PATIENCE_MILLIS, notice -> {});
  }

  private SqlClient login(Credentials who, int millis, Consumer<Fault> notices)
      throws FaultException, IOException {
    // However short the time of a statement is, and however long: the login has its own.
    int loginMillis = millis == 0 ? 0 : PATIENCE_MILLIS;
    return SqlClient.login(enter(), loginMillis, millis, who, entrances.proof(), notices);
  }

  /** Cancels what a session does. */
  void cancel(SqlClient.CancelKey key) throws FaultException, IOException {
    SqlClient.cancel(enter(), PATIENCE_MILLIS, key);
  }

  private Socket enter() throws FaultException, IOException {
    try {
      return entrances.door().enter(guest);
    } catch (PgErrorException e) {
      PgError error = e.error();
      throw new Fault(error.code(), error.message(), error.detail(), error.hint(), 0, null)
          .toException();
    }
  }
}
