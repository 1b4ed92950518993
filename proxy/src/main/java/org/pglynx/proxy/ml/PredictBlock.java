package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Model;
import org.pglynx.proxy.wire.FloatText;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/** One predicted column of a batch of rows: its features, row after row, and then its scores. */
final class PredictBlock {
  private final PredictColumn column;
  private final @Nullable LoadedModel model;
  private final FeatureRow row;
  private final int width;
  private final int outputs;
  private final boolean categories;
  private int index = -1;
  private boolean readsBinary;
  private boolean binary;
  private float[] features = {};
  private float[] scores = {};
  private boolean[] missing = {};
  private int rows;

  PredictBlock(PredictColumn column, @Nullable LoadedModel model) {
    this.column = column;
    this.model = model;
    this.width = model == null ? 0 : model.model().featureCount();
    this.row = new FeatureRow(width);
    this.categories = model != null && categories(model.model());
    this.outputs = model == null ? 1 : Scoring.outputs(column.function(), model);
  }

  private static boolean categories(Model model) {
    return IntStream.range(0, model.featureCount()).anyMatch(i -> model.categories(i) != null);
  }

  /** Its index in rows of so many columns. */
  int place(int columns) {
    index = column.index(columns);
    return index;
  }

  int index() {
    return index;
  }

  /** Whether the column comes, and whether it goes in binary format. */
  void formats(boolean comesBinary, boolean goesBinary) {
    readsBinary = comesBinary;
    binary = goesBinary;
  }

  void begin() {
    rows = 0;
  }

  /** Takes the next row's value; the length is -1 for NULL. */
  void read(ByteBuf in, int at, int length) throws PgErrorException {
    if (rows == missing.length) {
      int capacity = Math.max(64, rows * 2);
      missing = Arrays.copyOf(missing, capacity);
      features = Arrays.copyOf(features, capacity * width);
    }
    missing[rows] = length < 0 || model == null || !read(model, in, at, length);
    if (!missing[rows] && model != null) {
      if (categories || !row.finite(width)) {
        Scoring.check(model, row);
      }
      System.arraycopy(row.values(), 0, features, rows * width, width);
    } else {
      Arrays.fill(features, rows * width, (rows + 1) * width, 0);
    }
    rows++;
  }

  /** False if the value is NULL after all. */
  private boolean read(LoadedModel asked, ByteBuf in, int at, int length) throws PgErrorException {
    row.clear();
    switch (column.form()) {
      case ARRAY -> array(in, at, length);
      case RECORD, NAMED -> RecordFeatures.read(in, at, length, column.form(), asked, row);
      case TYPED -> {
        return readsBinary
            ? TypedFeatures.read(in, at, asked, row, column.unfit())
            : TypedFeatures.read(
                Unpooled.wrappedBuffer(bytea(in, at, length)), 0, asked, row, column.unfit());
      }
    }
    return true;
  }

  /** In binary, as text, or, where texts of floats are too short, in hexadecimal digits. */
  private void array(ByteBuf in, int at, int length) throws PgErrorException {
    byte first = length == 0 ? 0 : in.getByte(at);
    if (first == '{' || first == '[') {
      FeatureText.read(in, at, length, row);
    } else if (first == '0') {
      byte[] bytes = HexFormat.of().parseHex(in.toString(at, length, StandardCharsets.US_ASCII));
      FeatureBinary.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length, row);
    } else {
      FeatureBinary.read(in, at, length, row);
    }
  }

  private static byte[] bytea(ByteBuf in, int at, int length) throws PgErrorException {
    byte[] text = new byte[length];
    in.getBytes(at, text);
    return ByteaText.parse(text);
  }

  /** Asks the model for all rows. */
  void score() {
    if (model == null) {
      return;
    }
    if (scores.length < rows * outputs) {
      scores = new float[missing.length * outputs];
    }
    if (column.function() == PgmlFunction.PREDICT_LABEL) {
      model.model().predict(features, rows, scores);
    } else if (column.function() == PgmlFunction.PREDICT) {
      model.model().predict(features, rows, scores);
      for (int i = 0; i < rows; i++) {
        scores[i] = model.shown(scores[i]);
      }
    } else if (column.function() == PgmlFunction.PREDICT_PROBA) {
      model.model().predictProba(features, rows, scores);
    } else {
      model.model().outputs(features, rows, scores);
    }
    model.served(rows);
  }

  /** Whether the row's prediction is NULL. */
  boolean isNull(int number) {
    return missing[number];
  }

  /** The row's prediction as one number; 0 where it is NULL. */
  float score(int number) {
    return missing[number] ? 0 : scores[number];
  }

  /** Writes the row's value with its length, in the format that the features came in. */
  void write(int number, ByteBuf out) {
    if (missing[number]) {
      out.writeInt(-1);
    } else if (column.function() == PgmlFunction.PREDICT) {
      writeNumber(scores[number], out);
    } else if (column.function() == PgmlFunction.PREDICT_LABEL) {
      writeLabel((int) scores[number], out);
    } else {
      writeArray(number, out);
    }
  }

  /** Text is the same in both formats. */
  private void writeLabel(int label, ByteBuf out) {
    int mark = out.writerIndex();
    out.writeInt(0);
    if (model != null) {
      out.setInt(mark, ByteBufUtil.writeUtf8(out, model.model().classes().name(label)));
    }
  }

  private void writeNumber(float score, ByteBuf out) {
    if (binary) {
      out.writeInt(4).writeFloat(score);
    } else {
      int mark = out.writerIndex();
      out.writeInt(0);
      out.setInt(mark, ByteBufUtil.writeAscii(out, FloatText.of(score)));
    }
  }

  private void writeArray(int number, ByteBuf out) {
    int mark = out.writerIndex();
    out.writeInt(0);
    if (binary) {
      out.writeInt(1).writeInt(0).writeInt(Oid.FLOAT4).writeInt(outputs).writeInt(1);
      for (int i = 0; i < outputs; i++) {
        out.writeInt(4).writeFloat(scores[number * outputs + i]);
      }
    } else {
      float[] values = Arrays.copyOfRange(scores, number * outputs, (number + 1) * outputs);
      ByteBufUtil.writeAscii(out, FloatText.of(values));
    }
    out.setInt(mark, out.writerIndex() - mark - 4);
  }
}
