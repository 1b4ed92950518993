package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.wire.PgError;

/**
 * What the console does to the running process. Methods may be called from any thread, and complete
 * on any, with notices for the client; they fail with a {@link
 * org.pglynx.proxy.wire.PgErrorException} for it.
 */
public interface AdminActions {
  /** Reads the configuration again; the notices say what it changes. */
  CompletionStage<List<PgError>> reload();

  /** Sets a key of the configuration until the next reload. */
  CompletionStage<List<PgError>> set(String key, String value);

  /** Lets nobody begin a transaction; completes when no server connection is left. */
  CompletionStage<List<PgError>> pause(AdminTarget target);

  /** Lets those go on who were paused. */
  CompletionStage<List<PgError>> resume(AdminTarget target);

  /** Lets nobody come in to a database any more, or everybody again. */
  CompletionStage<List<PgError>> enable(String database, boolean on);

  /** Ends all clients of the pools at once, and pauses them. */
  CompletionStage<List<PgError>> kill(AdminTarget target);

  /** Ends a client at once. */
  CompletionStage<List<PgError>> killClient(int id);

  /** Cancels what a client runs. */
  CompletionStage<List<PgError>> cancel(int id);

  /** Replaces every server connection once it is free. */
  CompletionStage<List<PgError>> reconnect(AdminTarget target);

  /** Completes when all that {@link #reconnect} has asked for is done. */
  CompletionStage<List<PgError>> waitClose(AdminTarget target);

  /** Pauses everything and is not ready for new clients, or the contrary. */
  CompletionStage<List<PgError>> maintenance(boolean on);

  /** Begins a stop. */
  CompletionStage<List<PgError>> shutdown(StopHow how);
}
