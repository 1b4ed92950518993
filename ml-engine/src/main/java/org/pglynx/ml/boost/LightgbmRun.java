package org.pglynx.ml.boost;

import io.github.metarank.lightgbm4j.LGBMException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import ml.dmlc.xgboost4j.java.util.BigDenseMatrix;
import org.jspecify.annotations.Nullable;

/**
 * What the native library holds of one training; used by one thread at a time, and closed in the
 * end.
 */
final class LightgbmRun {
  private static final long NAME_BYTES = 256;
  private static final long FIRST_TEXT_BYTES = 1 << 20;

  private final String settings;
  private @Nullable Rows handed;
  private @Nullable MemorySegment learnt;
  private @Nullable MemorySegment watched;
  private @Nullable MemorySegment booster;

  LightgbmRun(String settings) {
    this.settings = settings;
  }

  /**
   * Rows as the library is given them.
   *
   * @param cells off the heap and row-major; the library keeps their bins
   */
  record Rows(
      BigDenseMatrix cells, float[] labels, float @Nullable [] weights, int @Nullable [] groups) {}

  /** The next rows to learn from or to watch; from now on their cells are freed here. */
  void hand(Rows rows) {
    handed = rows;
  }

  /** Learns from the rows that were handed over. */
  void learn() throws LGBMException {
    MemorySegment data = take(MemorySegment.NULL);
    learnt = data;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      LightgbmCalls.createBooster(data, arena.allocateFrom(settings), out);
      booster = out.get(ValueLayout.ADDRESS, 0);
    }
  }

  /** Watches the rows that were handed over, which are binned like those to learn from. */
  void watch() throws LGBMException {
    MemorySegment data = take(required(learnt));
    watched = data;
    LightgbmCalls.validateOn(required(booster), data);
  }

  private MemorySegment take(MemorySegment reference) throws LGBMException {
    Rows rows = required(handed);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      BigDenseMatrix cells = rows.cells();
      LightgbmCalls.createDataset(
          MemorySegment.ofAddress(cells.address),
          cells.nrow,
          cells.ncol,
          arena.allocateFrom(settings),
          reference,
          out);
      MemorySegment data = out.get(ValueLayout.ADDRESS, 0);
      try {
        fill(data, rows, arena);
        return data;
      } catch (LGBMException | RuntimeException | Error e) {
        LightgbmCalls.freeDataset(data);
        throw e;
      }
    } finally {
      free();
    }
  }

  private static void fill(MemorySegment data, Rows rows, Arena arena) throws LGBMException {
    setFloats(data, "label", rows.labels(), arena);
    if (rows.weights() != null) {
      setFloats(data, "weight", rows.weights(), arena);
    }
    int @Nullable [] groups = rows.groups();
    if (groups != null) {
      MemorySegment values = arena.allocateFrom(ValueLayout.JAVA_INT, groups);
      MemorySegment name = arena.allocateFrom("group");
      LightgbmCalls.setField(data, name, values, groups.length, LightgbmCalls.INT32);
    }
  }

  private static void setFloats(MemorySegment data, String name, float[] values, Arena arena)
      throws LGBMException {
    MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    MemorySegment field = arena.allocateFrom(name);
    LightgbmCalls.setField(data, field, copy, values.length, LightgbmCalls.FLOAT32);
  }

  private void free() {
    if (handed != null) {
      handed.cells().dispose();
      handed = null;
    }
  }

  /** The name of the metric that decides, which is the first. */
  String metric() throws LGBMException {
    MemorySegment model = required(booster);
    try (Arena arena = Arena.ofConfined()) {
      int count = metrics(model, arena);
      MemorySegment texts = arena.allocate(ValueLayout.ADDRESS, count);
      for (int i = 0; i < count; i++) {
        texts.setAtIndex(ValueLayout.ADDRESS, i, arena.allocate(NAME_BYTES));
      }
      MemorySegment numbers = arena.allocate(ValueLayout.JAVA_LONG, 2);
      LightgbmCalls.nameMetrics(model, count, NAME_BYTES, texts, numbers);
      return texts.get(ValueLayout.ADDRESS, 0).reinterpret(NAME_BYTES).getString(0);
    }
  }

  private static int metrics(MemorySegment model, Arena arena) throws LGBMException {
    MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
    LightgbmCalls.countMetrics(model, count);
    return count.get(ValueLayout.JAVA_INT, 0);
  }

  /** Boosts one round; true when there is nothing left to split. */
  boolean update() throws LGBMException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment finished = arena.allocate(ValueLayout.JAVA_INT);
      LightgbmCalls.update(required(booster), finished);
      return finished.get(ValueLayout.JAVA_INT, 0) == 1;
    }
  }

  /** The metric that decides, of the rows to watch. */
  double score() throws LGBMException {
    MemorySegment model = required(booster);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate(ValueLayout.JAVA_DOUBLE, metrics(model, arena));
      LightgbmCalls.metrics(model, 1, arena.allocate(ValueLayout.JAVA_INT), values);
      return values.get(ValueLayout.JAVA_DOUBLE, 0);
    }
  }

  /** The library's text of the model of so many rounds. */
  String text(int rounds) throws LGBMException {
    MemorySegment model = required(booster);
    long room = FIRST_TEXT_BYTES;
    while (true) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment text = arena.allocate(room);
        MemorySegment needed = arena.allocate(ValueLayout.JAVA_LONG);
        LightgbmCalls.save(model, rounds, needed, text);
        room = needed.get(ValueLayout.JAVA_LONG, 0);
        if (room <= text.byteSize()) {
          return text.getString(0);
        }
      }
    }
  }

  /** Gives all memory back; once is enough. */
  void close() {
    free();
    try {
      if (booster != null) {
        LightgbmCalls.freeBooster(booster);
        booster = null;
      }
      if (watched != null) {
        LightgbmCalls.freeDataset(watched);
        watched = null;
      }
      if (learnt != null) {
        LightgbmCalls.freeDataset(learnt);
        learnt = null;
      }
    } catch (LGBMException e) {
      throw new IllegalStateException("LightGBM does not give its memory back", e);
    }
  }

  private static <T> T required(@Nullable T held) {
    if (held == null) {
      throw new IllegalStateException("rows are learnt from before anything else");
    }
    return held;
  }
}
