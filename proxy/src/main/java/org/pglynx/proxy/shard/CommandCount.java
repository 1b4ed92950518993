package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.pglynx.proxy.wire.FrameScanner;

/**
 * The command tags of several servers as one: their row counts are summed.
 *
 * @param words the tag up to its count; the whole tag if it has none
 * @param rows the sum; negative without a count
 */
record CommandCount(String words, long rows) {
  /** None yet. */
  static final CommandCount NONE = new CommandCount("", -1);

  /** With that of one more CommandComplete. */
  CommandCount plus(ByteBuf buffer, int offset, int length) {
    String tag =
        buffer.toString(
            offset + FrameScanner.HEADER, length - FrameScanner.HEADER - 1, StandardCharsets.UTF_8);
    int blank = tag.lastIndexOf(' ') + 1;
    String number = tag.substring(blank);
    return isCount(number)
        ? new CommandCount(tag.substring(0, blank), Math.max(rows, 0) + Long.parseLong(number))
        : new CommandCount(tag, -1);
  }

  private static boolean isCount(String word) {
    return !word.isEmpty()
        && word.length() <= 18
        && word.chars().allMatch(each -> each >= '0' && each <= '9');
  }

  String tag() {
    return rows < 0 ? words : words + rows;
  }
}
