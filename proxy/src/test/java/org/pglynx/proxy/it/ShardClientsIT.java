package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** psql and Python's psycopg copy and fetch over several shards as from one server. */
class ShardClientsIT {
  private static final int SHARDS = 3;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(SHARDS)
          .pool("automatic_sharding_key = \"events.id\"");

  @TempDir private Path scratch;

  @BeforeAll
  static void create() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY
          .postgres()
          .execute(
              PROXY.shardDatabase(shard),
              "CREATE TABLE events (id bigint, note text) PARTITION BY HASH (id)",
              "CREATE TABLE events_here PARTITION OF events FOR VALUES WITH (MODULUS 3, REMAINDER "
                  + shard
                  + ")");
    }
  }

  @BeforeEach
  void empty() {
    for (int shard = 0; shard < SHARDS; shard++) {
      PROXY.postgres().execute(PROXY.shardDatabase(shard), "TRUNCATE events");
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PGHOST", "127.0.0.1");
    environment.put("PGPORT", String.valueOf(PROXY.port()));
    environment.put("PGUSER", "postgres");
    environment.put("PGDATABASE", "app");
    environment.put("PGSSLMODE", "disable");
    environment.put("PGCLIENTENCODING", "UTF8");
    return environment;
  }

  private void file(String name, String text) throws IOException {
    Files.writeString(scratch.resolve(name), text);
  }

  private String text(String name) throws IOException {
    return Files.readString(scratch.resolve(name), StandardCharsets.UTF_8);
  }

  @Test
  void psql_copies_from_and_to_files() throws IOException {
    Program psql = Program.require("psql");
    StringBuilder csv = new StringBuilder("id,note\n");
    for (int i = 1; i <= 500; i++) {
      csv.append(i).append(i % 7 == 0 ? ",\"a \"\"q\"\" and, \nü\"" : ",plain").append('\n');
    }
    file("in.csv", csv.toString());
    file(
        "script.sql",
        """
        \\copy events FROM 'in.csv' WITH (FORMAT csv, HEADER)
        \\copy (SELECT id, note FROM events ORDER BY id) TO 'out.csv' WITH (FORMAT csv, HEADER)
        \\copy (SELECT id, note FROM events ORDER BY id) TO 'out.bin' WITH (FORMAT binary)
        DELETE FROM events;
        \\copy events FROM 'out.bin' WITH (FORMAT binary)
        \\copy (SELECT * FROM events) TO 'rows.txt'
        """);

    Program.Outcome outcome =
        psql.run(
            environment(), scratch, "", List.of("-X", "-v", "ON_ERROR_STOP=1", "-f", "script.sql"));

    assertThat(outcome.output())
        .isEqualTo("COPY 500\nCOPY 500\nCOPY 500\nDELETE 500\nCOPY 500\nCOPY 500\n");
    assertThat(text("out.csv")).isEqualTo(csv.toString());
    assertThat(text("rows.txt").lines()).hasSize(500);
  }

  private static final String SCRIPT =
      """
      import psycopg
      with psycopg.connect("") as connection:
          with connection.cursor() as cursor:
              with cursor.copy("COPY events (id, note) FROM STDIN") as copy:
                  for i in range(1000):
                      copy.write_row((i, "n\\t%d" % i))
              connection.commit()
              with cursor.copy("COPY events (id, note) FROM STDIN (FORMAT binary)") as copy:
                  copy.set_types(["int8", "text"])
                  for i in range(1000, 1500):
                      copy.write_row((i, None))
              with cursor.copy("COPY (SELECT id, note FROM events ORDER BY id) TO STDOUT") as copy:
                  copy.set_types(["int8", "text"])
                  rows = list(copy.rows())
              print(len(rows), rows[0], rows[-1])
              try:
                  with cursor.copy("COPY events (id, note) FROM STDIN") as copy:
                      copy.write_row((2000, "x"))
                      raise ValueError("given up")
              except (ValueError, psycopg.errors.QueryCanceled):
                  print("given up")
          connection.rollback()
          with connection.cursor("c") as cursor:
              cursor.itersize = 100
              cursor.execute("SELECT id FROM events WHERE id >= %s ORDER BY id", (10,))
              ids = [row[0] for row in cursor]
              print(len(ids), ids[0], ids[-1])
          with connection.cursor(binary=True) as cursor:
              cursor.executemany(
                  "INSERT INTO events (id, note) VALUES (%s, %s)", [(i, "m") for i in range(3000, 3100)])
              cursor.execute("SELECT count(*), max(id) FROM events")
              print(cursor.fetchone())
      """;

  @Test
  void psycopg_copies_pipelines_and_iterates() throws IOException {
    Program python = Program.require("python3");
    file("client.py", SCRIPT);
    boolean there = python.run(environment(), List.of("-c", "import psycopg")).exit() == 0;
    assumeTrue(there, "psycopg is not installed here");

    Program.Outcome outcome = python.run(environment(), scratch, "", List.of("client.py"));

    assertThat(outcome.output())
        .isEqualTo(
            """
            1500 (0, 'n\\t0') (1499, None)
            given up
            990 10 999
            (1100, 3099)
            """);
  }

  private static final String NODE =
      """
      const { Client } = require('pg');
      const Cursor = require('pg-cursor');
      (async () => {
        const client = new Client({ ssl: false });
        await client.connect();
        for (let i = 0; i < 300; i++) {
          await client.query('INSERT INTO events (id, note) VALUES ($1, $2)', [i, 'n' + i]);
        }
        for (const sql of ['SELECT id FROM events ORDER BY id', 'SELECT id % 7 AS id, count(*) FROM events GROUP BY 1 ORDER BY 1']) {
          const cursor = client.query(new Cursor(sql));
          let count = 0, last = null;
          for (let rows = await cursor.read(50); rows.length > 0; rows = await cursor.read(50)) {
            count += rows.length;
            last = rows[rows.length - 1].id;
          }
          await cursor.close();
          console.log(count, last);
        }
        await client.query('BEGIN');
        const early = client.query(new Cursor('SELECT id FROM events ORDER BY id'));
        console.log((await early.read(3)).map(row => row.id).join());
        await early.close();
        await client.query({ name: 'one', text: 'UPDATE events SET note = $1 WHERE id = $2', values: ['x', 7] });
        await client.query('COMMIT');
        console.log((await client.query({ name: 'find', text: 'SELECT note FROM events WHERE id = $1', values: [7] })).rows[0].note);
        await client.end();
      })().catch(error => { console.log(error); process.exit(1); });
      """;

  @Test
  void node_reads_cursors() throws IOException {
    Program node = Program.require("node");
    Program npm = Program.require("npm");
    Program.Outcome installed =
        npm.run(
            Map.of(),
            scratch,
            "",
            List.of("install", "--silent", "--no-save", "--no-audit", "pg@8", "pg-cursor@2"));
    assumeTrue(installed.exit() == 0, () -> "npm cannot install pg: " + installed.output());
    file("cursors.js", NODE);

    Program.Outcome outcome = node.run(environment(), scratch, "", List.of("cursors.js"));

    assertThat(outcome.output()).isEqualTo("300 299\n7 6\n0,1,2\nx\n");
  }
}
