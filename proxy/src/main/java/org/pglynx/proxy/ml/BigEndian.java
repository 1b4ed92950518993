package org.pglynx.proxy.ml;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in network byte order in an array. */
final class BigEndian {
  private static final VarHandle INT16 = view(short[].class);
  private static final VarHandle INT32 = view(int[].class);
  private static final VarHandle INT64 = view(long[].class);

  private BigEndian() {}

  private static VarHandle view(Class<?> type) {
    return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.BIG_ENDIAN);
  }

  static short int16(byte[] bytes, int at) {
    return (short) INT16.get(bytes, at);
  }

  static int int32(byte[] bytes, int at) {
    return (int) INT32.get(bytes, at);
  }

  static long int64(byte[] bytes, int at) {
    return (long) INT64.get(bytes, at);
  }

  static float float32(byte[] bytes, int at) {
    return Float.intBitsToFloat(int32(bytes, at));
  }

  static double float64(byte[] bytes, int at) {
    return Double.longBitsToDouble(int64(bytes, at));
  }
}
