import type { ComponentChildren } from 'preact';
import { shown } from '../shown.ts';
import { Table } from '../ui.tsx';
import { scale, type Scale } from './scale.ts';

const WIDTH = 340;
const HEIGHT = 220;
const LEFT = 48;
const BOTTOM = 34;
const TOP = 8;
const RIGHT = 10;

export interface Point {
  x: number;
  y: number;
  /** How far the value may lie off, up and down. */
  spread?: number | undefined;
  /** Marked among the others. */
  best?: boolean | undefined;
}

export interface Series {
  name: string;
  kind: 'line' | 'dots' | 'bars';
  points: Point[];
}

interface PlotProps {
  title: string;
  x: string;
  y: string;
  series: Series[];
  xRange?: [number, number] | undefined;
  yRange?: [number, number] | undefined;
  /** A line from corner to corner: what guessing, or being right, looks like. */
  diagonal?: boolean;
  /** Texts at x 0, 1, 2, …, in the place of numbers. */
  labels?: string[] | undefined;
  children?: ComponentChildren;
}

function Axes({ x, y, names, labels }: { x: Scale; y: Scale; names: [string, string]; labels?: string[] | undefined }) {
  const marks = labels
    ? labels.map((text, i) => ({ at: x.at(i), text })).filter((_, i) => i % Math.ceil(labels.length / 6) === 0)
    : x.ticks.map((tick) => ({ at: x.at(tick), text: shown(tick) }));
  return (
    <g class="axes">
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y.at(tick)} y2={y.at(tick)} />
          <text x={LEFT - 4} y={y.at(tick) + 3} text-anchor="end">
            {shown(tick)}
          </text>
        </g>
      ))}
      {marks.map((mark) => (
        <text key={mark.text} x={mark.at} y={HEIGHT - BOTTOM + 13} text-anchor="middle">
          {mark.text.length > 12 ? `${mark.text.slice(0, 11)}…` : mark.text}
        </text>
      ))}
      <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 4} text-anchor="middle">
        {names[0]}
      </text>
      <text transform={`translate(10 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`} text-anchor="middle">
        {names[1]}
      </text>
    </g>
  );
}

function Drawn({ series, place, x, y }: { series: Series; place: number; x: Scale; y: Scale }) {
  const colour = `series${place % 6}`;
  const points = series.points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  if (series.kind === 'line') {
    const path = points.map((point, i) => `${i ? 'L' : 'M'}${x.at(point.x).toFixed(1)} ${y.at(point.y).toFixed(1)}`);
    return <path class={`line ${colour}`} d={path.join('')} />;
  }
  if (series.kind === 'bars') {
    const width = Math.max(1, (0.9 * (WIDTH - LEFT - RIGHT)) / Math.max(1, points.length));
    return (
      <g class={colour}>
        {points.map((point, i) => (
          <rect
            key={i}
            x={x.at(point.x) - width / 2}
            y={Math.min(y.at(0), y.at(point.y))}
            width={width}
            height={Math.abs(y.at(point.y) - y.at(0))}
          />
        ))}
      </g>
    );
  }
  return (
    <g class={colour}>
      {points.map((point, i) => (
        <g key={i}>
          {point.spread ? (
            <line class="spread" x1={x.at(point.x)} x2={x.at(point.x)} y1={y.at(point.y - point.spread)} y2={y.at(point.y + point.spread)} />
          ) : null}
          <circle cx={x.at(point.x)} cy={y.at(point.y)} r={point.best ? 6 : 3} class={point.best ? 'best' : ''} />
        </g>
      ))}
    </g>
  );
}

/** The numbers behind a chart, for who does not see it or wants them exactly. */
function Numbers({ title, x, y, series, labels }: PlotProps) {
  const rows = series.flatMap((each) => each.points.map((point) => ({ series: each.name, ...point })));
  const columns = [
    ...(series.length > 1 ? [{ name: 'series', of: (row: (typeof rows)[number]) => row.series }] : []),
    { name: x, of: (row: (typeof rows)[number]) => labels?.[row.x] ?? shown(row.x), number: !labels },
    { name: y, of: (row: (typeof rows)[number]) => shown(row.y), number: true },
  ];
  return (
    <details>
      <summary>As a table</summary>
      <Table caption={title} rows={rows} columns={columns} />
    </details>
  );
}

/** A chart of numbers against numbers. */
export function Plot(props: PlotProps) {
  const { title, x, y, series, labels, diagonal } = props;
  const points = series.flatMap((each) => each.points);
  const bars = series.some((each) => each.kind === 'bars');
  const padded: [number, number] | undefined = labels ? [-0.5, labels.length - 0.5] : props.xRange;
  const across = scale(points.map((point) => point.x), LEFT + (bars && !padded ? 8 : 0), WIDTH - RIGHT - (bars && !padded ? 8 : 0), padded);
  const heights = points.flatMap((point) => [point.y - (point.spread ?? 0), point.y + (point.spread ?? 0)]);
  const up = scale(bars ? [0, ...heights] : heights, HEIGHT - BOTTOM, TOP, props.yRange);
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong>
        {series.length > 1 &&
          series.map((each, i) => (
            <span key={each.name} class="key">
              <svg viewBox="0 0 10 10" aria-hidden="true">
                <rect class={`series${i % 6}`} width="10" height="10" />
              </svg>
              {each.name}
            </span>
          ))}
      </figcaption>
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title}: ${y} by ${x}`}>
        <Axes x={across} y={up} names={[x, y]} labels={labels} />
        {diagonal && <line class="diagonal" x1={LEFT} y1={HEIGHT - BOTTOM} x2={WIDTH - RIGHT} y2={TOP} />}
        {series.map((each, i) => (
          <Drawn key={each.name} series={each} place={i} x={across} y={up} />
        ))}
      </svg>
      {props.children}
      <Numbers {...props} />
    </figure>
  );
}

interface HistogramProps {
  title: string;
  low: number;
  high: number;
  counts: number[];
  x?: string;
  /** What is counted. */
  y?: string;
}

/** Counts of equal parts between two values. */
export function Histogram({ title, low, high, counts, x = 'value', y = 'rows' }: HistogramProps) {
  const width = (high - low) / counts.length;
  const points = counts.map((count, i) => ({ x: low + (i + 0.5) * width, y: count }));
  return <Plot title={title} x={x} y={y} series={[{ name: y, kind: 'bars', points }]} />;
}
