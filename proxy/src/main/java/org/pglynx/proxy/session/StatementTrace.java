package org.pglynx.proxy.session;

import static org.pglynx.proxy.wire.FrontendTag.BIND;
import static org.pglynx.proxy.wire.FrontendTag.PARSE;
import static org.pglynx.proxy.wire.FrontendTag.QUERY;
import static org.pglynx.proxy.wire.FrontendTag.SYNC;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.FrameScanner;

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

  StatementTrace(Session session, StatementLog log) {
    this.session = session;
    this.log = log;
  }

  /** How much of a frame must be there. */
  int wanted(byte tag, int frame) {
    return switch (tag) {
      case QUERY -> Math.min(frame, FrameScanner.HEADER + KEPT + 1);
      case PARSE -> Math.min(frame, FrameScanner.HEADER + NameField.LONGEST + KEPT + 1);
      case BIND -> Math.min(frame, FrameScanner.HEADER + 2 * NameField.LONGEST);
      default -> 0;
    };
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
      }
      case PARSE -> parsed(buffer, body, end);
      case BIND -> bound(extended, buffer, body, end);
      case SYNC -> ended = true;
      default -> {}
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
    if (zero < 0 || zero > name && !session.profile().sessionPooling()) {
      // With transaction pooling the definitions of names are kept anyway.
      return;
    }
    String named = buffer.toString(name, zero - name, StandardCharsets.ISO_8859_1);
    if (parsed.size() >= MOST_NAMES && !parsed.containsKey(named)) {
      parsed.clear();
    }
    int size = Math.min(KEPT + 1, end - zero - 1);
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
  }

  /** A statement is passed on. */
  void passed() {
    if (open && ended) {
      ahead = true;
    }
    statements = open && !ended ? statements + 1 : 1;
    open = true;
    // A Query ends itself, a batch with its Sync.
    ended = definition == null;
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
