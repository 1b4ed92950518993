package org.pglynx.proxy.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object for each event: time, level, logger, thread, message; in {@code data} each value
 * that the message names ({@code session={}}), by that name and, if it is one, as a number; in
 * {@code error} a stack trace.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};
  private static final String HOLE = "{}";

  private final JsonFactory json = new JsonFactory();

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    try (JsonGenerator out = json.createGenerator(line)) {
      write(out, event);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    line.write('\n');
    return line.toByteArray();
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  private static void write(JsonGenerator out, ILoggingEvent event) throws IOException {
    out.writeStartObject();
    out.writeStringField("time", event.getInstant().toString());
    out.writeStringField("level", event.getLevel().toString());
    String logger = event.getLoggerName();
    out.writeStringField("logger", logger.substring(logger.lastIndexOf('.') + 1));
    out.writeStringField("thread", event.getThreadName());
    out.writeStringField("message", event.getFormattedMessage());
    data(out, event.getMessage(), event.getArgumentArray());
    if (event.getThrowableProxy() != null) {
      out.writeStringField("error", ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    out.writeEndObject();
  }

  private static void data(JsonGenerator out, String template, Object @Nullable [] values)
      throws IOException {
    if (values == null) {
      return;
    }
    boolean any = false;
    int from = 0;
    for (Object value : values) {
      int hole = template.indexOf(HOLE, from);
      if (hole < 0) {
        break;
      }
      from = hole + HOLE.length();
      String name = name(template, hole);
      if (!name.isEmpty()) {
        if (!any) {
          out.writeObjectFieldStart("data");
          any = true;
        }
        out.writeFieldName(name);
        value(out, value);
      }
    }
    if (any) {
      out.writeEndObject();
    }
  }

  /** The word before the equals sign before the hole; empty if there is none. */
  private static String name(String template, int hole) {
    int end = hole - 1;
    if (end < 0 || template.charAt(end) != '=') {
      return "";
    }
    int start = end;
    while (start > 0 && Character.isJavaIdentifierPart(template.charAt(start - 1))) {
      start--;
    }
    return template.substring(start, end);
  }

  private static void value(JsonGenerator out, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> out.writeNull();
      case Boolean flag -> out.writeBoolean(flag);
      case Integer number -> out.writeNumber(number);
      case Long number -> out.writeNumber(number);
      case Double number -> out.writeNumber(number);
      case Object other -> out.writeString(other.toString());
    }
  }
}
