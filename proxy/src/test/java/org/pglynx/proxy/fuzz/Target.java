package org.pglynx.proxy.fuzz;

import java.util.List;
import java.util.function.Consumer;
import org.pglynx.proxy.auth.ScramFuzz;
import org.pglynx.proxy.backend.ServerLoginFuzz;
import org.pglynx.proxy.config.UserlistFuzz;
import org.pglynx.proxy.config.hba.HbaFuzz;
import org.pglynx.proxy.session.ConversationFuzz;
import org.pglynx.proxy.session.LoginFuzz;
import org.pglynx.proxy.session.ServerBytesFuzz;
import org.pglynx.proxy.sql.SqlTextFuzz;
import org.pglynx.proxy.wire.ScannerFuzz;

/**
 * A fuzz target.
 *
 * @param name also the directory of its corpus
 * @param type the class with Jazzer's entry point
 * @param run runs one input
 */
record Target(String name, Class<?> type, Consumer<byte[]> run) {
  /** All there are. */
  static List<Target> all() {
    return List.of(
        new Target("conversation", ConversationFuzz.class, ConversationFuzz::fuzzerTestOneInput),
        new Target("server-bytes", ServerBytesFuzz.class, ServerBytesFuzz::fuzzerTestOneInput),
        new Target("login", LoginFuzz.class, LoginFuzz::fuzzerTestOneInput),
        new Target("server-login", ServerLoginFuzz.class, ServerLoginFuzz::fuzzerTestOneInput),
        new Target("scanner", ScannerFuzz.class, ScannerFuzz::fuzzerTestOneInput),
        new Target("sql-text", SqlTextFuzz.class, SqlTextFuzz::fuzzerTestOneInput),
        new Target("scram", ScramFuzz.class, ScramFuzz::fuzzerTestOneInput),
        new Target("hba", HbaFuzz.class, HbaFuzz::fuzzerTestOneInput),
        new Target("userlist", UserlistFuzz.class, UserlistFuzz::fuzzerTestOneInput));
  }

  static Target named(String name) {
    return all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no target " + name));
  }

  @Override
  public String toString() {
    return name;
  }
}
