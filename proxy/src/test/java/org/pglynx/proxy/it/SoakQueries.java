package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.frame;
import static org.pglynx.proxy.it.RawConnection.int16;
import static org.pglynx.proxy.it.RawConnection.int32;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;
import static org.pglynx.proxy.it.SoakVisit.Step.selected;
import static org.pglynx.proxy.it.SoakVisit.plain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.pglynx.proxy.it.SoakVisit.Manner;
import org.pglynx.proxy.it.SoakVisit.Step;

/** What clients of the soak ask in the simple protocol, and nothing of it remains. */
final class SoakQueries {
  /** textcat. */
  private static final int CONCATENATE = 1258;

  private final Random random;
  private final Supplier<String> tags;

  SoakQueries(Random random, Supplier<String> tags) {
    this.random = random;
    this.tags = tags;
  }

  SoakVisit simple() {
    return plain("simple", selected(tags.get(), 'I'));
  }

  SoakVisit several() {
    String first = tags.get();
    String second = tags.get();
    String text = "SELECT '" + first + "'; SELECT '" + second + "'";
    return random.nextBoolean()
        ? plain(
            "several",
            Step.of(
                query(text),
                "T",
                "D:" + first,
                "C:SELECT 1",
                "T",
                "D:" + second,
                "C:SELECT 1",
                "Z:I"))
        : plain(
            "several, one bad",
            Step.of(
                query(text + "::int; SELECT 3"),
                "T",
                "D:" + first,
                "C:SELECT 1",
                "E:22P02~" + second,
                "Z:I"));
  }

  SoakVisit bad() {
    String tag = tags.get();
    return switch (random.nextInt(3)) {
      case 0 -> plain("bad", Step.of(query("SELECT \"" + tag + "\""), "E:42703~" + tag, "Z:I"));
      case 1 -> plain("bad", Step.of(query("SELEC '" + tag + "'"), "E:42601~SELEC", "Z:I"));
      default ->
          plain(
              "bad",
              Step.of(
                  join(SoakBatches.one("SELECT $1::int", tag), sync()),
                  "1",
                  "E:22P02~" + tag,
                  "Z:I"));
    };
  }

  SoakVisit notice() {
    String tag = tags.get();
    return random.nextInt(4) == 0
        ? plain("empty", Step.of(query(""), "I", "Z:I"))
        : plain(
            "notice",
            Step.of(
                query("DO $$BEGIN RAISE NOTICE '" + tag + "'; END$$"),
                "N:00000:" + tag,
                "C:DO",
                "Z:I"));
  }

  SoakVisit functionCall() {
    String tag = tags.get();
    byte[] text = tag.getBytes(StandardCharsets.UTF_8);
    byte[] argument = join(int32(text.length), text);
    return plain(
        "function call",
        Step.of(
            frame('F', int32(CONCATENATE), int16(0), int16(2), argument, argument, int16(0)),
            "V:" + tag + tag,
            "Z:I"));
  }

  SoakVisit slow() {
    String tag = tags.get();
    List<String> expected = new ArrayList<>();
    expected.add("T");
    for (int i = 0; i < 200; i++) {
      expected.add("D:" + tag + " " + i + " ~");
    }
    expected.addAll(List.of("C:SELECT 200", "Z:I"));
    String rows =
        "SELECT '" + tag + " ' || i || ' ' || repeat('y', 4000) FROM generate_series(0, 199) i";
    return plain("slow", new Step(query(rows), expected)).with(Manner.SLOW);
  }

  SoakVisit cancelled() {
    String tag = tags.get();
    return random.nextBoolean()
        ? plain(
                "cancelled",
                Step.of(
                    query("SELECT '" + tag + "' FROM pg_sleep(2)"),
                    "T",
                    "D:" + tag,
                    "C:SELECT 1",
                    "Z:I"))
            .with(Manner.CANCELS)
        : plain("cancelled late", selected(tag, 'I')).with(Manner.CANCELS);
  }
}
