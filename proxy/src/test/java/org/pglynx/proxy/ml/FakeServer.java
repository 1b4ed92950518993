package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerSessions;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * A server that answers by script: the first rule whose text a statement contains. Statements
 * without a rule give no rows. It remembers all that it was told.
 */
final class FakeServer implements ServerSessions {
  private final List<Rule> rules = Collections.synchronizedList(new ArrayList<>());
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private boolean callersTransaction;
  private int opened;
  private int closed;

  private record Rule(
      String part,
      Function<@Nullable Object[], List<@Nullable String[]>> rows,
      @Nullable PgError error) {}

  /** Statements with the part give a row of these values. */
  FakeServer answer(String part, @Nullable String... row) {
    return answer(part, parameters -> Collections.singletonList(row));
  }

  /** Statements with the part give rows made of their parameters. */
  FakeServer answer(String part, Function<@Nullable Object[], List<@Nullable String[]>> rows) {
    rules.add(0, new Rule(part, rows, null));
    return this;
  }

  /** Statements with the part fail. */
  FakeServer fail(String part, String code, String message) {
    rules.add(
        0,
        new Rule(
            part,
            parameters -> List.of(),
            new PgError(PgError.Severity.ERROR, code, message, null, null)));
    return this;
  }

  FakeServer insideCallersTransaction() {
    callersTransaction = true;
    return this;
  }

  /** The statements so far, with their parameters. */
  List<String> log() {
    return List.copyOf(log);
  }

  /** How many statements with the part there were. */
  long count(String part) {
    return log().stream().filter(line -> line.contains(part)).count();
  }

  /** Whether every conversation was closed. */
  boolean allClosed() {
    return opened == closed;
  }

  @Override
  public SqlSession open() {
    opened++;
    return new Session();
  }

  private final class Session implements SqlSession {
    @Override
    public SqlResult query(String sql, @Nullable Object... parameters) throws PgErrorException {
      log.add(parameters.length == 0 ? sql : sql + " " + Arrays.toString(parameters));
      for (Rule rule : List.copyOf(rules)) {
        if (sql.contains(rule.part())) {
          PgError error = rule.error();
          if (error != null) {
            throw error.toException();
          }
          List<@Nullable String[]> rows = rule.rows().apply(parameters);
          return new SqlResult(List.of(), List.of(), rows, "SELECT " + rows.size());
        }
      }
      return new SqlResult(List.of(), List.of(), List.of(), "SELECT 0");
    }

    @Override
    public String copyOut(String sql, CopySink sink) throws PgErrorException {
      log.add(sql);
      ByteBuf body = Unpooled.buffer();
      sink.accept(body);
      return "COPY 0";
    }

    @Override
    public String copyIn(String sql, CopySource source) {
      log.add(sql);
      int bytes = 0;
      for (byte[] chunk = source.next(); chunk != null; chunk = source.next()) {
        bytes += chunk.length;
      }
      return "COPY " + bytes;
    }

    @Override
    public boolean callersTransaction() {
      return callersTransaction;
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
