package org.pglynx.ml.boost;

import io.github.metarank.lightgbm4j.LGBMException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C interface of the LightGBM that {@link LightgbmLibrary} has loaded, without LightGBM4J in
 * between: that copies rows into the library number by number, in Java, which can neither be
 * cancelled nor run where only idle cores are used.
 */
final class LightgbmCalls {
  /** Types of a field's values. */
  static final int FLOAT32 = 0;

  static final int INT32 = 2;

  /** Where the second of two numbers is, of which the first may be an int. */
  static final long SECOND = 8;

  /** Importances in a model's text are sums of gains. */
  private static final int BY_GAIN = 1;

  private static final ValueLayout INT = ValueLayout.JAVA_INT;
  private static final ValueLayout LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout POINTER = ValueLayout.ADDRESS;

  private static final SymbolLookup LIBRARY = SymbolLookup.loaderLookup();

  private static final MethodHandle DATASET =
      find("LGBM_DatasetCreateFromMat", POINTER, INT, INT, INT, INT, POINTER, POINTER, POINTER);
  private static final MethodHandle SET_FIELD =
      find("LGBM_DatasetSetField", POINTER, POINTER, POINTER, INT, INT);
  private static final MethodHandle FREE_DATASET = find("LGBM_DatasetFree", POINTER);
  private static final MethodHandle BOOSTER = find("LGBM_BoosterCreate", POINTER, POINTER, POINTER);
  private static final MethodHandle VALIDATE = find("LGBM_BoosterAddValidData", POINTER, POINTER);
  private static final MethodHandle UPDATE = find("LGBM_BoosterUpdateOneIter", POINTER, POINTER);
  private static final MethodHandle EVAL_COUNTS =
      find("LGBM_BoosterGetEvalCounts", POINTER, POINTER);
  private static final MethodHandle EVAL_NAMES =
      find("LGBM_BoosterGetEvalNames", POINTER, INT, POINTER, LONG, POINTER, POINTER);
  private static final MethodHandle EVAL =
      find("LGBM_BoosterGetEval", POINTER, INT, POINTER, POINTER);
  private static final MethodHandle SAVE =
      find("LGBM_BoosterSaveModelToString", POINTER, INT, INT, INT, LONG, POINTER, POINTER);
  private static final MethodHandle FREE_BOOSTER = find("LGBM_BoosterFree", POINTER);
  private static final MethodHandle LAST_ERROR =
      Linker.nativeLinker()
          .downcallHandle(LIBRARY.findOrThrow("LGBM_GetLastError"), FunctionDescriptor.of(POINTER));

  private LightgbmCalls() {}

  private static MethodHandle find(String name, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(LIBRARY.findOrThrow(name), FunctionDescriptor.of(INT, arguments));
  }

  /** Row-major floats as a data set, in the bins of another one unless that is NULL. */
  static void createDataset(
      MemorySegment cells,
      int rows,
      int width,
      MemorySegment settings,
      MemorySegment reference,
      MemorySegment out)
      throws LGBMException {
    check(
        () -> (int) DATASET.invokeExact(cells, FLOAT32, rows, width, 1, settings, reference, out));
  }

  /** Sets labels, weights or groups; of type {@link #FLOAT32} or {@link #INT32}. */
  static void setField(
      MemorySegment dataset, MemorySegment name, MemorySegment values, int count, int type)
      throws LGBMException {
    check(() -> (int) SET_FIELD.invokeExact(dataset, name, values, count, type));
  }

  static void createBooster(MemorySegment dataset, MemorySegment settings, MemorySegment out)
      throws LGBMException {
    check(() -> (int) BOOSTER.invokeExact(dataset, settings, out));
  }

  static void validateOn(MemorySegment booster, MemorySegment dataset) throws LGBMException {
    check(() -> (int) VALIDATE.invokeExact(booster, dataset));
  }

  /** One round; out becomes 1 when there is nothing left to split. */
  static void update(MemorySegment booster, MemorySegment out) throws LGBMException {
    check(() -> (int) UPDATE.invokeExact(booster, out));
  }

  static void countMetrics(MemorySegment booster, MemorySegment out) throws LGBMException {
    check(() -> (int) EVAL_COUNTS.invokeExact(booster, out));
  }

  /**
   * The names of the metrics.
   *
   * @param texts pointers to as many buffers of that many bytes each
   * @param numbers room for a count of metrics and, from {@link #SECOND} on, for the bytes needed
   */
  static void nameMetrics(
      MemorySegment booster, int count, long bytes, MemorySegment texts, MemorySegment numbers)
      throws LGBMException {
    check(() ->
        (int)
            EVAL_NAMES.invokeExact(booster, count, numbers, bytes, numbers.asSlice(SECOND), texts));
  }

  /** The metrics on a data set: 0 is the one learnt from, 1 the first to validate on. */
  static void metrics(MemorySegment booster, int dataset, MemorySegment count, MemorySegment out)
      throws LGBMException {
    check(() -> (int) EVAL.invokeExact(booster, dataset, count, out));
  }

  /** The model's text with its end, as far as it has room; needed is what it takes. */
  static void save(MemorySegment booster, int rounds, MemorySegment needed, MemorySegment text)
      throws LGBMException {
    check(() -> (int) SAVE.invokeExact(booster, 0, rounds, BY_GAIN, text.byteSize(), needed, text));
  }

  static void freeBooster(MemorySegment booster) throws LGBMException {
    check(() -> (int) FREE_BOOSTER.invokeExact(booster));
  }

  static void freeDataset(MemorySegment dataset) throws LGBMException {
    check(() -> (int) FREE_DATASET.invokeExact(dataset));
  }

  private interface Call {
    int run() throws Throwable;
  }

  private static void check(Call call) throws LGBMException {
    try {
      if (call.run() != 0) {
        MemorySegment message = (MemorySegment) LAST_ERROR.invokeExact();
        throw new LGBMException(message.reinterpret(Long.MAX_VALUE).getString(0));
      }
    } catch (LGBMException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable impossible) { // what invokeExact declares
      throw new IllegalStateException(impossible);
    }
  }
}
