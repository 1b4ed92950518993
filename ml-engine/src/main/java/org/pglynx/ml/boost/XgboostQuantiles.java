package org.pglynx.ml.boost;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Map;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoostError;
import ml.dmlc.xgboost4j.java.util.BigDenseMatrix;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.boost.XgboostRun.Rows;

/**
 * Rows as XGBoost's QuantileDMatrix: sorted into bins as they are handed over, where a DMatrix
 * first keeps them as pairs of a feature's number and its value, twice their size, and is sorted
 * into bins by the first round. The trees are the same to the last bit. XGBoost4J has no class for
 * it without a GPU, so that the library's C interface is called.
 *
 * <p>The library asks for the rows four times: to count, to find the bins, to fill them by row and
 * by column. They are one batch.
 */
final class XgboostQuantiles {
  private static final int DEFAULT_BINS = 256;

  private static final FunctionDescriptor OF_HANDLE_AND_TEXT =
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);

  private final MemorySegment proxy;
  private final MemorySegment batch;
  private boolean given;

  private XgboostQuantiles(MemorySegment proxy, MemorySegment batch) {
    this.proxy = proxy;
    this.batch = batch;
  }

  /** Whether the trees of these settings are built from bins, and from nothing else. */
  static boolean suit(Map<String, Object> settings, Rows rows) {
    return "hist".equals(settings.get("tree_method"))
        && "gbtree".equals(settings.getOrDefault("booster", "gbtree"))
        // Weights of rows count where bins are found, and those of groups have a way of their own.
        && rows.weights() == null
        && rows.groups() == null;
  }

  /** Makes a matrix of the rows' cells; without labels. */
  static DMatrix of(Map<String, Object> settings, Rows rows) throws XGBoostError {
    float @Nullable [][] cuts = rows.cuts();
    if (cuts == null) {
      return made(settings, rows.cells(), MemorySegment.NULL);
    }
    BigDenseMatrix values = smallest(cuts);
    try {
      Made reference = made(settings, values, MemorySegment.NULL);
      try {
        return made(settings, rows.cells(), reference.address());
      } finally {
        reference.dispose();
      }
    } finally {
      values.dispose();
    }
  }

  /**
   * The smallest matrix that the library cuts into the same bins: it has no more values in a column
   * than there are cuts, so that each is one.
   */
  private static BigDenseMatrix smallest(float[][] cuts) {
    int most = Arrays.stream(cuts).mapToInt(column -> column.length).max().orElse(0);
    BigDenseMatrix matrix = new BigDenseMatrix(Math.max(1, most), cuts.length);
    for (int row = 0; row < matrix.nrow; row++) {
      for (int column = 0; column < cuts.length; column++) {
        boolean given = row < cuts[column].length;
        matrix.set(row, column, given ? cuts[column][row] : Float.NaN);
      }
    }
    return matrix;
  }

  private static Made made(Map<String, Object> settings, BigDenseMatrix cells, MemorySegment cuts)
      throws XGBoostError {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
      check((int) Functions.CREATE_PROXY.invokeExact(out));
      MemorySegment proxy = out.get(ValueLayout.ADDRESS, 0);
      try {
        XgboostQuantiles source =
            new XgboostQuantiles(proxy, arena.allocateFrom(description(cells)));
        MemorySegment options = arena.allocateFrom(options(settings));
        check(
            (int)
                Functions.CREATE.invokeExact(
                    MemorySegment.NULL,
                    proxy,
                    cuts,
                    source.reset(arena),
                    source.next(arena),
                    options,
                    out));
        return new Made(out.get(ValueLayout.JAVA_LONG, 0));
      } finally {
        check((int) Functions.FREE.invokeExact(proxy));
      }
    } catch (XGBoostError | RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) { // what invokeExact declares
      throw new IllegalStateException(impossible);
    }
  }

  private static String options(Map<String, Object> settings) {
    return "{\"missing\": NaN, \"nthread\": %s, \"max_bin\": %d}"
        .formatted(settings.getOrDefault("nthread", 1), maxBins(settings));
  }

  /** How many bins a column has at most. */
  static int maxBins(Map<String, Object> settings) {
    return Integer.parseInt(settings.getOrDefault("max_bin", DEFAULT_BINS).toString());
  }

  /** NumPy's array interface, version 3. */
  private static String description(BigDenseMatrix cells) {
    return "{\"data\": [%d, true], \"shape\": [%d, %d], \"typestr\": \"<f4\", \"version\": 3}"
        .formatted(cells.address, cells.nrow, cells.ncol);
  }

  /** Called by the library; whatever it throws would end the process. */
  @SuppressWarnings("unused") // by name, as next
  private void reset(MemorySegment ignored) {
    given = false;
  }

  private int next(MemorySegment ignored) {
    if (given) {
      return 0;
    }
    given = true;
    try {
      // A failure leaves the library without rows, which it tells of.
      return (int) Functions.SET_DENSE.invokeExact(proxy, batch) == 0 ? 1 : 0;
    } catch (Throwable impossible) { // what invokeExact declares
      return 0;
    }
  }

  private MemorySegment reset(Arena arena) throws ReflectiveOperationException {
    return stub("reset", MethodType.methodType(void.class, MemorySegment.class), arena);
  }

  private MemorySegment next(Arena arena) throws ReflectiveOperationException {
    return stub("next", MethodType.methodType(int.class, MemorySegment.class), arena);
  }

  private MemorySegment stub(String name, MethodType type, Arena arena)
      throws ReflectiveOperationException {
    MethodHandle method =
        MethodHandles.lookup().findVirtual(XgboostQuantiles.class, name, type).bindTo(this);
    FunctionDescriptor descriptor =
        type.returnType() == void.class
            ? FunctionDescriptor.ofVoid(ValueLayout.ADDRESS)
            : FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    return Linker.nativeLinker().upcallStub(method, descriptor, arena);
  }

  private static void check(int result) throws Throwable {
    if (result != 0) {
      MemorySegment message = (MemorySegment) Functions.LAST_ERROR.invokeExact();
      throw new XGBoostError(message.reinterpret(Long.MAX_VALUE).getString(0));
    }
  }

  /** A matrix that was made without XGBoost4J, which it is given back by all the same. */
  private static final class Made extends DMatrix {
    Made(long handle) {
      super(handle);
    }

    MemorySegment address() {
      return MemorySegment.ofAddress(handle);
    }
  }

  /** Of the library that XGBoost4J has loaded. */
  private static final class Functions {
    private static final SymbolLookup LIBRARY = loaded();
    static final MethodHandle CREATE_PROXY =
        find(
            "XGProxyDMatrixCreate",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    static final MethodHandle FREE =
        find("XGDMatrixFree", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    static final MethodHandle SET_DENSE = find("XGProxyDMatrixSetDataDense", OF_HANDLE_AND_TEXT);
    static final MethodHandle LAST_ERROR =
        find("XGBGetLastError", FunctionDescriptor.of(ValueLayout.ADDRESS));
    static final MethodHandle CREATE =
        find(
            "XGQuantileDMatrixCreateFromCallback",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));

    private Functions() {}

    /** XGBoost4J loads it when it is first called. */
    private static SymbolLookup loaded() {
      try {
        new DMatrix(new float[1], 1, 1, Float.NaN).dispose();
      } catch (XGBoostError e) {
        throw new IllegalStateException("XGBoost cannot be called", e);
      }
      return SymbolLookup.loaderLookup();
    }

    private static MethodHandle find(String name, FunctionDescriptor type) {
      return Linker.nativeLinker().downcallHandle(LIBRARY.findOrThrow(name), type);
    }
  }
}
