package org.pglynx.ml.boost;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * XGBoost's old binary form (up to 3.0), little-endian:
 *
 * <pre>
 *   "binf"?    136 bytes of parameters: base_score, num_feature, num_class, …
 *   int64 + text objective, int64 + text booster
 *   160 bytes  of the booster's parameters: num_trees, …
 *   per tree   148 bytes: …, num_nodes, …; per node 20 bytes (parent, left, right, split with the
 *              default direction in bit 31, value), per node 16 bytes (gain, hessian, weight, …)
 *   int32      output of each tree
 * </pre>
 */
final class XgboostBinary {
  private static final int LEARNER = 136;
  private static final int BOOSTER = 160;
  private static final int TREE = 148;
  private static final int NODE = 20;
  private static final int STATISTICS = 16;
  private static final int MAX_TEXT = 64;

  private final ByteBuffer in;

  private XgboostBinary(byte[] bytes, int offset) throws IOException {
    XgboostSource.require(bytes.length > offset + LEARNER, "more bytes");
    this.in = ByteBuffer.wrap(bytes, offset, bytes.length - offset).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(in.position()) == 0x666E6962) { // "binf"
      in.getInt();
    }
  }

  /** Whether an objective's name stands where it should. */
  static boolean looksRight(byte[] bytes, int offset) throws IOException {
    ByteBuffer in = new XgboostBinary(bytes, offset).in;
    int at = in.position() + LEARNER;
    if (at + Long.BYTES > bytes.length) {
      return false;
    }
    long length = in.getLong(at);
    return length > 0 && length <= MAX_TEXT;
  }

  /** Reads a model that begins there. */
  static XgboostSource read(byte[] bytes, int offset) throws IOException {
    try {
      return new XgboostBinary(bytes, offset).read();
    } catch (BufferUnderflowException e) {
      throw new IOException("it ends too early", e);
    }
  }

  private XgboostSource read() throws IOException {
    int begin = in.position();
    need(LEARNER);
    float baseScore = in.getFloat();
    int features = in.getInt();
    int classes = in.getInt();
    in.position(begin + LEARNER);
    String objective = text();
    String booster = text();
    XgboostSource.require(booster.equals("gbtree"), "booster gbtree in its binary form");
    XgboostSource.require(features > 0 && classes >= 0, "features");
    need(BOOSTER);
    int count = in.getInt();
    in.position(in.position() + BOOSTER - Integer.BYTES);
    XgboostSource.require(
        count >= 0 && (long) count * (TREE + NODE + STATISTICS) <= in.remaining(), "its trees");
    List<XgboostTree> trees = new ArrayList<>(count);
    for (int t = 0; t < count; t++) {
      trees.add(tree());
    }
    int[] outputs = new int[count];
    for (int t = 0; t < count; t++) {
      outputs[t] = in.getInt();
    }
    return XgboostSource.ofTrees(objective, baseScore, features, classes, trees, outputs);
  }

  private XgboostTree tree() throws IOException {
    need(TREE);
    in.getInt();
    int nodes = in.getInt();
    in.position(in.position() + TREE - 2 * Integer.BYTES);
    XgboostSource.require(
        nodes > 0 && (long) nodes * (NODE + STATISTICS) <= in.remaining(), "its nodes");
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    int[] feature = new int[nodes];
    int[] defaultLeft = new int[nodes];
    float[] condition = new float[nodes];
    for (int i = 0; i < nodes; i++) {
      in.getInt();
      left[i] = in.getInt();
      right[i] = in.getInt();
      int split = in.getInt();
      feature[i] = split & Integer.MAX_VALUE;
      defaultLeft[i] = split >>> 31;
      condition[i] = in.getFloat();
    }
    float[] gain = new float[nodes];
    float[] hessian = new float[nodes];
    for (int i = 0; i < nodes; i++) {
      gain[i] = in.getFloat();
      hessian[i] = in.getFloat();
      in.getLong();
    }
    return new XgboostTree(left, right, feature, condition, defaultLeft, hessian, gain);
  }

  private String text() throws IOException {
    long length = in.getLong();
    XgboostSource.require(length >= 0 && length <= MAX_TEXT && length <= in.remaining(), "a name");
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private void need(int bytes) throws IOException {
    XgboostSource.require(in.remaining() >= bytes, "more bytes");
  }
}
