package org.pglynx.proxy.session;

import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.StatementShape;
import org.pglynx.proxy.relay.Upstream;

/**
 * A client's Parse of a named statement on its way. It is sent under a name of its own, so that the
 * answer is the server's, as it is now; once its columns are known it becomes the statement of all
 * clients that have prepared the same and got the same. So nobody who prepares after a table has
 * changed is given a plan from before.
 */
record SharedParse(
    StatementRegistry registry,
    NameTable<ClientStatement> statements,
    ClientStatement.OnServer statement)
    implements Upstream.Parsing {
  @Override
  public void failed() {
    statements.removeValue(statement);
  }

  @Override
  public ServerStatement described(StatementShape shape) {
    ServerStatement shared = registry.shared(statement.statement(), shape);
    statement.becomes(shared);
    return shared;
  }
}
