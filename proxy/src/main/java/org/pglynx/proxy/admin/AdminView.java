package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.session.ClientView;
import org.pglynx.proxy.session.RunningView;
import org.pglynx.proxy.session.SlowRow;

/** What the console shows of the running process. Methods may be called from any thread. */
public interface AdminView {
  /** The configuration in effect. */
  ProxyConfig config();

  /** Whether SET changes the setting while the process runs. */
  boolean changeable(String key);

  /** One pool for each database and user, in the configuration's order. */
  List<AdminPool> pools();

  /** The clients that have logged in, those of the admin databases among them. */
  List<ClientView> clients();

  /** How many clients have connected but not logged in yet. */
  int loginClients();

  /** How much memory those take. */
  long loginBytes();

  /** How many clients the database has: what its limit is held against. */
  int clientsOfDatabase(String database);

  /** How many clients the user has, whatever the database: what its limit is held against. */
  int clientsOfUser(String user);

  /** Databases with several servers, and where their statements went. */
  List<RoutingRow> routing();

  /** What the mirrors of servers have got, and missed. */
  List<MirrorRow> mirrors();

  /** The models in memory. */
  List<ModelRow> models();

  /** How often projects have predicted, for each way. */
  List<PredictionRow> predictions();

  /** The transactions over several shards that have not ended on all of them. */
  List<TransactionRow> transactions();

  /** The trainings that wait or run, the oldest first. */
  List<TrainingRow> trainings();

  /** The trainings that have ended. */
  TrainingTotals trainingTotals();

  /** The servers of each database that has several. */
  CompletionStage<List<HostRow>> hosts();

  /**
   * Bans the servers of a host name or address, in all databases.
   *
   * @return those that no operator had banned before
   */
  CompletionStage<List<HostRow>> ban(String host, long seconds);

  /**
   * Ends the bans of the servers of a host name or address.
   *
   * @return those that were banned
   */
  CompletionStage<List<HostRow>> unban(String host);

  /**
   * Lets the servers of a host name or address, in all databases, take no more work.
   *
   * @return those that did
   */
  CompletionStage<List<HostRow>> drain(String host);

  /**
   * Lets them take work again.
   *
   * @return those that did not
   */
  CompletionStage<List<HostRow>> undrain(String host);

  /** Where clients connect. */
  List<ListenerRow> listeners();

  /** How connections are encrypted. */
  List<TlsRow> encryption();

  /** What has been told of the process, and what could not be. */
  ToldRow told();

  /** What memory is used for. */
  List<MemoryRow> memory();

  /** What sessions are at now. */
  CompletionStage<List<RunningView>> running();

  /** The kinds of statements that were slow. */
  List<SlowRow> slow();

  /** Begins {@link #slow} anew. */
  void forgetSlow();

  /** How many statements came too fast for query_logger. */
  long unloggedQueries();

  /** What clients have prepared. */
  List<PreparedRow> prepared();

  /** What the process does. */
  StateRow state();

  /** The proxies behind the same address, this one included; none if it is on its own. */
  List<PeerRow> peers();
}
