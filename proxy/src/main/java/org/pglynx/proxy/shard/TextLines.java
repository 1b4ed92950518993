package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.shard.CopyLayout.Format;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Cuts lines of the formats text and csv where PostgreSQL does (commands/copyfromparse.c,
 * CopyReadLineText): a backslash of text, or quotes of csv, make a line end part of a value. The
 * first line says how lines end.
 *
 * <pre>
 *            \n, \r or \r\n that is no part of a value           a line of \. alone
 *   LINE ────────────────────────────────────────────────► LINE ────────────────────► OVER
 * </pre>
 */
final class TextLines implements CopyRows {
  private static final int FIRST = 4096;

  /** How lines end. */
  private enum Ending {
    UNKNOWN,
    LF,
    CR,
    CRLF
  }

  private final CopyLayout layout;
  private final boolean csv;
  private final LineFields fields;
  private final CopyFields sink;

  /** What has come of the line in hand, and behind it. */
  private byte[] bytes = new byte[FIRST];

  private int start;
  private int scanned;
  private int end;
  private long line = 1;
  private long lineEnds;
  private Ending ending = Ending.UNKNOWN;
  private boolean headerOpen;
  private boolean inQuotes;
  private boolean escaped;
  private boolean over;

  /** Whether a line of CSV that is \\. alone ends the data, as up to PostgreSQL 17. */
  private final boolean markerEnds;

  /**
   * Lines.
   *
   * @param places where the columns of the key stand in a line, from 0
   * @param version the servers' major version
   */
  TextLines(CopyLayout layout, int[] places, int version, CopyFields sink) {
    this.markerEnds = version < 18;
    this.layout = layout;
    this.csv = layout.format() == Format.CSV;
    this.fields = new LineFields(layout, places);
    this.sink = sink;
    this.headerOpen = layout.header();
  }

  @Override
  public void feed(ByteBuf piece) throws PgErrorException {
    if (over) {
      return;
    }
    int length = piece.readableBytes();
    makeRoom(length);
    piece.getBytes(piece.readerIndex(), bytes, end, length);
    end += length;
    scan(false);
    if (end - start > CopyErrors.MAX_ROW) {
      throw CopyErrors.tooLong(line);
    }
  }

  private void makeRoom(int length) {
    if (start > 0) {
      System.arraycopy(bytes, start, bytes, 0, end - start);
      end -= start;
      scanned -= start;
      start = 0;
    }
    if (end + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end + length, 2 * bytes.length));
    }
  }

  @Override
  public void end() throws PgErrorException {
    if (over) {
      return;
    }
    scan(true);
    if (inQuotes) {
      throw CopyErrors.malformed("unterminated CSV quoted field", line);
    }
    if (!over && end > start) {
      line(end, end);
    }
  }

  // ---- lines ---------------------------------------------------------------------------------

  /** Looks at what has not been looked at; what may yet become more waits for it. */
  private void scan(boolean last) throws PgErrorException {
    while (scanned < end && !over) {
      byte each = bytes[scanned];
      if (!csv && each == '\\') {
        if (scanned + 1 == end && !last) {
          return;
        }
        escape();
        continue;
      }
      if (csv) {
        quotes(each);
      }
      if (each == '\n' && !inQuotes) {
        lineFeed();
      } else if (each == '\r' && !inQuotes) {
        if (scanned + 1 == end && !last && mayBeCrLf()) {
          return;
        }
        carriageReturn();
      } else {
        lineEnds += inQuotes && each == (ending == Ending.LF ? '\n' : '\r') ? 1 : 0;
        scanned++;
      }
    }
  }

  /** Whatever is behind a backslash, it is no end of a line; but \. may be the end of all. */
  private void escape() throws PgErrorException {
    if (scanned > start && scanned + 1 < end && bytes[scanned + 1] == '.') {
      // Up to PostgreSQL 17 this shard's data would end here, and that of the others would not.
      throw CopyErrors.malformed("end-of-copy marker is not alone on its line", line);
    }
    scanned = Math.min(scanned + 2, end);
  }

  private boolean mayBeCrLf() {
    return ending == Ending.UNKNOWN || ending == Ending.CRLF;
  }

  private void quotes(byte each) {
    boolean own = layout.escape() != layout.quote();
    if (own && inQuotes && each == layout.escape()) {
      escaped = !escaped;
    }
    if (each == layout.quote() && !escaped) {
      inQuotes = !inQuotes;
    }
    if (!own || each != layout.escape()) {
      escaped = false;
    }
  }

  private void lineFeed() throws PgErrorException {
    if (ending == Ending.CR || ending == Ending.CRLF) {
      throw literal("newline");
    }
    ending = Ending.LF;
    line(scanned, scanned + 1);
  }

  private void carriageReturn() throws PgErrorException {
    boolean pair = scanned + 1 < end && bytes[scanned + 1] == '\n';
    if (ending == Ending.LF || ending == Ending.CRLF && !pair) {
      throw literal("carriage return");
    }
    boolean both = pair && mayBeCrLf();
    ending = both ? Ending.CRLF : Ending.CR;
    line(scanned, scanned + (both ? 2 : 1));
  }

  private PgErrorException literal(String what) {
    return CopyErrors.malformed(
        csv ? "unquoted " + what + " found in data" : "literal " + what + " found in data", line);
  }

  /** A line is there: its content ends, and the next one begins. */
  private void line(int contentEnd, int next) throws PgErrorException {
    if (contentEnd - start >= 2 && bytes[start] == '\\' && bytes[start + 1] == '.') {
      marker(contentEnd);
      if (over) {
        return;
      }
    }
    ByteBuf whole = Unpooled.wrappedBuffer(bytes, start, next - start);
    if (headerOpen) {
      headerOpen = false;
      sink.common(whole);
    } else {
      sink.row(fields.read(bytes, start, contentEnd, line), line, whole);
    }
    line += 1 + lineEnds;
    lineEnds = 0;
    start = next;
    scanned = next;
  }

  /** The line begins with the marker of the end. */
  private void marker(int contentEnd) throws PgErrorException {
    boolean alone = contentEnd - start == 2;
    if (!csv && !alone) {
      throw CopyErrors.malformed("end-of-copy marker corrupt", line);
    }
    over = !csv || alone && markerEnds;
  }

  /** Reads the columns of the key out of a line, as CopyReadAttributesText and -CSV do. */
  private static final class LineFields {
    private final CopyLayout layout;
    private final int[] places;
    private final int lastPlace;
    private final byte[] nullText;
    private final byte @Nullable [] defaultText;
    private final ByteArrayOutputStream value = new ByteArrayOutputStream();
    private int at;

    LineFields(CopyLayout layout, int[] places) {
      this.layout = layout;
      this.places = places.clone();
      this.lastPlace = Arrays.stream(places).max().orElse(-1);
      this.nullText = layout.nullText().getBytes(StandardCharsets.UTF_8);
      String marker = layout.defaultText();
      this.defaultText = marker == null ? null : marker.getBytes(StandardCharsets.UTF_8);
    }

    byte[] @Nullable [] read(byte[] line, int from, int to, long number) throws PgErrorException {
      byte[] @Nullable [] key = new byte[places.length][];
      at = from;
      for (int field = 0; field <= lastPlace; field++) {
        if (at > to) {
          throw CopyErrors.malformed("missing data for a column of the sharding key", number);
        }
        boolean wanted = false;
        for (int place : places) {
          wanted |= place == field;
        }
        byte @Nullable [] read =
            layout.format() == Format.CSV
                ? quoted(line, to, wanted, number)
                : escaped(line, to, wanted, number);
        for (int i = 0; i < places.length; i++) {
          if (places[i] == field) {
            key[i] = read;
          }
        }
      }
      return key;
    }

    private boolean is(byte @Nullable [] marker, byte[] line, int from, int to) {
      return marker != null && Arrays.equals(marker, 0, marker.length, line, from, to);
    }

    private PgErrorException byDefault(long number) {
      return CopyErrors.malformed(
          "the sharding key is to have its default, which is not known", number);
    }

    private byte @Nullable [] escaped(byte[] line, int to, boolean wanted, long number)
        throws PgErrorException {
      int start = at;
      value.reset();
      while (at < to && line[at] != layout.delimiter()) {
        if (line[at] == '\\' && at + 1 < to) {
          at = escape(line, at + 1, to);
        } else {
          value.write(line[at++]);
        }
      }
      int end = at++;
      if (wanted && is(defaultText, line, start, end)) {
        throw byDefault(number);
      }
      return !wanted || is(nullText, line, start, end) ? null : value.toByteArray();
    }

    /** Behind a backslash: octal and hexadecimal digits, letters of C, or the byte itself. */
    private int escape(byte[] line, int from, int to) {
      int c = line[from] & 0xff;
      int next = from + 1;
      switch (c) {
        case 'b' -> value.write('\b');
        case 'f' -> value.write('\f');
        case 'n' -> value.write('\n');
        case 'r' -> value.write('\r');
        case 't' -> value.write('\t');
        case 'v' -> value.write(0x0b);
        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
          return number(line, from, Math.min(to, from + 3), 8);
        }
        case 'x' -> {
          boolean digit = next < to && Character.digit(line[next], 16) >= 0;
          if (digit) {
            return number(line, next, Math.min(to, next + 2), 16);
          }
          value.write(c);
        }
        default -> value.write(c);
      }
      return next;
    }

    private int number(byte[] line, int from, int to, int radix) {
      int number = 0;
      int next = from;
      while (next < to && Character.digit(line[next], radix) >= 0) {
        number = number * radix + Character.digit(line[next++], radix);
      }
      value.write(number);
      return next;
    }

    private byte @Nullable [] quoted(byte[] line, int to, boolean wanted, long number)
        throws PgErrorException {
      int start = at;
      boolean saw = false;
      value.reset();
      while (at < to && line[at] != layout.delimiter()) {
        if (line[at] == layout.quote()) {
          saw = true;
          at = inside(line, at + 1, to, number);
        } else {
          value.write(line[at++]);
        }
      }
      int end = at++;
      if (wanted && !saw && is(defaultText, line, start, end)) {
        throw byDefault(number);
      }
      return !wanted || !saw && is(nullText, line, start, end) ? null : value.toByteArray();
    }

    /** Up to the closing quote; gives what is behind it. */
    private int inside(byte[] line, int from, int to, long number) throws PgErrorException {
      int next = from;
      while (next < to) {
        byte c = line[next++];
        if (c == layout.escape()
            && next < to
            && (line[next] == layout.escape() || line[next] == layout.quote())) {
          value.write(line[next++]);
        } else if (c == layout.quote()) {
          return next;
        } else {
          value.write(c);
        }
      }
      throw CopyErrors.malformed("unterminated CSV quoted field", number);
    }
  }
}
