import { Histogram, Plot, type Series } from '../charts/plot.tsx';
import type { TargetResiduals } from '../types.ts';

function bands(one: TargetResiduals): Series[] {
  const quantile = (place: number, name: string): Series => ({
    name,
    kind: 'line',
    points: one.bands.map((band) => ({ x: band.predicted, y: band.quantiles[place]! })),
  });
  return [quantile(2, 'median'), quantile(1, '25 %'), quantile(3, '75 %'), quantile(0, '5 %'), quantile(4, '95 %')];
}

function Target({ one }: { one: TargetResiduals }) {
  const truth: Series[] = [
    { name: 'actual', kind: 'dots', points: one.bands.map((band) => ({ x: band.predicted, y: band.actual })) },
  ];
  return (
    <div class="charts">
      <Histogram title={`Residuals of ${one.target}`} x="actual less predicted" low={one.low} high={one.high} counts={one.histogram} />
      <Plot title={`Residuals of ${one.target} by prediction`} x="predicted" y="actual less predicted" series={bands(one)} />
      <Plot title={`${one.target}: actual by prediction`} x="mean predicted" y="mean actual" series={truth} />
    </div>
  );
}

/** How far predictions lie off, and where. */
export function Residuals({ targets }: { targets: TargetResiduals[] }) {
  return (
    <>
      {targets.map((one) => (
        <Target key={one.target} one={one} />
      ))}
    </>
  );
}
