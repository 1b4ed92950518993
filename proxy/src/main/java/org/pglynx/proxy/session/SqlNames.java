package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.sql.EffectScan;
import org.pglynx.proxy.sql.SessionEffects;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;
import org.pglynx.proxy.wire.WireText;

/**
 * The statement names in one text of SQL (PREPARE, EXECUTE, DEALLOCATE). In Postgres they and the
 * names of the protocol are the same names; here those of the protocol have others on the server,
 * and so the text is given these.
 *
 * @param text the text with the server's names
 * @param used statements that the server must know ahead of the text
 * @param deallocated what each DEALLOCATE of one name takes away, in the order of the text
 * @param effects what the statements that the text executes leave in the session
 */
record SqlNames(
    byte[] text, List<ServerStatement> used, List<Deallocated> deallocated, int effects) {
  /** Texts with one of these are worth the look. */
  static final int EFFECTS =
      SessionEffects.PREPARE | SessionEffects.EXECUTE | SessionEffects.DEALLOCATE;

  /** A text without names. */
  static final SqlNames NONE = new SqlNames(new byte[0], List.of(), List.of(), 0);

  /** Names of this kind are the pool's own: other clients' statements are behind them. */
  private static final String RESERVED = "pglynx_";

  /**
   * A name that is gone.
   *
   * @param name as the client knows it
   * @param statement what it stood for; null for a statement of SQL, which the server knows by the
   *     same name
   */
  record Deallocated(String name, @Nullable ServerStatement statement) {}

  /** A text that must not reach the server. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient PgError error;

    RefusedException(PgError error) {
      super(error.message());
      this.error = error;
    }

    PgError error() {
      return error;
    }
  }

  /** Whether the text must be sent instead of the client's. */
  boolean changes() {
    return !used.isEmpty();
  }

  /**
   * Reads the names.
   *
   * @param original the client's text
   * @param scan what it has found in the text
   * @param statements the client's statements of the protocol
   */
  static SqlNames of(byte[] original, EffectScan scan, NameTable<ClientStatement> statements)
      throws RefusedException {
    ByteArrayOutputStream text = new ByteArrayOutputStream(original.length + 16);
    List<ServerStatement> used = new ArrayList<>();
    List<Deallocated> deallocated = new ArrayList<>();
    int effects = SessionEffects.NONE;
    int copied = 0;
    for (int i = 0; i < scan.count(); i++) {
      String name = name(original, scan, i);
      if (name == null || !SessionEffects.any(scan.effect(i), EFFECTS)) {
        continue;
      }
      ClientStatement known = find(statements, name);
      check(scan.effect(i), name, known);
      ServerStatement statement = onServer(known);
      if (known instanceof ClientStatement.OnServer executed) {
        effects |= executed.effects();
      }
      if (scan.effect(i) == SessionEffects.DEALLOCATE) {
        deallocated.add(new Deallocated(name, statement));
      }
      if (statement != null) {
        used.add(statement);
        text.write(original, copied, scan.nameStart(i) - copied);
        text.writeBytes(statement.name());
        copied = scan.nameEnd(i);
      }
    }
    text.write(original, copied, original.length - copied);
    return new SqlNames(text.toByteArray(), used, deallocated, effects);
  }

  /** A name of other bytes than UTF-8 is not to be taken for another one. */
  private static @Nullable String name(byte[] original, EffectScan scan, int index) {
    String name = scan.name(index);
    return name == null || name.indexOf('\uFFFD') < 0
        ? name
        : EffectScan.read(WireText.decode(original, scan.nameStart(index), scan.nameEnd(index)));
  }

  static @Nullable ClientStatement find(NameTable<ClientStatement> statements, String name) {
    byte[] bytes = WireText.encode(name);
    ByteBuf key = Unpooled.wrappedBuffer(bytes);
    return bytes.length == 0 ? null : statements.find(key, 0, bytes.length);
  }

  private static void check(int effect, String name, @Nullable ClientStatement known)
      throws RefusedException {
    if (known == null && name.startsWith(RESERVED)) {
      throw new RefusedException(
          effect == SessionEffects.PREPARE ? reserved(name) : StatementErrors.doesNotExist(name));
    }
    if (effect == SessionEffects.PREPARE && known != null) {
      throw new RefusedException(StatementErrors.exists(name));
    }
    if (known != null && onServer(known) == null) {
      throw new RefusedException(
          PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "prepared statement \""
                      + name
                      + "\" is answered by the proxy, and cannot be used"
                      + " by name in SQL")
              .withHint("Use Bind, Execute and Close of the extended protocol."));
    }
  }

  private static @Nullable ServerStatement onServer(@Nullable ClientStatement known) {
    return switch (known) {
      case ClientStatement.OnServer statement -> statement.statement();
      // Executed by name its rows would come as they are.
      case ClientStatement.Rewritten rewritten -> null;
      case ClientStatement.Local local -> null;
      case null -> null;
    };
  }

  private static PgError reserved(String name) {
    return PgError.error(
        SqlState.FEATURE_NOT_SUPPORTED,
        "prepared statement name \""
            + name
            + "\" is reserved: \""
            + RESERVED
            + "\" begins the"
            + " names of statements that clients share");
  }
}
