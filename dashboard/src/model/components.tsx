import { Bars } from '../charts/bars.tsx';

export function Components({ shares }: { shares: number[] }) {
  return <Bars caption="Share of the variance" name="component" rows={shares.map((value, i) => ({ name: `component ${i + 1}`, value }))} />;
}
