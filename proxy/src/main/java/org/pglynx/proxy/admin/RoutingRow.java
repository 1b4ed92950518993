package org.pglynx.proxy.admin;

/**
 * Where the statements of a database with several servers went.
 *
 * @param database the database that clients name
 * @param role what its sessions go by unless they choose: primary, replica, any, or auto
 * @param replica times that a server was taken that may be a replica
 * @param primary times that the primary was taken
 * @param retried statements that a replica refused, and that the primary did
 * @param plans normal forms of texts that are known
 * @param planHits texts whose normal form was known
 * @param planMisses texts that had to be read
 * @param parseFailures texts that could not be read; they went to the primary
 * @param functions names of functions that only read; 0 while the database has not said
 * @param suspects names behind which more may happen, or that a standby has not
 */
public record RoutingRow(
    String database,
    String role,
    long replica,
    long primary,
    long retried,
    long plans,
    long planHits,
    long planMisses,
    long parseFailures,
    long functions,
    long suspects) {

  /** How many of a hundred texts were known. */
  long hitPercent() {
    long all = planHits + planMisses;
    return all == 0 ? 0 : Math.round(100.0 * planHits / all);
  }
}
