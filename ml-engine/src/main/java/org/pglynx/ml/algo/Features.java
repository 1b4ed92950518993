package org.pglynx.ml.algo;

import org.jspecify.annotations.Nullable;

/**
 * The features of a table's rows. They are made block by block for whoever copies them elsewhere;
 * an array of all of them exists once somebody has asked for it. Safe to share between threads.
 */
public final class Features {
  private final int rows;
  private final int width;
  private final Filler filler;
  private volatile float @Nullable [] all;

  private Features(int rows, int width, Filler filler, float @Nullable [] all) {
    this.rows = rows;
    this.width = width;
    this.filler = filler;
    this.all = all;
  }

  /** Makes rows; the same ones give the same features every time. */
  @FunctionalInterface
  public interface Filler {
    /** Requires that there is room for an array of all; throws if there is not. */
    default void requireRoomForAll() {}

    /** Puts rows from (inclusive) to to (exclusive) at the beginning of out, row-major. */
    void fill(int from, int to, float[] out);

    /**
     * Puts one feature of these rows at the beginning of out, if that costs no more than what is
     * put there; else does nothing, and is false.
     */
    default boolean fill(int feature, int from, int to, float[] out) {
      return false;
    }
  }

  /** Features that are made when they are asked for. */
  public static Features made(int rows, int width, Filler filler) {
    return new Features(rows, width, filler, null);
  }

  /** These, row-major; the array is shared. */
  public static Features of(float[] x, int width) {
    return new Features(
        x.length / width,
        width,
        (from, to, out) -> System.arraycopy(x, from * width, out, 0, (to - from) * width),
        x);
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** The number of features of a row. */
  public int width() {
    return width;
  }

  /** All of them, row-major; the array is shared. */
  public float[] all() {
    float[] known = all;
    return known == null ? make() : known;
  }

  private synchronized float[] make() {
    float[] made = all;
    if (made == null) {
      filler.requireRoomForAll();
      made = new float[Math.multiplyExact(rows, width)];
      filler.fill(0, rows, made);
      all = made;
    }
    return made;
  }

  /** Copies rows from (inclusive) to to (exclusive) to the beginning of out, row-major. */
  public void copy(int from, int to, float[] out) {
    filler.fill(from, to, out);
  }

  /**
   * Copies one feature of rows from (inclusive) to to (exclusive) to the beginning of out, where
   * features are kept in columns; else it is false, and rows are to be copied.
   */
  public boolean copy(int feature, int from, int to, float[] out) {
    return filler.fill(feature, from, to, out);
  }

  /** Those of some of the rows, in that order. */
  public Features select(int[] some) {
    return made(some.length, width, new Some(some));
  }

  private final class Some implements Filler {
    private final int[] rows;

    Some(int[] rows) {
      this.rows = rows;
    }

    @Override
    public void requireRoomForAll() {
      filler.requireRoomForAll();
    }

    @Override
    public void fill(int from, int to, float[] out) {
      float[] row = new float[width];
      for (int i = from; i < to; i++) {
        filler.fill(rows[i], rows[i] + 1, row);
        System.arraycopy(row, 0, out, (i - from) * width, width);
      }
    }
  }
}
