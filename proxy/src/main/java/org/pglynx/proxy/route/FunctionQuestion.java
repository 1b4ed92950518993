package org.pglynx.proxy.route;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a database is asked about its functions, and what its answer means.
 *
 * <p>A function is safe if it is not VOLATILE, or built in and known to be harmless though it is;
 * its name is harmless if all functions of the name are safe. Suspect are the names of relations,
 * domains, casts and operators behind which an unsafe function is called without its name: in the
 * tree of a view, a policy or a constraint, also through other views; and of relations that a
 * standby has not, as they are not logged. Dependencies on built-in functions are not recorded
 * (pg_depend), hence the search of the trees.
 */
public final class FunctionQuestion {
  /** Built in, VOLATILE because their values differ from call to call, and nothing more. */
  public static final String TRUSTED =
      "array_sample array_shuffle bernoulli clock_timestamp current_query gen_random_uuid"
          + " pg_collation_actual_version pg_database_collation_actual_version pg_database_size"
          + " pg_indexes_size pg_jit_available pg_partition_ancestors pg_partition_tree"
          + " pg_relation_size pg_sleep pg_sleep_for pg_sleep_until pg_table_size"
          + " pg_tablespace_size pg_total_relation_size random random_normal system timeofday"
          + " uuidv4 uuidv7";

  /** The question; {@code $1} are the trusted functions, rows are a kind and a name. */
  public static final String SQL =
      """
      WITH RECURSIVE trusted AS (
        SELECT pg_catalog.unnest(pg_catalog.string_to_array($1, ' ')) AS name
      ), volatile_function AS (
        SELECT p.oid
        FROM pg_catalog.pg_proc p
        WHERE p.provolatile = 'v' AND p.prokind <> 'p'
          AND NOT (p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
            AND p.proname IN (SELECT name FROM trusted))
      ), unsafe AS (
        SELECT oid FROM volatile_function
        UNION
        SELECT a.aggfnoid::pg_catalog.oid
        FROM pg_catalog.pg_aggregate a
        JOIN volatile_function v
          ON v.oid IN (a.aggtransfn::pg_catalog.oid, a.aggfinalfn::pg_catalog.oid,
                       a.aggmtransfn::pg_catalog.oid, a.aggmfinalfn::pg_catalog.oid)
      ), body AS (
        SELECT r.ev_class AS relation, 0::pg_catalog.oid AS type, r.ev_action::text AS tree
        FROM pg_catalog.pg_rewrite r
        WHERE r.ev_type = '1' AND r.ev_class >= 16384
        UNION ALL
        SELECT p.polrelid, 0, p.polqual::text FROM pg_catalog.pg_policy p
        UNION ALL
        SELECT 0, k.contypid, k.conbin::text FROM pg_catalog.pg_constraint k WHERE k.contypid <> 0
      ), body_call AS (
        SELECT DISTINCT b.relation, b.type, m.found[1]::pg_catalog.oid AS function
        FROM body b,
          LATERAL pg_catalog.regexp_matches(
            b.tree, ':(?:funcid|opfuncid|aggfnoid|winfnoid) (\\d+)', 'g') AS m (found)
      ), edge AS (
        SELECT d.refobjid AS relation, r.ev_class AS dependent
        FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
        WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
          AND d.refobjid <> r.ev_class
        UNION ALL
        SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits i
      ), suspect AS (
        SELECT c.oid AS relation FROM pg_catalog.pg_class c WHERE c.relpersistence = 'u'
        UNION
        SELECT b.relation FROM body_call b JOIN unsafe u ON u.oid = b.function WHERE b.relation <> 0
        UNION
        SELECT e.dependent FROM suspect s JOIN edge e ON e.relation = s.relation
      )
      SELECT 'harmless', p.proname::text
      FROM pg_catalog.pg_proc p LEFT JOIN unsafe u ON u.oid = p.oid
      WHERE p.prokind <> 'p'
      GROUP BY p.proname HAVING pg_catalog.count(u.oid) = 0
      UNION ALL
      SELECT 'suspect', c.relname::text
      FROM suspect s JOIN pg_catalog.pg_class c ON c.oid = s.relation
      UNION ALL
      SELECT 'suspect', t.typname::text
      FROM body_call b JOIN unsafe u ON u.oid = b.function JOIN pg_catalog.pg_type t ON t.oid = b.type
      UNION ALL
      SELECT 'suspect', t.typname::text
      FROM pg_catalog.pg_cast k JOIN unsafe u ON u.oid = k.castfunc
      JOIN pg_catalog.pg_type t ON t.oid = k.casttarget
      UNION ALL
      SELECT 'suspect', o.oprname::text
      FROM pg_catalog.pg_operator o JOIN unsafe u ON u.oid = o.oprcode::pg_catalog.oid
      UNION ALL
      SELECT 'suspect', p.proname::text
      FROM pg_catalog.pg_proc p JOIN unsafe u ON u.oid = p.oid
      WHERE EXISTS (
          SELECT FROM pg_catalog.pg_type t
          WHERE t.oid = p.proargtypes[0] AND (t.typtype = 'c' OR t.typname = 'record')
            AND p.pronargs - p.pronargdefaults <= 1)
        OR p.proname IN (SELECT k.word FROM pg_catalog.pg_get_keywords() k)
      """;

  private static final String HARMLESS = "harmless";

  private FunctionQuestion() {}

  /** What the rows of the answer say. */
  public static FunctionCatalog read(List<@Nullable String[]> rows) {
    Set<String> harmless = new HashSet<>();
    Set<String> suspect = new HashSet<>();
    for (@Nullable String[] row : rows) {
      String name = row[1];
      if (name != null) {
        (HARMLESS.equals(row[0]) ? harmless : suspect).add(name);
      }
    }
    return FunctionCatalog.of(harmless, suspect);
  }
}
