package org.pglynx.proxy.sql;

import java.util.Arrays;
import java.util.Set;

/** The key words of PostgreSQL 18 (parser/kwlist.h), as far as names are told apart by them. */
final class KeyWords {
  /** Reserved words, and those that only columns can have as names: they call nothing. */
  private static final Set<String> NO_FUNCTION =
      words(
          """
          all analyse analyze and any array as asc asymmetric both case cast check collate column
          constraint create current_catalog current_date current_role current_time
          current_timestamp current_user default deferrable desc distinct do else end except false
          fetch for foreign from grant group having in initially intersect into lateral leading
          limit localtime localtimestamp not null offset on only or order placing primary
          references returning select session_user some symmetric system_user table then to trailing
          true union unique user using variadic when where window with
          between bigint bit boolean char character coalesce dec decimal exists extract float
          greatest grouping inout int integer interval json json_array json_arrayagg json_exists
          json_object json_objectagg json_query json_scalar json_serialize json_table json_value
          least merge_action national nchar none normalize nullif numeric out overlay position
          precision real row setof smallint substring time timestamp treat trim values varchar
          xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
          xmlroot xmlserialize xmltable
          """);

  /** A bracket behind one of these is seldom a call, though a function may bear the name. */
  private static final Set<String> SELDOM_CALLED =
      words(
          """
          by columns cube escape filter first ilike is join like materialized next operator over
          passing path repeatable rollup sets similar system zone
          """);

  /** The other ones. */
  private static final Set<String> OTHERS =
      words(
          """
          abort absent absolute access action add admin after aggregate also alter always asensitive
          assertion assignment at atomic attach attribute authorization backward before begin binary
          breadth cache call called cascade cascaded catalog chain characteristics checkpoint class
          close cluster collation comment comments commit committed compression concurrently
          conditional configuration conflict connection constraints content continue conversion copy
          cost cross csv current current_schema cursor cycle data database day deallocate declare
          defaults deferred definer delete delimiter delimiters depends depth detach dictionary
          disable discard document domain double drop each empty enable encoding encrypted enforced
          enum error event exclude excluding exclusive execute explain expression extension external
          family finalize following force format forward freeze full function functions generated
          global granted groups handler header hold hour identity if immediate immutable implicit
          import include including increment indent index indexes inherit inherits inline inner
          input insensitive insert instead invoker isnull isolation keep key keys label language
          large last leakproof left level listen load local location lock locked logged mapping
          match matched maxvalue merge method minute minvalue mode month move name names natural
          nested new nfc nfd nfkc nfkd no normalized nothing notify notnull nowait nulls object
          objects of off oids old omit option options ordinality others outer overlaps overriding
          owned owner parallel parameter parser partial partition password period plan plans policy
          preceding prepare prepared preserve prior privileges procedural procedure procedures
          program publication quote quotes range read reassign recheck recursive ref referencing refresh
          reindex relative release rename replace replica reset restart restrict return returns
          revoke right role rollback routine routines rows rule savepoint scalar schema schemas
          scroll search second security sequence sequences serializable server session set share
          show simple skip snapshot source sql stable standalone start statement statistics stdin
          stdout storage stored strict string strip subscription support sysid tables tablesample
          tablespace target temp template temporary text ties transaction transform trigger truncate
          trusted type types uescape unbounded uncommitted unconditional unencrypted unknown
          unlisten unlogged until update vacuum valid validate validator value varying verbose
          version view views virtual volatile whitespace within without work wrapper write xml year
          yes
          """);

  private KeyWords() {}

  private static Set<String> words(String text) {
    return Set.copyOf(Arrays.asList(text.strip().split("\\s+")));
  }

  /** Whether no function can be called by the word, given in lower case, without quotes. */
  static boolean callsNothing(String lower) {
    return NO_FUNCTION.contains(lower);
  }

  /** Whether a bracket behind the word, given in lower case, is most likely no call. */
  static boolean seldomCalled(String lower) {
    return SELDOM_CALLED.contains(lower);
  }

  /** Whether the word, given in lower case, is a key word. */
  static boolean contains(String lower) {
    return NO_FUNCTION.contains(lower) || SELDOM_CALLED.contains(lower) || OTHERS.contains(lower);
  }
}
