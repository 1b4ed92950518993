import { Histogram, Plot, type Series } from '../charts/plot.tsx';
import { shown } from '../shown.ts';
import type { Ranking as Found } from '../types.ts';

const SHARE: [number, number] = [0, 1];
const MEASURES = ['ndcg', 'precision', 'recall'] as const;

/** How good the first places of ranked groups are, and how that differs between groups. */
export function Ranking({ ranking }: { ranking: Found }) {
  const lines: Series[] = MEASURES.map((name) => ({
    name,
    kind: 'line',
    points: ranking.places.map((place) => ({ x: place.place, y: place[name] })),
  }));
  return (
    <div class="charts">
      <Plot title="The first places" x="first rows of a group" y="mean of groups" yRange={SHARE} series={lines}>
        <p class="quiet">
          Of {shown(ranking.groups)} groups with a relevant row. Precision is the share of the first rows that is relevant, recall the share of the relevant
          rows that is among them.
        </p>
      </Plot>
      <Histogram title="Groups by ndcg" x="ndcg" y="groups" low={0} high={1} counts={ranking.histogram} />
    </div>
  );
}
