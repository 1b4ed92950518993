package org.pglynx.proxy.http;

import java.util.concurrent.CompletionStage;

/** Answers requests. Called on an event loop that carries clients, so it must not wait. */
@FunctionalInterface
public interface Handler {
  /** The answer; completes on any thread. One that fails is status 500. */
  CompletionStage<Answer> answer(Request request);
}
