package org.pglynx.proxy.ml;

/**
 * ORDER BY of one prediction.
 *
 * @param descending DESC
 * @param nullsFirst NULLS FIRST
 */
record TopOrder(boolean descending, boolean nullsFirst) {
  /** A number that is the smaller the further in front a row is. */
  long key(boolean isNull, float score) {
    if (isNull) {
      return nullsFirst ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    // Adding zero makes -0 and 0 the same; the bits of every NaN are those of the greatest number.
    int bits = Float.floatToIntBits(score + 0f);
    int ascending = bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
    return descending ? -(long) ascending : ascending;
  }
}
