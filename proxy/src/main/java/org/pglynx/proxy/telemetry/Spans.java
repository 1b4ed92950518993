package org.pglynx.proxy.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.session.TracedStatement;

/**
 * Makes spans of statements, by OpenTelemetry's conventions for databases (semantic conventions
 * 1.36, "Database client spans"). Texts are shown without values; parameters are never there.
 *
 * <p>A statement is one span; the time that it waited for a server is a span within it.
 */
final class Spans {
  /** A shorter wait is the time that it takes to look at the statement. */
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("db.system.name");
  private static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("db.namespace");
  private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("db.operation.name");
  private static final AttributeKey<Long> BATCH = AttributeKey.longKey("db.operation.batch.size");
  private static final AttributeKey<String> TEXT = AttributeKey.stringKey("db.query.text");
  private static final AttributeKey<String> STATE =
      AttributeKey.stringKey("db.response.status_code");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
  private static final AttributeKey<String> SERVER = AttributeKey.stringKey("pglynx.server");
  private static final AttributeKey<String> USER = AttributeKey.stringKey("pglynx.user");
  private static final AttributeKey<String> APPLICATION =
      AttributeKey.stringKey("pglynx.application_name");
  private static final AttributeKey<Long> SESSION = AttributeKey.longKey("pglynx.session");
  private static final AttributeKey<Double> WAIT = AttributeKey.doubleKey("pglynx.wait_ms");

  private final List<SpanData> made = new ArrayList<>();
  private final Tracer tracer;

  Spans(String service, String version) {
    Resource resource =
        Resource.create(
            Attributes.of(
                AttributeKey.stringKey("service.name"), service,
                AttributeKey.stringKey("service.version"), version));
    this.tracer =
        SdkTracerProvider.builder()
            .setResource(resource)
            .addSpanProcessor(new Collector())
            .build()
            .get("org.pglynx", version);
  }

  /** Keeps the spans that have ended. */
  private final class Collector implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      // Its end says all.
    }

    @Override
    public boolean isStartRequired() {
      return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      made.add(span.toSpanData());
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }

  /** Their spans. */
  List<SpanData> of(List<TracedStatement> statements) {
    made.clear();
    statements.forEach(this::make);
    return List.copyOf(made);
  }

  private void make(TracedStatement statement) {
    SpanContext parent = parent(statement.traceParent());
    if (!parent.isValid()) {
      return;
    }
    String text = statement.text().shown();
    Instant start = statement.end().minusNanos(statement.nanos());
    Context within = Context.root().with(Span.wrap(parent));
    String operation = operation(text);
    SpanBuilder builder =
        tracer
            .spanBuilder(operation + " " + statement.database())
            .setParent(within)
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(start);
    facts(builder, statement, operation, text);
    Span span = builder.startSpan();
    if (statement.waitNanos() >= WAIT_NANOS) {
      tracer
          .spanBuilder("wait for a server")
          .setParent(within.with(span))
          .setStartTimestamp(start)
          .startSpan()
          .end(start.plusNanos(statement.waitNanos()));
    }
    String error = statement.error();
    if (error != null) {
      span.setStatus(StatusCode.ERROR, error);
      span.setAttribute(STATE, error).setAttribute(ERROR, error);
    }
    span.end(statement.end());
  }

  private static void facts(
      SpanBuilder out, TracedStatement statement, String operation, String text) {
    out.setAttribute(SYSTEM, "postgresql")
        .setAttribute(NAMESPACE, statement.database())
        .setAttribute(OPERATION, operation)
        .setAttribute(TEXT, text)
        .setAttribute(CLIENT, statement.address())
        .setAttribute(USER, statement.user())
        .setAttribute(SESSION, (long) statement.session())
        .setAttribute(WAIT, statement.waitNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1));
    if (statement.statements() > 1) {
      out.setAttribute(BATCH, (long) statement.statements());
    }
    if (!statement.server().isEmpty()) {
      out.setAttribute(SERVER, statement.server());
    }
    if (!statement.applicationName().isEmpty()) {
      out.setAttribute(APPLICATION, statement.applicationName());
    }
  }

  /** Its first word. */
  private static String operation(String text) {
    int end = 0;
    while (end < text.length() && Character.isLetter(text.charAt(end))) {
      end++;
    }
    return end == 0 ? "statement" : text.substring(0, end).toUpperCase(Locale.ROOT);
  }

  /** By W3C's form, version-trace-span-flags; invalid if one of its numbers is. */
  private static SpanContext parent(String text) {
    String[] parts = text.split("-", -1);
    if (parts[0].equals("ff")) {
      return SpanContext.getInvalid();
    }
    return SpanContext.createFromRemoteParent(
        parts[1], parts[2], TraceFlags.fromHex(parts[3], 0), TraceState.getDefault());
  }
}
