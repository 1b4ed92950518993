package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.FUNCTION_CALL;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;
import static org.pglynx.proxy.wire.FrontendTag.SYNC;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.ErrorFields;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.PgError;

/**
 * Remembers which text a session runs, where somebody wants to know: the beginning of it is copied
 * over that of the one before, so a statement allocates nothing. Confined to the session's loop.
 *
 * <p>A session that has sent more before an answer has but one text, the last one's, and says so.
 */
final class StatementTrace {
  /** Of a text; as much as Postgres' track_activity_query_size. */
  static final int KEPT = 1024;

  /** Names that a session in session mode has parsed; of others the text is not known. */
  private static final int MOST_NAMES = 64;

  private static final byte[] UNKNOWN = "<prepared statement>".getBytes(StandardCharsets.US_ASCII);

  private final Session session;
  private final StatementLog log;
  private final @Nullable SessionSpans spans;
  private final @Nullable QueryTrace queries;
  private final Map<String, byte[]> parsed = new HashMap<>();
  private byte[] copy = new byte[256];
  private int length;
  private boolean whole = true;

  /** Instead of the copy: the body of a Parse that is kept anyway, or an own one. */
  private byte @Nullable [] definition;

  private boolean open;
  private boolean ended;
  private boolean ahead;
  private int statements;

  /**
   * Of a session that has sent nothing yet.
   *
   * @param queries logs all statements; null if nobody wants that
   */
  StatementTrace(Session session, StatementLog log, @Nullable QueryTrace queries) {
    this.session = session;
    this.log = log;
    this.spans = log.traces().wanted() ? new SessionSpans(session, log.traces()) : null;
    this.queries = queries;
  }

  /** How much of a frame must be there. */
  int wanted(byte tag, int frame) {
    return switch (tag) {
      case QUERY -> Math.min(frame, FrameScanner.HEADER + kept() + 1);
      case PARSE -> Math.min(frame, FrameScanner.HEADER + NameField.LONGEST + kept() + 1);
      case BIND -> Math.min(frame, FrameScanner.HEADER + 2 * NameField.LONGEST);
      default -> 0;
    };
  }

  /** A comment that names a trace stands behind the statement. */
  private int kept() {
    return spans == null ? KEPT : SessionSpans.WHOLE;
  }

  /** A frame is looked at, perhaps again. */
  void frame(
      ExtendedQueries extended, byte tag, ByteBuf buffer, int offset, int available, int size) {
    int body = offset + FrameScanner.HEADER;
    int end = offset + Math.min(available, size);
    switch (tag) {
      case QUERY -> {
        definition = null;
        keep(buffer, body, end);
        if (spans != null) {
          spans.text(buffer, body, end);
        }
      }
      case FUNCTION_CALL -> called();
      case PARSE -> parsed(buffer, body, end);
      case BIND -> bound(extended, buffer, body, end);
      case SYNC -> {
        ended = true;
        if (spans != null) {
          spans.sync();
        }
      }
      default -> {}
    }
  }

  private void called() {
    definition = null;
    length = 0;
    whole = true;
    if (spans != null) {
      spans.noText();
    }
  }

  private void keep(ByteBuf buffer, int from, int end) {
    int zero = from >= end ? -1 : buffer.indexOf(from, end, (byte) 0);
    int size = (zero < 0 ? Math.max(end, from) : zero) - from;
    whole = zero >= 0 && size <= KEPT;
    length = Math.min(size, KEPT);
    if (copy.length < length) {
      copy = new byte[KEPT];
    }
    buffer.getBytes(from, copy, 0, length);
  }

  private void parsed(ByteBuf buffer, int name, int end) {
    int zero = name >= end ? -1 : buffer.indexOf(name, end, (byte) 0);
    if (zero >= 0 && spans != null) {
      // Whoever is refused a server has come no further than this.
      spans.text(buffer, zero + 1, end);
    }
    if (zero < 0 || zero > name && !session.profile().sessionPooling()) {
      // With transaction pooling the definitions of names are kept anyway.
      return;
    }
    String named = buffer.toString(name, zero - name, StandardCharsets.ISO_8859_1);
    if (parsed.size() >= MOST_NAMES && !parsed.containsKey(named)) {
      parsed.clear();
    }
    int size = Math.min(kept() + 1, end - zero - 1);
    byte[] text = new byte[size];
    buffer.getBytes(zero + 1, text);
    parsed.put(named, text);
  }

  private void bound(ExtendedQueries extended, ByteBuf buffer, int portal, int end) {
    int portalEnd = portal >= end ? -1 : buffer.indexOf(portal, end, (byte) 0);
    int nameEnd = portalEnd < 0 ? -1 : buffer.indexOf(portalEnd + 1, end, (byte) 0);
    if (nameEnd < 0) {
      return;
    }
    int name = portalEnd + 1;
    byte[] known = extended.definition(buffer, name, nameEnd - name);
    definition =
        known != null
            ? known
            : parsed.getOrDefault(
                buffer.toString(name, nameEnd - name, StandardCharsets.ISO_8859_1), UNKNOWN);
    if (spans != null) {
      spans.text(definition);
    }
  }

  /** A statement is passed on. */
  void passed() {
    if (open && ended) {
      ahead = true;
    }
    boolean begins = !open || ended;
    statements = begins ? 1 : statements + 1;
    if (queries != null) {
      queries.passed(begins, this);
    }
    open = true;
    // A Query ends itself, a batch with its Sync.
    ended = definition == null;
    if (spans != null) {
      spans.passed(ended);
    }
  }

  /**
   * A batch or a Query has been answered.
   *
   * @param nanos how long it took; negative if there was nothing to answer
   * @param more whether others are under way
   */
  void answered(long nanos, boolean more) {
    if (nanos >= log.slowNanos()) {
      log.slow(slow(nanos, session.serverName()));
    }
    if (spans != null && nanos >= 0) {
      spans.answered(more);
    }
    if (queries != null && nanos >= 0) {
      queries.answered(nanos, more, session.serverName());
    }
    open = more;
    if (!more) {
      ahead = false;
      statements = 0;
    }
  }

  /** The proxy itself has answered. */
  void answeredHere(long nanos) {
    if (nanos >= log.slowNanos()) {
      log.slow(slow(nanos, ""));
    }
    if (queries != null) {
      queries.answeredHere(nanos, this);
    }
    if (spans != null) {
      spans.answeredHere();
    }
  }

  /** The server reports an error. */
  void failed(ByteBuf buffer, int offset, int size) {
    if (spans != null) {
      spans.failed(ErrorFields.field(buffer, offset, size, 'C'));
    }
  }

  /** The proxy reports an error. */
  void failedHere(PgError error) {
    if (spans != null) {
      spans.failedHere(error.code());
    }
  }

  /** The server is lost. */
  void lost(PgError error) {
    if (queries != null) {
      queries.lost();
    }
    open = false;
    ended = false;
    ahead = false;
    statements = 0;
    if (spans != null) {
      spans.lost(error.code());
    }
  }

  private SlowStatement slow(long nanos, String server) {
    return new SlowStatement(
        session.id(),
        session.profile().database(),
        session.profile().user(),
        session.clientParameters().applicationName(),
        session.client().remoteAddress(),
        server,
        nanos,
        Math.max(statements, 1),
        ahead,
        text());
  }

  /** A copy of the text now. */
  RunningView.Text text() {
    byte[] known = definition;
    if (known == null) {
      return new RunningView.Text(Arrays.copyOf(copy, length), whole);
    }
    int end = 0;
    while (end < known.length && end < KEPT && known[end] != 0) {
      end++;
    }
    boolean all = end < known.length ? known[end] == 0 : end < KEPT;
    return new RunningView.Text(Arrays.copyOf(known, end), all);
  }
}
