package org.pglynx.proxy.admission;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Puts auth_query to a server. Called on one event loop, and answered there. */
public interface Questions {
  /** The rows about a user, or a {@link org.pglynx.proxy.wire.PgErrorException}. */
  CompletionStage<List<@Nullable String[]>> ask(String user);
}
