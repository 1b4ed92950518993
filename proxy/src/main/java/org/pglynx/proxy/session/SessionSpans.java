package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;

/**
 * Which statements of a session belong to traces: what names its trace in a comment, and says that
 * it is kept, is told when it has been answered. Nothing else allocates. Confined to the session's
 * loop.
 *
 * <p>Answers come in the order of what was sent, one for each Query and each batch, so a queue says
 * whose answer it is.
 *
 * <pre>
 *   seen ──► PENDING ──passed on──► UNDER WAY ──answered, or the server is lost──► told
 *               └──────────answered here, or refused──────────────────────────────► told
 * </pre>
 */
final class SessionSpans {
  /** Of a text; what is longer is looked at from its beginning only. */
  static final int WHOLE = 16 << 10;

  private static final RunningView.Text NO_TEXT = new RunningView.Text(new byte[0], true);

  /** What one answer will be for. */
  private static final class Work {
    private final @Nullable String parent;
    private final RunningView.Text text;
    private final long seenNanos;
    private final long waitNanos;
    private int statements = 1;
    private @Nullable String error;

    Work(@Nullable String parent, RunningView.Text text, long seenNanos, long waitNanos) {
      this.parent = parent;
      this.text = text;
      this.seenNanos = seenNanos;
      this.waitNanos = waitNanos;
    }
  }

  private static final Work UNTRACED = new Work(null, NO_TEXT, 0, 0);

  private final Session session;
  private final TraceSink sink;
  private final ArrayDeque<Work> underWay = new ArrayDeque<>();
  private byte[] read = new byte[0];
  private @Nullable String parent;
  private boolean pending;
  private boolean batch;

  /** Something was under way before it was looked at: its answers are nobody's. */
  private boolean blind;

  private long seenNanos;

  SessionSpans(Session session, TraceSink sink) {
    this.session = session;
    this.sink = sink;
    Upstream server = session.upstream();
    this.blind = server != null && !server.drained();
  }

  // ---- what is sent --------------------------------------------------------------------------

  /** A text, perhaps again; it ends where the bytes do, or at their first zero. */
  void text(ByteBuf buffer, int from, int end) {
    seen();
    int size = Math.min(Math.max(end - from, 0), WHOLE);
    if (read.length < size) {
      read = new byte[Math.max(size, TraceParent.LOOKED_AT)];
    }
    buffer.getBytes(from, read, 0, size);
    statement(read, size);
  }

  /** The text of a statement that is kept anyway. */
  void text(byte[] known) {
    seen();
    statement(known, known.length);
  }

  private void statement(byte[] text, int size) {
    int end = 0;
    while (end < size && text[end] != 0) {
      end++;
    }
    parent = TraceParent.sampled(text, 0, end);
    pending = true;
  }

  /** A statement that has no text. */
  void noText() {
    seen();
    parent = null;
    pending = true;
  }

  private void seen() {
    if (seenNanos == 0) {
      seenNanos = System.nanoTime();
    }
  }

  /** Sync: the batch ends. */
  void sync() {
    if (!batch && !underWay.isEmpty()) {
      // It has an answer of its own, which is nobody's.
      underWay.add(UNTRACED);
    }
    batch = false;
    seenNanos = 0;
  }

  /**
   * The statement is passed on.
   *
   * @param endsItself whether it needs no Sync
   */
  void passed(boolean endsItself) {
    pending = false;
    if (blind) {
      return;
    }
    if (batch && !endsItself) {
      further();
      return;
    }
    underWay.add(parent == null ? UNTRACED : work());
    batch = !endsItself;
    seenNanos = 0;
  }

  /** One more of a batch: it is told as one, of the first trace that it names. */
  private void further() {
    Work last = underWay.peekLast();
    if (last == null || last.parent == null) {
      if (parent != null) {
        underWay.pollLast();
        underWay.add(work());
      }
    } else {
      last.statements++;
    }
  }

  private Work work() {
    long wait = seenNanos == 0 ? 0 : System.nanoTime() - seenNanos;
    return new Work(parent, textNow(), System.nanoTime() - wait, wait);
  }

  private RunningView.Text textNow() {
    StatementTrace texts = session.activity().trace();
    return texts == null ? NO_TEXT : texts.text();
  }

  // ---- what comes of it ----------------------------------------------------------------------

  /** The server reports an error. */
  void failed(@Nullable String code) {
    mark(underWay.peekFirst(), code);
  }

  /** The proxy reports an error: the statement in hand has failed, or one that was passed on. */
  void failedHere(String code) {
    if (!pending) {
      mark(underWay.peekLast(), code);
      return;
    }
    if (parent != null) {
      Work refused = work();
      mark(refused, code);
      tell(refused, "");
    }
    handled();
  }

  private static void mark(@Nullable Work work, @Nullable String code) {
    if (work != null && work.parent != null && work.error == null) {
      work.error = code == null ? "" : code;
    }
  }

  /** What was passed on has been answered. */
  void answered(boolean more) {
    Work done = underWay.pollFirst();
    if (done != null) {
      tell(done, session.serverName());
    }
    if (!more) {
      underWay.clear();
      blind = false;
    }
  }

  /** The proxy has answered the statement in hand. */
  void answeredHere() {
    if (pending && parent != null) {
      tell(new Work(parent, textNow(), seenNanos, 0), "");
    }
    handled();
  }

  private void handled() {
    pending = false;
    parent = null;
    seenNanos = 0;
  }

  /** The server is lost, and with it what it was at. */
  void lost(String code) {
    for (Work each : underWay) {
      mark(each, code);
      tell(each, "");
    }
    underWay.clear();
    batch = false;
    blind = false;
  }

  private void tell(Work work, String server) {
    String trace = work.parent;
    if (trace == null) {
      return;
    }
    sink.take(
        new TracedStatement(
            trace,
            session.id(),
            session.profile().database(),
            session.profile().user(),
            session.clientParameters().applicationName(),
            session.client().remoteAddress(),
            server,
            Instant.now(),
            System.nanoTime() - work.seenNanos,
            work.waitNanos,
            work.statements,
            work.text,
            work.error));
  }
}
