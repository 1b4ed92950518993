package org.pglynx.proxy.wire;

/** A set of message tags as two machine words: the interest mask tested once per frame. */
public final class TagSet {
  /** No tag at all. */
  public static final TagSet NONE = new TagSet(0, 0);

  private final long low;
  private final long high;

  private TagSet(long low, long high) {
    this.low = low;
    this.high = high;
  }

  /** The set of the given tags, each below 128. */
  public static TagSet of(byte... tags) {
    long low = 0;
    long high = 0;
    for (byte tag : tags) {
      if (tag < 64) {
        low |= 1L << tag;
      } else {
        high |= 1L << (tag - 64);
      }
    }
    return new TagSet(low, high);
  }

  /** This set and the given tags. */
  public TagSet with(byte... tags) {
    TagSet more = of(tags);
    return new TagSet(low | more.low, high | more.high);
  }

  /** Whether the tag is in the set; any byte value may be asked. */
  public boolean has(byte tag) {
    if (tag < 0) {
      return false;
    }
    return ((tag < 64 ? low >>> tag : high >>> (tag - 64)) & 1) != 0;
  }
}
