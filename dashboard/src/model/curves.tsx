import { Plot, type Series } from '../charts/plot.tsx';
import { shown } from '../shown.ts';
import type { ClassCurve, CurvePoint } from '../types.ts';

const SHARE: [number, number] = [0, 1];

/** Of more classes no colours would be told apart: those that are told worst are shown. */
const MOST = 6;

function lines(curves: ClassCurve[], first: { x: number; y: number } | null, of: (point: CurvePoint) => { x: number; y: number }): Series[] {
  return curves.map((curve) => ({
    name: curve.label,
    kind: 'line',
    points: [...(first ? [first] : []), ...curve.points.map(of)],
  }));
}

/** How well scores tell classes apart, and whether probabilities can be believed. */
export function Curves({ curves }: { curves: ClassCurve[] }) {
  const worst = [...curves].sort((a, b) => a.roc_auc - b.roc_auc).slice(0, MOST);
  const chosen = curves.filter((curve) => worst.includes(curve));
  const areas = (name: 'roc_auc' | 'average_precision') =>
    chosen.map((curve) => `${curve.label}: ${shown(curve[name])}`).join('; ');
  const calibration: Series[] = chosen.map((curve) => ({
    name: curve.label,
    kind: 'line',
    points: curve.calibration.map((bin) => ({ x: bin.predicted, y: bin.observed })),
  }));
  return (
    <>
      {curves.length > MOST && <p class="quiet">Of {curves.length} classes those {MOST} that are told apart worst.</p>}
      <div class="charts">
        <Plot
          title="ROC"
          x="false alarms"
          y="found"
          xRange={SHARE}
          yRange={SHARE}
          diagonal
          series={lines(chosen, { x: 0, y: 0 }, ([, recall, alarms]) => ({ x: alarms, y: recall }))}
        >
          <p class="quiet">Area under the curve: {areas('roc_auc')}</p>
        </Plot>
        <Plot
          title="Precision and recall"
          x="recall"
          y="precision"
          xRange={SHARE}
          yRange={SHARE}
          series={lines(chosen, null, ([, recall, , precision]) => ({ x: recall, y: precision }))}
        >
          <p class="quiet">Average precision: {areas('average_precision')}</p>
        </Plot>
        <Plot title="Calibration" x="predicted probability" y="share of rows" xRange={SHARE} yRange={SHARE} diagonal series={calibration}>
          <p class="quiet">On the diagonal probabilities are as they say.</p>
        </Plot>
      </div>
    </>
  );
}
