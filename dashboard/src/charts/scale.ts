/** Where values of an axis lie, and where it has its marks. */
export interface Scale {
  at: (value: number) => number;
  ticks: number[];
}

function step(span: number): number {
  const raw = span / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const digit = raw / power;
  return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

/** From the smallest to the largest value, which come to lie at the ends. */
export function scale(values: number[], from: number, to: number, fixed?: [number, number]): Scale {
  const finite = values.filter(Number.isFinite);
  let low = fixed ? fixed[0] : finite.reduce((a, b) => Math.min(a, b), Infinity);
  let high = fixed ? fixed[1] : finite.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(low <= high)) [low, high] = [0, 1];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const size = step(high - low);
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / size) * size; tick <= high + size * 1e-9; tick += size) {
    ticks.push(Math.abs(tick) < size * 1e-9 ? 0 : tick);
  }
  return { at: (value) => from + ((value - low) / (high - low)) * (to - from), ticks };
}
