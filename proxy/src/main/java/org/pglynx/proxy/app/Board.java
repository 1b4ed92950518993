package org.pglynx.proxy.app;

import java.util.List;
import org.pglynx.ml.api.AlgorithmInfo;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.auth.NonceSource;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.dashboard.AlgorithmChoice;
import org.pglynx.proxy.dashboard.Dashboard;
import org.pglynx.proxy.ml.MlService;
import org.pglynx.proxy.transport.Transport;

/**
 * The dashboard, and the door that it comes in by.
 *
 * @param dashboard what people see
 * @param guests leads it into the proxy
 */
record Board(Dashboard dashboard, Guests guests) implements AutoCloseable {
  static Board open(
      Transport transport, GeneralConfig general, Entry entry, Reloads reloads, MlService ml) {
    Guests guests = Guests.open(transport, general, entry);
    Dashboard dashboard =
        new Dashboard(
            guests,
            ProxyConfig.ADMIN_DATABASES,
            () -> reloads.config().general().auth().plaintextAllowed(),
            ml.algorithms().stream().filter(AlgorithmInfo::served).map(Board::choice).toList(),
            NonceSource.secure());
    return new Board(dashboard, guests);
  }

  private static AlgorithmChoice choice(AlgorithmInfo algorithm) {
    List<String> tasks = algorithm.tasks().stream().sorted().map(Task::sqlName).toList();
    return new AlgorithmChoice(algorithm.name(), tasks, algorithm.hyperparameters());
  }

  @Override
  public void close() {
    dashboard.close();
    guests.close();
  }
}
