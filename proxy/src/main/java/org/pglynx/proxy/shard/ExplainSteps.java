package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.FrameScanner.Verdict;
import org.pglynx.proxy.wire.FrameWriter;

/**
 * EXPLAIN of a statement on several shards: which way its answer is made, and what each shard says
 * of the statements that it would be sent.
 *
 * <pre>
 *   begin() ──► DESCRIBING: the first server says the types ──► SOURCES: those of a way's texts
 *                                                                 │ of no use: the next way
 *   over ◄────────────────────────── EXPLAINING: on all ◄─────────┘
 * </pre>
 */
final class ExplainSteps extends Steps {
  private enum Step {
    DESCRIBING,
    SOURCES,
    EXPLAINING
  }

  private final ExplainRun run;
  private final List<int[]> types = new ArrayList<>();
  private final List<ExplainFormat.ShardPlan> plans = new ArrayList<>();
  private final List<String> steps = new ArrayList<>();
  private Step step = Step.DESCRIBING;
  private int[] parameters;
  private List<String> texts;
  private int nextWay;
  private Way.@Nullable Collected way;
  private int[] answered = {};
  private int[] columns = {};
  private boolean told;

  ExplainSteps(ScatterGather whole, ExplainRun run, boolean query) {
    super(whole, query);
    this.run = run;
    this.parameters = run.types();
    this.texts = List.of(run.sql());
  }

  private ShardPart first() {
    return whole().who().active().getFirst();
  }

  // ---- steps ---------------------------------------------------------------------------------

  @Override
  void begin() {
    if (run.query() == null) {
      steps.add("each shard runs the statement as it is");
      explain();
    } else {
      describe(List.of(run.sql()), run.types());
    }
  }

  private void describe(List<String> statements, int[] declared) {
    types.clear();
    GatherFrames frames = frames(first().server());
    for (String sql : statements) {
      frames.parse(sql, declared);
      frames.describe('S');
    }
    frames.send();
  }

  @Override
  void proceed() {
    switch (step) {
      case DESCRIBING -> {
        if (types.size() == 1 && !stopsHere()) {
          choose(types.getFirst());
        }
      }
      case SOURCES -> {
        Way.Collected made = way;
        if (made != null && types.size() == made.sources().size() && !stopsHere()) {
          sources(made);
        }
      }
      case EXPLAINING -> {
        if (Arrays.stream(answered).allMatch(count -> count == texts.size())) {
          tell();
        }
      }
    }
  }

  private void choose(int[] of) {
    columns = of;
    GatherRun query = run.query();
    List<Way> ways = query == null ? List.of() : query.plan().ways();
    while (nextWay < ways.size()) {
      switch (ways.get(nextWay++)) {
        case Way.Streamed streamed -> {
          if (streamed.plan().fits(columns)) {
            steps.add(Explanation.words(streamed.plan()));
            explain();
            return;
          }
        }
        case Way.Collected collected -> {
          way = collected;
          step = Step.SOURCES;
          describe(collected.sources(), parameters);
          return;
        }
      }
    }
    steps.add("columns of such types are not collected from several shards");
    explain();
  }

  private void sources(Way.Collected made) {
    List<int[]> own = types.stream().map(each -> Arrays.copyOf(each, each.length - 1)).toList();
    String last = made.last().of(run.arguments().count() + 1, own);
    if (last == null) {
      choose(columns);
      return;
    }
    texts = made.sources();
    steps.add(Explanation.words(made));
    steps.add("Finished on shard " + first().index() + ": " + last.replace('\n', ' '));
    explain();
  }

  private void explain() {
    step = Step.EXPLAINING;
    List<ShardPart> active = whole().who().active();
    answered = new int[active.size()];
    for (ShardPart part : active) {
      GatherFrames frames = frames(part.server());
      for (String text : texts) {
        plans.add(
            new ExplainFormat.ShardPlan(part.index(), text.replace('\n', ' '), new ArrayList<>()));
        frames.parse(run.words() + " " + text, parameters);
        frames.bind(run.arguments(), List.of(), new short[0]);
        frames.describe('P');
        frames.execute();
      }
      frames.send();
    }
  }

  private void tell() {
    ExplainFormat.Content content =
        new ExplainFormat.Content(
            Explanation.numbers(whole().who().aimed(), whole().who().parts().size()), steps, plans);
    ByteBuf out = Unpooled.buffer(1024);
    for (String row : run.format().rows(content)) {
      byte[] text = row.getBytes(StandardCharsets.UTF_8);
      int mark = FrameWriter.begin(out, BackendTag.DATA_ROW);
      out.writeShort(1).writeInt(text.length).writeBytes(text);
      FrameWriter.finish(out, mark);
    }
    FrameWriter.string(out, BackendTag.COMMAND_COMPLETE, "EXPLAIN");
    whole().client().pass(out);
    whole().client().onRead();
    end();
  }

  // ---- replies -------------------------------------------------------------------------------

  @Override
  Verdict onAnswer(ShardPart part, byte tag, ByteBuf buffer, int offset, int length) {
    return step == Step.EXPLAINING
        ? onPlan(part, tag, buffer, offset)
        : onDescribed(tag, buffer, offset);
  }

  private Verdict onDescribed(byte tag, ByteBuf buffer, int offset) {
    switch (tag) {
      case BackendTag.PARAMETER_DESCRIPTION -> {
        if (step == Step.DESCRIBING) {
          parameters = Executions.parameters(buffer, offset);
        }
      }
      case BackendTag.ROW_DESCRIPTION -> types.add(Executions.types(buffer, offset));
      case BackendTag.NO_DATA -> types.add(new int[0]);
      default -> {
        // Says nothing of types.
      }
    }
    return Verdict.DROP;
  }

  private Verdict onPlan(ShardPart part, byte tag, ByteBuf buffer, int offset) {
    int place = whole().who().active().indexOf(part);
    switch (tag) {
      case BackendTag.ROW_DESCRIPTION -> {
        if (query() && !told) {
          told = true;
          return Verdict.FORWARD;
        }
      }
      case BackendTag.DATA_ROW -> {
        byte[] cell = Cells.of(buffer, offset)[0];
        String line = cell == null ? "" : new String(cell, StandardCharsets.UTF_8);
        plans.get(place * texts.size() + answered[place]).lines().add(line);
      }
      case BackendTag.COMMAND_COMPLETE -> answered[place]++;
      default -> {
        // Says nothing of the plan.
      }
    }
    return Verdict.DROP;
  }

  @Override
  boolean clientsText() {
    return step == Step.DESCRIBING || way == null;
  }

  @Override
  void forget() {
    // Nothing is learned by it.
  }
}
