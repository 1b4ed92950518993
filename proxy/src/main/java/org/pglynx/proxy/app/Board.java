package org.pglynx.proxy.app;

import java.util.stream.Collectors;
import org.pglynx.ml.api.AlgorithmInfo;
import org.pglynx.ml.api.HyperparameterInfo;
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
    return new AlgorithmChoice(
        algorithm.name(),
        algorithm.nativeMissing(),
        algorithm.parameters().entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    entry -> entry.getKey().sqlName(),
                    entry -> entry.getValue().stream().map(Board::hyperparameter).toList())));
  }

  private static AlgorithmChoice.Hyperparameter hyperparameter(HyperparameterInfo info) {
    return new AlgorithmChoice.Hyperparameter(
        info.name(),
        info.aliases(),
        info.kind().text(),
        info.choices(),
        info.min(),
        info.max(),
        info.nullable(),
        info.domain(),
        info.otherwise());
  }

  @Override
  public void close() {
    dashboard.close();
    guests.close();
  }
}
