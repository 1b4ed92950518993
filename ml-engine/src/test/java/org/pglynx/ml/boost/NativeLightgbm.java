package org.pglynx.ml.boost;

import com.microsoft.ml.lightgbm.SWIGTYPE_p_double;
import com.microsoft.ml.lightgbm.SWIGTYPE_p_float;
import com.microsoft.ml.lightgbm.SWIGTYPE_p_int;
import com.microsoft.ml.lightgbm.SWIGTYPE_p_long_long;
import com.microsoft.ml.lightgbm.SWIGTYPE_p_p_void;
import com.microsoft.ml.lightgbm.lightgbmlib;
import com.microsoft.ml.lightgbm.lightgbmlibConstants;
import java.io.IOException;

/**
 * Predictions by LightGBM itself. LightGBM4J's own predictForMat has room for two numbers a row,
 * and writes behind its buffer for three classes and more.
 */
final class NativeLightgbm {
  private NativeLightgbm() {}

  static double[] scores(String model, float[] x, int rows, int perRow) throws IOException {
    return predict(model, x, rows, perRow, lightgbmlibConstants.C_API_PREDICT_RAW_SCORE);
  }

  static double[] answers(String model, float[] x, int rows, int perRow) throws IOException {
    return predict(model, x, rows, perRow, lightgbmlibConstants.C_API_PREDICT_NORMAL);
  }

  static double[] contributions(String model, float[] x, int rows, int perRow) throws IOException {
    return predict(model, x, rows, perRow, lightgbmlibConstants.C_API_PREDICT_CONTRIB);
  }

  private static double[] predict(String model, float[] x, int rows, int perRow, int type)
      throws IOException {
    LightgbmLibrary.load();
    SWIGTYPE_p_p_void handle = lightgbmlib.voidpp_handle();
    SWIGTYPE_p_int iterations = lightgbmlib.new_intp();
    check(lightgbmlib.LGBM_BoosterLoadModelFromString(model, iterations, handle));
    SWIGTYPE_p_float data = lightgbmlib.new_floatArray(x.length);
    for (int i = 0; i < x.length; i++) {
      lightgbmlib.floatArray_setitem(data, i, x[i]);
    }
    SWIGTYPE_p_double out = lightgbmlib.new_doubleArray((long) rows * perRow);
    SWIGTYPE_p_long_long length = lightgbmlib.new_int64_tp();
    check(
        lightgbmlib.LGBM_BoosterPredictForMat(
            lightgbmlib.voidpp_value(handle),
            lightgbmlib.float_to_voidp_ptr(data),
            lightgbmlibConstants.C_API_DTYPE_FLOAT32,
            rows,
            x.length / rows,
            1,
            type,
            0,
            0,
            "num_threads=1",
            length,
            out));
    double[] result = new double[rows * perRow];
    for (int i = 0; i < result.length; i++) {
      result[i] = lightgbmlib.doubleArray_getitem(out, i);
    }
    lightgbmlib.delete_floatArray(data);
    lightgbmlib.delete_doubleArray(out);
    check(lightgbmlib.LGBM_BoosterFree(lightgbmlib.voidpp_value(handle)));
    return result;
  }

  private static void check(int code) {
    if (code < 0) {
      throw new IllegalStateException(lightgbmlib.LGBM_GetLastError());
    }
  }
}
