import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const HEIGHT = 160;

export interface Line {
  name: string;
  colour: string;
}

function colour(name: string) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Of the day, in the browser's zone. */
const clock = (seconds: number) => new Date(seconds * 1000).toTimeString().slice(0, 8);

function options(width: number, lines: Line[]): uPlot.Options {
  const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line') }, ticks: { stroke: colour('--line') } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(1.1 * (high ?? 0), 1)] } },
    axes: [{ ...axis, space: 80, values: (_, marks) => marks.map(clock) }, { ...axis, size: 56 }],
    series: [{}, ...lines.map((each) => ({ label: each.name, stroke: colour(each.colour), width: 2, points: { show: false } }))],
  };
}

interface TimeChartProps {
  title: string;
  unit: string;
  lines: Line[];
  data: number[][];
}

/** Lines over time; the newest values are written out, for who does not see them. */
export function TimeChart({ title, unit, lines, data }: TimeChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const newestData = useRef(data);
  newestData.current = data;
  useEffect(() => {
    const target = place.current!;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(options(target.clientWidth || 300, lines), newestData.current as uPlot.AlignedData, target);
    };
    make();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const sized = new ResizeObserver(() => plot.current?.setSize({ width: target.clientWidth, height: HEIGHT }));
    dark.addEventListener('change', make);
    sized.observe(target);
    return () => {
      dark.removeEventListener('change', make);
      sized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => {
    plot.current?.setData(data as uPlot.AlignedData);
  }, [data]);
  const newest = (i: number) => {
    const value = data[i + 1]?.at(-1);
    return value === undefined || value === null ? '–' : `${Number(value.toPrecision(3))} ${unit}`;
  };
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong>{' '}
        {lines.map((each, i) => (
          <span key={each.name} class="key">
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect width="10" height="10" fill={`var(${each.colour})`} />
            </svg>
            {each.name} {newest(i)}
          </span>
        ))}
      </figcaption>
      <div ref={place} class="time" aria-hidden="true" />
    </figure>
  );
}
