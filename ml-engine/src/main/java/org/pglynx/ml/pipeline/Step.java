package org.pglynx.ml.pipeline;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Categories;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.sql.Sql;
import org.pglynx.ml.sql.SqlBlock;

/**
 * What becomes of one feature of a row: first the category's number, if it is a category; then what
 * stands in for a missing value; then the scale, or the columns of 0 and 1.
 *
 * @param categories the categories, or null for a number
 * @param values the number of each category by code; empty for a number
 * @param oneHot whether it becomes a column for each category but the last
 * @param missing what is done about missing values
 * @param fill what stands in for them, NaN if nothing does
 * @param offset subtracted
 * @param divisor divided by
 */
record Step(
    @Nullable Categories categories,
    float[] values,
    boolean oneHot,
    Missing missing,
    float fill,
    double offset,
    double divisor) {
  /** What is done about missing values. */
  enum Missing {
    /** They reach the model if it takes them. */
    AS_THE_MODEL,
    /** They are refused. */
    REFUSED,
    /** Something stands in for them. */
    FILLED
  }

  /** The number of engine features that it makes. */
  int width() {
    return oneHot ? values.length - 1 : 1;
  }

  /** Whether it changes nothing. */
  boolean plain() {
    return categories == null && missing == Missing.AS_THE_MODEL && offset == 0 && divisor == 1;
  }

  /** The names of the engine features that come of a feature of the name. */
  List<String> names(String name) {
    if (!oneHot || categories == null) {
      return List.of(name);
    }
    List<String> texts = categories.texts();
    return IntStream.range(0, width())
        .mapToObj(code -> name + "=" + (code == Categories.NULL ? "NULL" : texts.get(code - 1)))
        .toList();
  }

  /** The number before it is scaled; NaN if it is missing and nothing stands in for it. */
  float encoded(float raw) {
    float value = raw;
    if (categories != null) {
      int code = Float.isNaN(raw) ? Categories.NULL : (int) raw;
      value = code < 0 || code >= values.length ? Float.NaN : values[code];
    }
    return Float.isNaN(value) ? fill : value;
  }

  /** Makes the engine features of a raw one. */
  void apply(float raw, float[] out, int at) {
    float value = encoded(raw);
    if (!oneHot) {
      out[at] = (float) ((value - offset) / divisor);
      return;
    }
    for (int i = 0; i < width(); i++) {
      out[at + i] = Float.isNaN(value) ? Float.NaN : value == i ? 1 : 0;
    }
  }

  /** Writes what {@link #apply} does; gives the variables of the engine features. */
  List<String> writeSql(String raw, SqlBlock out) {
    String encoded = raw;
    if (categories != null) {
      // A code below 0 has no element: NULL.
      String code = Sql.asInteger("coalesce(" + raw + ", " + Sql.real(Categories.NULL) + ")");
      encoded = Sql.element(Sql.reals(values), Sql.plus(code, Sql.integer(1)));
    }
    if (!Float.isNaN(fill)) {
      encoded = "coalesce(" + encoded + ", " + Sql.real(fill) + ")";
    }
    String value = out.real(encoded);
    if (!oneHot) {
      boolean scaled = offset != 0 || divisor != 1;
      return List.of(scaled ? out.real(scaled(value, out)) : value);
    }
    return IntStream.range(0, width()).mapToObj(i -> out.real(isCode(value, i))).toList();
  }

  private String scaled(String value, SqlBlock out) {
    String difference = Sql.minus(value, Sql.number(offset));
    return Sql.toReal(out.number(Sql.over(difference, Sql.number(divisor))));
  }

  private static String isCode(String value, int code) {
    return "(case when "
        + value
        + " is null then null when "
        + Sql.equal(value, Sql.real(code))
        + " then "
        + Sql.real(1)
        + " else "
        + Sql.real(0)
        + " end)";
  }

  long sizeBytes() {
    return 64 + 4L * values.length + (categories == null ? 0 : categories.sizeBytes());
  }

  void write(PayloadWriter out) {
    out.writeByte(categories == null ? 0 : 1);
    if (categories != null) {
      out.writeTexts(categories.texts());
      out.writeFloats(values);
      out.writeByte(oneHot ? 1 : 0);
    }
    out.writeByte(missing.ordinal());
    out.writeFloats(new float[] {fill});
    out.writeDoubles(new double[] {offset, divisor});
  }

  static Step read(PayloadReader in) {
    Categories categories = null;
    float[] values = {};
    boolean oneHot = false;
    if (in.readByte() != 0) {
      categories = new Categories(in.readTexts());
      values = in.readFloats();
      oneHot = in.readByte() != 0;
      in.require(values.length == categories.count(), "the numbers of categories");
      in.require(!oneHot || values.length > 1, "columns of no categories");
      in.require(
          categories.texts().stream().distinct().count() == categories.texts().size(),
          "a category twice");
    }
    Missing missing = in.readConstant(Missing.values());
    float[] fill = in.readFloats();
    double[] scale = in.readDoubles();
    in.require(fill.length == 1 && scale.length == 2, "a step's numbers");
    in.require((missing == Missing.FILLED) != Float.isNaN(fill[0]), "what fills in");
    in.require(Double.isFinite(scale[0]) && scale[1] != 0 && Double.isFinite(scale[1]), "a scale");
    return new Step(categories, values, oneHot, missing, fill[0], scale[0], scale[1]);
  }
}
