package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.FrameScanner;
import org.pglynx.proxy.wire.FrontendTag;

/** What has been announced of which the answers are merged, and by which columns. */
final class Executions {
  private static final int[] NO_TYPES = {};

  /** Rows of which none is looked at. */
  static final MergeRun AS_THEY_COME = new MergeRun(MergePlan.CONCAT, Formats.ALL_TEXT);

  /** The types of a statement's columns, as far as they are known yet. */
  private static final class Columns {
    private int[] types;

    Columns(int[] types) {
      this.types = types;
    }
  }

  /** What is executed; a Query ends with its batch only. */
  private record Execution(MergeRun run, Columns columns, boolean query) {}

  /** A Describe: which of the two it asks for is told by its answer. */
  private record Describe(Columns statement, Columns portal) {
    boolean tells(Columns columns) {
      return statement == columns || portal == columns;
    }
  }

  private final Supplier<BitSet> shards;
  private final ArrayDeque<Execution> announced = new ArrayDeque<>();
  private final ArrayDeque<Describe> describes = new ArrayDeque<>();
  private MergeRun next = AS_THEY_COME;
  private Columns unnamed = new Columns(NO_TYPES);
  private final Map<String, Execution> portals = new HashMap<>();
  private String portal = "";

  /** The prepared statement used last, and its columns. */
  private @Nullable Object prepared;

  private Columns preparedColumns = unnamed;

  /** Whether the frame announced next is about that statement. */
  private boolean usesPrepared;

  /** Whether a ParameterDescription has come, as before a statement's columns. */
  private boolean parametersDescribed;

  private @Nullable RowMerger rows;
  private int count;

  /**
   * Nothing yet.
   *
   * @param shards those that what is announced goes to
   */
  Executions(Supplier<BitSet> shards) {
    this.shards = shards;
  }

  /**
   * Of the frame that comes next.
   *
   * @param run how its answers are merged, if it is a Query or Bind
   * @param named the portal that it is about
   */
  void merging(MergeRun run, String named) {
    next = run;
    portal = named;
  }

  /** The portal is no more; only while nothing is announced. */
  void closed(String name) {
    portals.remove(name);
  }

  /** How many portals are known. */
  int portals() {
    return portals.size();
  }

  private Execution bound() {
    Execution known = portals.get(portal);
    return known == null ? new Execution(AS_THEY_COME, unnamed, false) : known;
  }

  void announced(byte tag) {
    switch (tag) {
      case FrontendTag.QUERY -> add(new Execution(takeNext(), new Columns(NO_TYPES), true));
      case FrontendTag.PARSE -> unnamed = new Columns(NO_TYPES);
      case FrontendTag.BIND -> portals.put(portal, new Execution(takeNext(), takeUsed(), false));
      case FrontendTag.DESCRIBE -> describes.add(new Describe(takeUsed(), bound().columns()));
      case FrontendTag.EXECUTE -> add(bound());
      default -> {
        // Has no rows.
      }
    }
  }

  private void add(Execution execution) {
    announced.add(execution);
    count++;
  }

  /** Whether nothing else has been executed since the last ReadyForQuery. */
  boolean alone() {
    return count == 1;
  }

  /**
   * The frame announced next executes so.
   *
   * @return false if that cannot be, as nobody will say what the columns are
   */
  boolean streams(MergeRun run, boolean query) {
    if (query) {
      next = run;
      return true;
    }
    Columns columns = bound().columns();
    boolean known =
        columns.types.length > 0 || describes.stream().anyMatch(each -> each.tells(columns));
    if (known) {
      portals.put(portal, new Execution(run, columns, false));
    }
    return known;
  }

  /** A frame executes so, whose columns are of these types. */
  void executes(MergeRun run, boolean query, int[] types) {
    add(new Execution(run, new Columns(query ? NO_TYPES : types), query));
  }

  /** The rows of the answer in hand could not be merged as was meant. */
  void mergeFailed() {
    Execution execution = announced.peek();
    if (execution != null) {
      execution.run().failed().run();
    }
  }

  private MergeRun takeNext() {
    MergeRun run = next;
    next = AS_THEY_COME;
    return run;
  }

  private Columns takeUsed() {
    boolean named = usesPrepared;
    usesPrepared = false;
    return named ? preparedColumns : unnamed;
  }

  /** The frame announced next uses a prepared statement, whose columns are known or not. */
  void uses(Object statement, @Nullable StatementShape shape) {
    usesPrepared = true;
    if (shape != null) {
      preparedColumns = new Columns(types(shape.columns()));
    } else if (!statement.equals(prepared)) {
      preparedColumns = new Columns(NO_TYPES);
    }
    prepared = statement;
  }

  private static int[] types(byte[] columns) {
    int[] found = new int[8];
    int count = 0;
    int at = 0;
    while (at < columns.length) {
      while (columns[at] != 0) {
        at++;
      }
      found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
      found[count++] = ByteBuffer.wrap(columns).getInt(at + 1);
      at += 1 + 2 * Integer.BYTES;
    }
    return Arrays.copyOf(found, count);
  }

  /** What begins an answer is passed on. */
  void described(ByteBuf buffer, int offset) {
    switch (buffer.getByte(offset)) {
      case BackendTag.PARAMETER_DESCRIPTION -> parametersDescribed = true;
      case BackendTag.NO_DATA -> takeDescribed();
      case BackendTag.ROW_DESCRIPTION -> {
        Columns columns = takeDescribed();
        if (columns != null) {
          columns.types = types(buffer, offset);
        }
      }
      default -> {
        // Says nothing of columns.
      }
    }
  }

  /** Of what the columns are described. */
  private @Nullable Columns takeDescribed() {
    boolean statement = parametersDescribed;
    parametersDescribed = false;
    Describe describe = describes.poll();
    if (describe != null) {
      return statement ? describe.statement() : describe.portal();
    }
    Execution execution = announced.peek();
    return execution != null && execution.query() ? execution.columns() : null;
  }

  /** The types that a ParameterDescription tells. */
  static int[] parameters(ByteBuf buffer, int offset) {
    int at = offset + FrameScanner.HEADER;
    int[] found = new int[buffer.getUnsignedShort(at)];
    for (int i = 0; i < found.length; i++) {
      found[i] = buffer.getInt(at + Short.BYTES + Integer.BYTES * i);
    }
    return found;
  }

  /** The types that a RowDescription tells. */
  static int[] types(ByteBuf buffer, int offset) {
    int at = offset + FrameScanner.HEADER;
    int[] found = new int[buffer.getUnsignedShort(at)];
    at += Short.BYTES;
    for (int i = 0; i < found.length; i++) {
      at = buffer.indexOf(at, buffer.writerIndex(), (byte) 0) + 1;
      // Behind the table and the column in it; a length, a modifier and a format follow.
      found[i] = buffer.getInt(at + 6);
      at += 18;
    }
    return found;
  }

  /** What makes the rows of the answer in hand; null if they pass on as they come. */
  @Nullable RowMerger rows() {
    Execution execution = announced.peek();
    if (rows == null && execution != null) {
      short[] formats = execution.run().formats();
      int[] types = execution.columns().types;
      rows =
          switch (execution.run().plan()) {
            case MergePlan.Concat concat -> null;
            case MergePlan.Same same -> new FirstRows();
            case MergePlan.Sequence sequence -> new SequencedRows(sequence);
            case MergePlan.Ordered ordered ->
                new OrderedRows(ordered, types, formats, shards.get());
            case MergePlan.Fold fold ->
                new FoldedRow(fold, types, formats, shards.get().cardinality());
            case MergePlan.Copied copied -> new CopiedRows(copied.layout());
          };
    }
    return rows;
  }

  /** Whether rows of the answer in hand are merged, and do not pass on as they come. */
  boolean merges() {
    Execution execution = announced.peek();
    return execution != null && !(execution.run().plan() instanceof MergePlan.Concat);
  }

  /** Whether all must answer the same. */
  boolean same() {
    Execution execution = announced.peek();
    return execution != null && execution.run().plan() instanceof MergePlan.Same;
  }

  /** The answer in hand has ended. */
  void ended() {
    rows = null;
    Execution execution = announced.peek();
    if (execution != null && !execution.query()) {
      announced.remove();
    }
  }

  /**
   * All that was announced is answered.
   *
   * @param outside whether no transaction is open, and so no portal
   */
  void over(boolean outside) {
    if (outside) {
      portals.clear();
    }
    announced.clear();
    describes.clear();
    parametersDescribed = false;
    count = 0;
    rows = null;
  }
}
