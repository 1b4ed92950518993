package org.pglynx.proxy.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A collector of OpenTelemetry: takes spans over HTTP, and reads their protobuf by the numbers of
 * opentelemetry-proto 1.5 (trace.proto, common.proto), with no code of the library that wrote it.
 */
final class OtlpCollector implements AfterAllCallback, AutoCloseable {
  /** One span. */
  record Span(
      String trace,
      String id,
      String parent,
      String name,
      long kind,
      long startNanos,
      long endNanos,
      Map<String, String> attributes,
      long status,
      Map<String, String> resource) {}

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private volatile int answer = 200;

  OtlpCollector() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What it answers from now on. */
  void answers(int status) {
    answer = status;
  }

  List<Span> spans() {
    return spans;
  }

  /** The values of the header {@code x-key}. */
  List<String> keys() {
    return keys;
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-key")));
    boolean understood =
        "application/x-protobuf".equals(exchange.getRequestHeaders().getFirst("Content-Type"));
    if (understood && answer == 200) {
      request(body);
    }
    exchange.sendResponseHeaders(understood ? answer : 415, -1);
    exchange.close();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  // ---- protobuf ------------------------------------------------------------------------------

  private record Field(int number, long value, byte[] bytes) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    String hex() {
      return HexFormat.of().formatHex(bytes);
    }
  }

  private static List<Field> fields(byte[] message) {
    List<Field> fields = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (in.hasRemaining()) {
      int tag = (int) varint(in);
      switch (tag & 7) {
        case 0 -> fields.add(new Field(tag >> 3, varint(in), new byte[0]));
        case 1 -> fields.add(new Field(tag >> 3, in.getLong(), new byte[0]));
        case 2 -> {
          byte[] bytes = new byte[(int) varint(in)];
          in.get(bytes);
          fields.add(new Field(tag >> 3, 0, bytes));
        }
        case 5 -> fields.add(new Field(tag >> 3, in.getInt(), new byte[0]));
        default -> throw new IllegalStateException("wire type " + (tag & 7));
      }
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static List<Field> named(List<Field> fields, int number) {
    return fields.stream().filter(field -> field.number() == number).toList();
  }

  private void request(byte[] body) {
    for (Field resourceSpans : named(fields(body), 1)) {
      List<Field> within = fields(resourceSpans.bytes());
      Map<String, String> resource = attributes(fields(named(within, 1).getFirst().bytes()), 1);
      for (Field scope : named(within, 2)) {
        for (Field span : named(fields(scope.bytes()), 2)) {
          spans.add(span(fields(span.bytes()), resource));
        }
      }
    }
  }

  private static Span span(List<Field> fields, Map<String, String> resource) {
    List<Field> status = named(fields, 15);
    return new Span(
        named(fields, 1).getFirst().hex(),
        named(fields, 2).getFirst().hex(),
        named(fields, 4).getFirst().hex(),
        named(fields, 5).getFirst().text(),
        named(fields, 6).getFirst().value(),
        named(fields, 7).getFirst().value(),
        named(fields, 8).getFirst().value(),
        attributes(fields, 9),
        status.isEmpty()
            ? 0
            : named(fields(status.getFirst().bytes()), 3).stream()
                .mapToLong(Field::value)
                .findFirst()
                .orElse(0),
        resource);
  }

  private static Map<String, String> attributes(List<Field> fields, int number) {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (Field attribute : named(fields, number)) {
      List<Field> pair = fields(attribute.bytes());
      Field value = fields(named(pair, 2).getFirst().bytes()).getFirst();
      attributes.put(
          named(pair, 1).getFirst().text(),
          switch (value.number()) {
            case 1 -> value.text();
            case 4 -> String.valueOf(Double.longBitsToDouble(value.value()));
            default -> String.valueOf(value.value());
          });
    }
    return attributes;
  }
}
