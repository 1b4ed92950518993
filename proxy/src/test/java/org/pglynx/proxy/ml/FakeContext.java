package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.ServerSessions;
import org.pglynx.proxy.wire.PgError;

/** An execution that remembers what it was answered. */
final class FakeContext implements AnswerContext {
  private final ServerSessions servers;
  private final List<PgError> notices = new ArrayList<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private final String user;
  private boolean inTransaction;
  private byte[] frames = {};

  FakeContext(ServerSessions servers) {
    this(servers, "alice");
  }

  FakeContext(ServerSessions servers, String user) {
    this.servers = servers;
    this.user = user;
  }

  FakeContext insideTransaction() {
    inTransaction = true;
    return this;
  }

  /** Waits for the end: the command tag, or {@code ERROR code: message}. */
  String outcome() {
    try {
      return end.get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no outcome", e);
    }
  }

  boolean ended() {
    return end.isDone();
  }

  /** The rows' values in text form, a list per row. */
  List<List<@Nullable String>> textRows() {
    return Frames.textRows(frames);
  }

  byte[] frames() {
    return frames;
  }

  List<String> noticeTexts() {
    synchronized (notices) {
      return notices.stream().map(n -> n.severity() + ": " + n.message()).toList();
    }
  }

  @Override
  public Executor loop() {
    return Runnable::run;
  }

  @Override
  public ByteBufAllocator allocator() {
    return UnpooledByteBufAllocator.DEFAULT;
  }

  @Override
  public String database() {
    return "db";
  }

  @Override
  public String user() {
    return user;
  }

  @Override
  public boolean mayHaveRole() {
    return false;
  }

  @Override
  public boolean inTransaction() {
    return inTransaction;
  }

  @Override
  public ServerSessions servers() {
    return servers;
  }

  @Override
  public void rows(ByteBuf buffer, int rows) {
    frames = new byte[buffer.readableBytes()];
    buffer.readBytes(frames);
    buffer.release();
  }

  @Override
  public void notice(PgError notice) {
    synchronized (notices) {
      notices.add(notice);
    }
  }

  @Override
  public void complete(String commandTag) {
    end.complete(commandTag);
  }

  @Override
  public void fail(PgError error) {
    end.complete("ERROR " + error.code() + ": " + error.message());
  }
}
