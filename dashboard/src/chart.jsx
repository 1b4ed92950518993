import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

const HEIGHT = 160;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(width, series) {
  const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line') }, ticks: { stroke: colour('--line') } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(1.1 * (high ?? 0), 1)] } },
    axes: [axis, { ...axis, size: 56 }],
    series: [{}, ...series.map((each) => ({ label: each.name, stroke: colour(each.colour), width: 2, points: { show: false } }))],
  };
}

/** Lines over time; the newest values are written out, for who does not see them. */
export function Chart({ title, unit, series, data }) {
  const place = useRef(null);
  const plot = useRef(null);
  useEffect(() => {
    const make = () => {
      if (plot.current) plot.current.destroy();
      plot.current = new uPlot(options(place.current.clientWidth || 300, series), data, place.current);
    };
    make();
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const sized = new ResizeObserver(() => plot.current.setSize({ width: place.current.clientWidth, height: HEIGHT }));
    dark.addEventListener('change', make);
    sized.observe(place.current);
    return () => {
      dark.removeEventListener('change', make);
      sized.disconnect();
      plot.current.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => {
    if (plot.current) plot.current.setData(data);
  }, [data]);
  const newest = (i) => {
    const values = data[i + 1];
    const value = values[values.length - 1];
    return value === undefined || value === null ? '–' : `${Number(value.toPrecision(3))} ${unit}`;
  };
  return (
    <figure>
      <figcaption>
        <strong>{title}</strong>{' '}
        {series.map((each, i) => (
          <span key={each.name} class="key">
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect width="10" height="10" fill={`var(${each.colour})`} />
            </svg>
            {each.name} {newest(i)}
          </span>
        ))}
      </figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}
