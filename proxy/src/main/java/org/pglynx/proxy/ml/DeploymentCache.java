package org.pglynx.proxy.ml;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for at most a second which model a user's reference means, so that a prediction needs
 * no server. The rules:
 *
 * <ul>
 *   <li>An entry is a user's own, because looking it up is what checks the user's rights.
 *   <li>It answers for one second. From half a second on, one request looks it up anew while the
 *       others go on with it: under steady load nobody queues up behind a look-up.
 *   <li>What this process deploys is forgotten here at once when its transaction has committed. A
 *       deployment inside a client's transaction makes the project <em>uncertain</em>: it is looked
 *       up each time until the server says that the transaction has ended.
 *   <li>What others deploy is forgotten when the server tells, see {@link DeploymentNews}; if it
 *       does not, the second is the bound.
 *   <li>Inside a transaction nothing is read from here and nothing is put here.
 * </ul>
 */
final class DeploymentCache {
  private static final long SOFT_NANOS = 500_000_000L;
  private static final long HARD_NANOS = 1_000_000_000L;

  private final ConcurrentHashMap<Key, Deployment> deployments = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Project, String> uncertain = new ConcurrentHashMap<>();
  private final AtomicLong epoch = new AtomicLong();
  private final LongSupplier nanos;

  DeploymentCache(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Who asks for what. */
  record Key(String cluster, String database, String user, ModelRef model) {}

  private record Project(String cluster, String database, String name) {}

  /** What the reference means, if that is known well enough; else null. */
  @Nullable ModelKey current(Key key) {
    Deployment deployment = deployments.get(key);
    if (deployment == null) {
      return null;
    }
    long age = deployment.ageNanos(nanos.getAsLong());
    if (age >= HARD_NANOS || (age >= SOFT_NANOS && deployment.claimRefresh())) {
      return null;
    }
    return deployment.model();
  }

  /**
   * When a look-up began.
   *
   * @param nanos the time from which on its finding counts
   * @param epoch how many deployments this process had seen: a finding that one of them may have
   *     overtaken is not kept
   */
  record LookUp(long nanos, long epoch) {}

  /** A look-up begins. */
  LookUp begin() {
    return new LookUp(nanos.getAsLong(), epoch.get());
  }

  /** Notes what a look-up found. */
  void found(Key key, ModelKey model, LookUp lookUp) {
    boolean certain =
        !(key.model() instanceof ModelRef.Project project
            && uncertain.containsKey(new Project(key.cluster(), key.database(), project.name())));
    if (certain) {
      Deployment deployment = new Deployment(model, lookUp.nanos());
      deployments.put(key, deployment);
      if (epoch.get() != lookUp.epoch()) {
        deployments.remove(key, deployment);
      }
    }
  }

  /** The project has another model now: all users look again. */
  void deployed(String cluster, String database, String project) {
    epoch.incrementAndGet();
    ModelRef reference = new ModelRef.Project(project);
    deployments
        .keySet()
        .removeIf(key ->
            key.cluster().equals(cluster)
                && key.database().equals(database)
                && key.model().equals(reference));
  }

  /** The same, whatever name clients have for the database: somebody else has deployed. */
  void deployed(String cluster, String project) {
    epoch.incrementAndGet();
    ModelRef reference = new ModelRef.Project(project);
    deployments
        .keySet()
        .removeIf(key -> key.cluster().equals(cluster) && key.model().equals(reference));
  }

  /** Forgets all of a server database: anything may have changed there. */
  void forget(String cluster) {
    epoch.incrementAndGet();
    deployments.keySet().removeIf(key -> key.cluster().equals(cluster));
  }

  /** The project gets another model when, and if, the server's transaction commits. */
  void mayDeploy(String cluster, String database, String project, String transaction) {
    uncertain.put(new Project(cluster, database, project), transaction);
    deployed(cluster, database, project);
  }

  /** The transaction that may still change the project's model, or null. */
  @Nullable String uncertain(String cluster, String database, String project) {
    return uncertain.get(new Project(cluster, database, project));
  }

  /** The transaction has ended. */
  void certain(String cluster, String database, String project, String transaction) {
    uncertain.remove(new Project(cluster, database, project), transaction);
  }

  /** Forgets all of a database. */
  void forget(String cluster, String database) {
    epoch.incrementAndGet();
    deployments
        .keySet()
        .removeIf(key -> key.cluster().equals(cluster) && key.database().equals(database));
  }
}
